import type { HealthBody, PipelineHealth, SourceHealth } from '@tidegauge/protocol';
import type { PriceState } from '../hub/mempool-channels.ts';
import type { Counts, PriceCounters } from '../pipelines/price-counters.ts';
import type { SourceStatus } from '../sources/source.ts';

/** What the routes read, at the moment of a request. */
export interface ServerView {
  readonly demo: boolean;
  readonly version: string;
  draining(): boolean;
  clients(): number;
  uptimeSec(): number;
  source(): SourceStatus;
  counters(): PriceCounters;
  /** What is wrong with what the source sends, for a person; null when nothing is. */
  problem(): string | null;
  /** Null before anything was published. */
  price(): PriceState | null;
}

/** The body of `GET /health`. */
export function healthBody(view: ServerView): HealthBody {
  const price = view.price();
  const source = view.source();
  const details = [source.detail, view.problem()].filter((each) => each !== null);
  const healthy = source.state === 'connected' && details.length === 0;
  const confirmed = price?.confirmed ?? null;
  return {
    status: view.draining() ? 'draining' : healthy ? 'ok' : 'degraded',
    clients_connected: view.clients(),
    mempool_active_txs: price?.stats.activeInWindow ?? 0,
    mempool_received_txs: price?.stats.received ?? 0,
    mempool_filtered_txs: price?.stats.filtered ?? 0,
    last_block:
      confirmed === null ? null : { height: confirmed.blockHeight, time: confirmed.blockTimeSec },
    price_status: price?.reading.status ?? 'warming_up',
    uptime_seconds: Math.floor(view.uptimeSec()),
    demo: view.demo,
    sources: { [source.name]: sourceHealth(source, details) },
    pipeline: pipelineHealth(view.counters()),
    version: view.version,
  };
}

function sourceHealth(source: SourceStatus, details: readonly string[]): SourceHealth {
  return {
    state: source.state,
    since: milliseconds(source.sinceSec),
    last_message: source.lastFrameSec === null ? null : milliseconds(source.lastFrameSec),
    frames: source.frames,
    missed: source.missed,
    dropped: source.dropped,
    malformed: source.malformed,
    detail: details.length === 0 ? null : details.join('. '),
  };
}

function pipelineHealth(counters: PriceCounters): PipelineHealth {
  return {
    blocks: counters.blocks,
    confirmed: counters.confirmed,
    duplicates: counters.duplicates,
    replaced: counters.replaced,
    without_voting_output: counters.withoutVotingOutput,
    filtered_by_rule: counters.filteredByRule,
    outputs_by_rule: counters.outputsByRule,
    malformed_transactions: occurred(counters.malformedTransactions),
    malformed_blocks: occurred(counters.malformedBlocks),
  };
}

function occurred(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

function milliseconds(timeSec: number): number {
  return Math.round(timeSec * 1000) / 1000;
}
