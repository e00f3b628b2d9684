import type { HealthBody, HeatmapHealth, PipelineHealth, SourceHealth } from '@tidegauge/protocol';
import type { PriceState } from '../hub/mempool-channels.ts';
import type { HeatmapCounters } from '../pipelines/heatmap-counters.ts';
import type { Counts, PriceCounters } from '../pipelines/price-counters.ts';
import type { SourceStatus } from '../sources/source.ts';

/** A venue of futures markets, and what was made of what it brought. */
export interface VenueView {
  /** True when the data is made up. */
  readonly demo: boolean;
  readonly status: SourceStatus;
  readonly counters: HeatmapCounters;
  /** What is wrong with what it brings, for a person; null when nothing is. */
  readonly problem: string | null;
}

/** What the routes read, at the moment of a request. */
export interface ServerView {
  /** True when the price is made up. */
  readonly demo: boolean;
  readonly version: string;
  draining(): boolean;
  clients(): number;
  uptimeSec(): number;
  source(): SourceStatus;
  counters(): PriceCounters;
  /** What is wrong with what the source sends, for a person; null when nothing is. */
  problem(): string | null;
  /** Null where no market is served. */
  venue(): VenueView | null;
  /** What is wrong with where history is kept; null for no store at all. */
  store(): { readonly problem: string | null } | null;
  /** Null before anything was published. */
  price(): PriceState | null;
}

/** The body of `GET /health`. */
export function healthBody(view: ServerView): HealthBody {
  const price = view.price();
  const [venue, store] = [view.venue(), view.store()];
  const sources = [sourceHealth(view.source(), view.demo, view.problem())];
  if (venue !== null) sources.push(sourceHealth(venue.status, venue.demo, venue.problem));
  const healthy = sources.every(
    ([, { state, detail }]) => state === 'connected' && detail === null,
  );
  const ok = healthy && (store?.problem ?? null) === null;
  const confirmed = price?.confirmed ?? null;
  return {
    status: view.draining() ? 'draining' : ok ? 'ok' : 'degraded',
    clients_connected: view.clients(),
    mempool_active_txs: price?.stats.activeInWindow ?? 0,
    mempool_received_txs: price?.stats.received ?? 0,
    mempool_filtered_txs: price?.stats.filtered ?? 0,
    last_block:
      confirmed === null ? null : { height: confirmed.blockHeight, time: confirmed.blockTimeSec },
    price_status: price?.reading.status ?? 'warming_up',
    uptime_seconds: Math.floor(view.uptimeSec()),
    demo: view.demo,
    sources: Object.fromEntries(sources),
    pipeline: pipelineHealth(view.counters()),
    heatmap: venue === null ? null : heatmapHealth(venue.counters),
    store: store === null ? null : { problem: store.problem },
    version: view.version,
  };
}

/** By the source's name. @param problem what is wrong with what comes, beside its own detail */
function sourceHealth(
  source: SourceStatus,
  demo: boolean,
  problem: string | null,
): [string, SourceHealth] {
  const details = [source.detail, problem].filter((each) => each !== null);
  const health: SourceHealth = {
    demo,
    state: source.state,
    since: milliseconds(source.sinceSec),
    last_message: source.lastFrameSec === null ? null : milliseconds(source.lastFrameSec),
    frames: source.frames,
    missed: source.missed,
    dropped: source.dropped,
    malformed: source.malformed,
    detail: details.length === 0 ? null : details.join('. '),
  };
  return [source.name, health];
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

function heatmapHealth({ store, ...counters }: HeatmapCounters): HeatmapHealth {
  return {
    candles: counters.candles,
    candles_in_progress: counters.candlesInProgress,
    open_interest: counters.openInterest,
    liquidations: counters.liquidations,
    missing: counters.missing,
    out_of_order: counters.outOfOrder,
    corrected: counters.corrected,
    duplicates: counters.duplicates,
    too_late: counters.tooLate,
    malformed: occurred(counters.malformed),
    ahead: counters.ahead,
    unknown_symbol: counters.unknownSymbol,
    rows_stored: store.stored,
    store_failures: store.failures,
    rows_dropped: store.dropped,
  };
}

/** Only what occurred. */
export function occurred(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

function milliseconds(timeSec: number): number {
  return Math.round(timeSec * 1000) / 1000;
}
