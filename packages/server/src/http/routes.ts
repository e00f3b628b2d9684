import { encodePriceBody, type HealthBody, type SourceHealth } from '@tidegauge/protocol';
import type { PriceState } from '../hub/mempool-channels.ts';
import type { SourceStatus } from '../sources/source.ts';
import { jsonAnswer, polledAnswer } from './answer.ts';
import type { Route } from './router.ts';

/** What the routes read, at the moment of a request. */
export interface ServerView {
  readonly demo: boolean;
  readonly version: string;
  draining(): boolean;
  clients(): number;
  uptimeSec(): number;
  source(): SourceStatus;
  /** Null before anything was published. */
  price(): PriceState | null;
}

/** The REST interface. */
export function restRoutes(view: ServerView): readonly Route[] {
  return [
    {
      path: '/health',
      parameters: null,
      answer: () => {
        const body = healthBody(view);
        return jsonAnswer(body.status === 'draining' ? 503 : 200, JSON.stringify(body));
      },
    },
    {
      path: '/api/v1/price',
      parameters: [],
      answer: ({ ifNoneMatch }) => {
        const price = view.price();
        if (price === null) throw new Error('asked for a price before the stream has started');
        return polledAnswer(encodePriceBody(view.demo, price.timeSec, price.reading), ifNoneMatch);
      },
    },
  ];
}

function healthBody(view: ServerView): HealthBody {
  const price = view.price();
  const source = view.source();
  const healthy = source.state === 'connected' && source.detail === null;
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
    sources: { [source.name]: sourceHealth(source) },
    version: view.version,
  };
}

function sourceHealth(source: SourceStatus): SourceHealth {
  return {
    state: source.state,
    since: milliseconds(source.sinceSec),
    last_message: source.lastFrameSec === null ? null : milliseconds(source.lastFrameSec),
    frames: source.frames,
    missed: source.missed,
    dropped: source.dropped,
    malformed: source.malformed,
    detail: source.detail,
  };
}

function milliseconds(timeSec: number): number {
  return Math.round(timeSec * 1000) / 1000;
}
