/** The heatmap's side of the stand-in: REST answers and subscriptions of made-up markets. */
import { isoTime, MARKETS, MadeMarket } from './made-market.ts';
import { hello, nowSec } from './samples.ts';

export interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HeatmapStandInOptions {
  readonly demo?: boolean;
  /** Answers in the place of the made-up market; null where it should. */
  readonly rest?: (url: URL) => RestAnswer | null;
  /** False: connected, but there is no candle yet. */
  readonly snapshots?: boolean;
}

export interface ClientMessage {
  readonly subscribe?: unknown;
  readonly action?: string;
  readonly type?: string;
  readonly timestamp?: unknown;
  readonly symbols?: readonly string[];
  readonly resume?: Readonly<Record<string, { readonly epoch: string; readonly seq: number }>>;
}

export class HeatmapStandIn {
  readonly markets: ReadonlyMap<string, MadeMarket>;
  readonly #options: HeatmapStandInOptions;
  readonly #newest = new Map<string, { readonly seq: number }>();
  /** Paths with their queries, in the order they came. */
  readonly asked: string[] = [];

  constructor(options: HeatmapStandInOptions) {
    this.#options = options;
    this.markets = new Map(MARKETS.map((traits) => [traits.symbol, new MadeMarket(traits)]));
  }

  /** The next map of a market, as it is sent to those who subscribed to it. */
  next(symbol: string, factor: number): unknown {
    const seq = (this.#newest.get(symbol)?.seq ?? 1) + 1;
    this.#newest.set(symbol, { seq });
    return this.#marked(this.markets.get(symbol)!.snapshot(seq, factor));
  }

  hello(): unknown {
    return hello({ demo: this.#options.demo === true });
  }

  /** What is said to a client's message. */
  reply(message: ClientMessage): readonly unknown[] {
    if (message.type === 'ping' || message.action === 'ping') return [pong(message)];
    if (message.action !== 'subscribe') return [];
    return (message.symbols ?? []).flatMap((symbol) => this.#current(symbol, message.resume));
  }

  #current(symbol: string, resume: ClientMessage['resume']): readonly unknown[] {
    const market = this.markets.get(symbol);
    if (!market) {
      return [{ type: 'error', code: 'INVALID_SYMBOL', message: `no ${symbol} here`, symbol }];
    }
    const seq = this.#newest.get(symbol)?.seq ?? 1;
    const held = resume?.[symbol];
    if (this.#options.snapshots === false) return [];
    if (held?.epoch === 'e1' && held.seq === seq) return [];
    return [this.#marked(market.snapshot(seq))];
  }

  /** Null for a path that is none of the heatmap's. */
  answer(url: URL): RestAnswer | null {
    const { pathname, searchParams } = url;
    if (!pathname.startsWith('/api/') && !pathname.startsWith('/liquidations/')) return null;
    this.asked.push(`${pathname}${url.search}`);
    const own = this.#options.rest?.(url);
    if (own) return own;
    if (pathname === '/api/v1/symbols') return { status: 200, body: this.#symbols() };
    const symbol = searchParams.get('symbol') ?? pathname.split('/').at(-1)!;
    const market = this.markets.get(symbol);
    if (!market) return { status: 404, body: { error: { code: 'x', message: `no ${symbol}` } } };
    if (pathname.startsWith('/api/v1/heatmap/')) {
      return {
        status: 200,
        body: this.#marked(market.snapshot(this.#newest.get(symbol)?.seq ?? 1)),
      };
    }
    const interval = searchParams.get('interval') ?? '5m';
    const at = (name: string): number => Date.parse(searchParams.get(name) ?? '') / 1000;
    const body = pathname.startsWith('/liquidations/')
      ? market.timeSeries(interval, at('start_time'), at('end_time'))
      : market.klines(interval, at('from'), at('to'));
    return { status: 200, body: this.#marked(body) };
  }

  #symbols(): unknown {
    const symbols = MARKETS.map(({ symbol, bucketUsd }) => ({
      symbol,
      venues: ['stand-in'],
      interval: '5m',
      bucket_size: bucketUsd,
    }));
    return this.#marked({ symbols });
  }

  #marked(body: object): object {
    return this.#options.demo ? { ...body, demo: true } : body;
  }
}

export function pong({ timestamp }: ClientMessage): unknown {
  return { type: 'pong', timestamp: isoTime(nowSec()), echo: timestamp };
}
