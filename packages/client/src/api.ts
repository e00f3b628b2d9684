/** What a program sees of the client: every public type but the errors. */
import type { TidegaugeError } from './errors.ts';

/** What `connect` takes besides the address. */
export interface ConnectOptions {
  /**
   * The key or token of a server that asks for one: A-Z a-z 0-9 . _ ~ -, at most 8192. A function is
   * asked before each connection and may supply another one each time; null is none.
   */
  readonly token?: string | (() => string | null | Promise<string | null>);
  /** Opens WebSockets where the runtime has none of its own, or in another way. */
  readonly WebSocket?: WebSocketConstructor;
  /** Asks over HTTP, where the runtime's own `fetch` will not do. */
  readonly fetch?: (url: string, init: FetchInit) => Promise<FetchAnswer>;
}

/** The little of `fetch` that the client uses. */
export interface FetchInit {
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
}

export interface FetchAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** The little of `WebSocket` that the client uses; that of the package `ws` will do. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** Its fields `onopen`, `onmessage`, `onclose` and `onerror` are set by the client. */
export interface WebSocketLike {
  send(text: string): void;
  close(): void;
}

/**
 * A line to one server. It is opened with the first subscription, one socket for the price and one
 * for the heatmaps, and reconnects by itself.
 */
export interface Tidegauge {
  /** How the line stands now; event `status` tells each change. */
  readonly status: Status;
  /** The price of bitcoin, each 500 ms unless the server was told otherwise. */
  price(handler?: (update: PriceUpdate) => void): Subscription<PriceUpdate>;
  /** The points that the price is read from: the whole window each time, and what is new in it. */
  transactions(handler?: (update: TransactionsUpdate) => void): Subscription<TransactionsUpdate>;
  /** How many amounts of which size vote, at most once a second. */
  histogram(handler?: (update: HistogramUpdate) => void): Subscription<HistogramUpdate>;
  /** The price from blocks alone, with each block. */
  confirmed(handler?: (update: ConfirmedUpdate) => void): Subscription<ConfirmedUpdate>;
  /**
   * Liquidation maps.
   *
   * @param symbols 1 or more, as `GET /api/v1/symbols` has them
   * @throws RangeError for no symbols, an empty name, or an interval not of 1 to 60 s
   */
  heatmap(
    symbols: readonly string[],
    handler?: (update: HeatmapUpdate) => void,
    options?: HeatmapOptions,
  ): HeatmapSubscription;
  heatmap(symbols: readonly string[], options?: HeatmapOptions): HeatmapSubscription;
  /** @returns takes the listener away again */
  on<Name extends keyof Events>(event: Name, listener: (value: Events[Name]) => void): () => void;
  /** Tries at once, whatever was to be waited for; also after the server refused. */
  retry(): void;
  /** Ends every subscription. No socket, timer or listener is left. A second call does nothing. */
  close(): void;
}

export interface Events {
  /** After each change; at most once for what changes together. */
  readonly status: Status;
  readonly error: TidegaugeError;
  readonly warning: Warning;
}

/**
 * - `idle`: nothing is subscribed to
 * - `connecting`: the first try is under way
 * - `live`: the newest comes as it is published
 * - `slow`: live, but the server lately had to skip updates for this client, or nothing has come for
 *   longer than it should
 * - `reconnecting`: nothing comes; what is shown is getting old
 * - `polling`: no WebSocket for now; the newest is asked for over HTTP
 * - `closed`: by `close()`, or for good by the server: then `error` says why
 */
export type State = 'idle' | 'connecting' | 'live' | 'slow' | 'reconnecting' | 'polling' | 'closed';

/** How one socket stands. */
export interface FeedStatus {
  readonly state: State;
  /** Tries that failed since the line was last of use. */
  readonly failures: number;
  /** When the next try is due, ms since 1970; null while one is under way or none is planned. */
  readonly retryAtMs: number | null;
  /** The device says that it has no network: nothing is tried until it has. */
  readonly offline: boolean;
  /** What ended it or is in the way, where that is known. */
  readonly error: TidegaugeError | null;
}

/** How the whole stands: the worst of the feeds that are in use. */
export interface Status extends FeedStatus {
  readonly feeds: {
    /** Price, transactions, histogram and confirmed. */
    readonly mempool: FeedStatus;
    readonly heatmap: FeedStatus;
  };
}

export interface Warning {
  /** `SLOW_CONSUMER`, `CONNECTION_UNSTABLE`, `SOURCE_STALE`, or one of a newer server. */
  readonly code: string;
  /** For a person. */
  readonly message: string;
  readonly feed: FeedName;
  /** SOURCE_STALE: what is lost. */
  readonly source: string | null;
  /** SOURCE_STALE: since when, ms since 1970. */
  readonly sinceMs: number | null;
  /** SLOW_CONSUMER: how many messages were skipped since the last such warning. */
  readonly droppedMessages: number | null;
}

export type FeedName = 'mempool' | 'heatmap';

/** What every update says of itself. */
export interface Update {
  /** When the data held, by the server's clock, ms since 1970. */
  readonly asOfMs: number;
  /**
   * How old the data is at the moment of asking, ms: it rises while the update is held. By the
   * server's clock as far as that is known, so that this device's own may be wrong.
   */
  readonly ageMs: number;
  /**
   * Whether this is what holds now: the newest of its kind, from a source that is not lost, over a
   * line that is well. Ask before showing it as the present. A map that was polled does not know
   * whether its market has fallen silent.
   */
  readonly isLive: boolean;
  readonly via: 'websocket' | 'polling';
  /** Made-up data of a server that runs its demo. */
  readonly demo: boolean;
  /** Rises with each publication of the channel or symbol, within one epoch. */
  readonly seq: number;
  /** New whenever the sequence could not be continued; null where the server did not say. */
  readonly epoch: string | null;
  /**
   * How many publications lie between the update before and this one: 0 when it follows, null when
   * that cannot be said: it is the first, of another epoch, or a window that replaces one with a gap.
   */
  readonly missed: number | null;
}

export interface PriceUpdate extends Update {
  /** USD per BTC; null while warming up, and then so are both ends of the interval. */
  readonly priceUsd: number | null;
  /** Lower end of the central 90 % interval. */
  readonly lowUsd: number | null;
  readonly highUsd: number | null;
  /** Probability, 0 to 1, that the price lies within 0.5 % of the one given. */
  readonly confidence: number;
  /** `stale`: the server lost its node, and this is the last price that was known. */
  readonly status: 'warming_up' | 'live' | 'stale';
  /** Amounts that voted within the window. */
  readonly sampleSize: number;
}

/** One output read as a round amount of dollars. */
export interface PricePoint {
  /** When it was seen, or the time of its block, ms since 1970. */
  readonly timeMs: number;
  /** USD per BTC. */
  readonly priceUsd: number;
  /** null where the server does not say. */
  readonly amountBtc: number | null;
}

export interface TransactionsUpdate extends Update {
  /** The whole window, oldest first, at most 10,000. */
  readonly points: readonly PricePoint[];
  /** Those of them that are new since the update before; all of them when `whole`. */
  readonly added: readonly PricePoint[];
  /** True: the window was replaced. False: `added` follows what the update before had. */
  readonly whole: boolean;
}

export interface HistogramUpdate extends Update {
  /** Edges in BTC, rising; one more than counts. */
  readonly binsBtc: readonly number[];
  /** `counts[i]` amounts of at least `binsBtc[i]` and under `binsBtc[i + 1]`. */
  readonly counts: readonly number[];
}

export interface ConfirmedUpdate extends Update {
  /** null while blocks alone do not settle it. */
  readonly priceUsd: number | null;
  readonly lowUsd: number | null;
  readonly highUsd: number | null;
  readonly confidence: number;
  readonly blockHeight: number | null;
  /** Also `asOfMs`. */
  readonly blockTimeMs: number;
  /** Of the last 3 hours of blocks, each at the time of its block. */
  readonly points: readonly PricePoint[];
}

/** What would be liquidated from `priceUsd` up to the next bucket: an estimate. */
export interface HeatmapLevel {
  readonly priceUsd: number;
  readonly longUsd: number;
  readonly shortUsd: number;
}

/** A stretch of which nothing is known that matters for the levels. */
export interface HeatmapGap {
  /** `candles`, `open_interest`, or what else a newer server has. */
  readonly what: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface HeatmapUpdate extends Update {
  readonly symbol: string;
  /** By rising price. */
  readonly levels: readonly HeatmapLevel[];
  readonly currentPriceUsd: number;
  /** Width of a level; null where the server does not say. */
  readonly bucketUsd: number | null;
  /** Of all levels; null where the server does not say. */
  readonly totalLongUsd: number | null;
  readonly totalShortUsd: number | null;
  readonly positionsCreated: number;
  readonly positionsConsumed: number;
  /** The newest first. */
  readonly gaps: readonly HeatmapGap[];
}

export interface HeatmapOptions {
  /**
   * Least time between two maps of a symbol, seconds, 1 to 60. Default: 5. Of several subscriptions
   * of one client to a symbol the shortest counts for all.
   */
  readonly interval?: number;
}

/**
 * One wish to be told. The handler is called with each update, from the newest that is known on.
 * As async iteration it waits for each next update; of those that come meanwhile only the newest
 * is kept (of each symbol; of transactions a whole window), so that a slow loop never
 * falls behind. Leaving the loop closes the subscription. The loop ends when it is closed, and
 * throws when the server has refused for good.
 */
export interface Subscription<Value extends Update> extends AsyncIterable<Value> {
  /** The newest update; of several symbols the last that came. Null before the first one. */
  readonly latest: Value | null;
  readonly closed: boolean;
  /**
   * Fulfilled, never rejected, once the server has answered: with the first update, or by having
   * none yet; also when it is closed.
   */
  readonly ready: Promise<void>;
  /** A second call does nothing. */
  close(): void;
}

export interface HeatmapSubscription extends Subscription<HeatmapUpdate> {
  readonly symbols: readonly string[];
  /** Seconds. */
  readonly interval: number;
  /**
   * Other symbols, another interval, or both; what stays is not sent again. `ready` then stands
   * for the new symbols.
   *
   * @throws as `heatmap` does
   */
  change(symbols: readonly string[], options?: HeatmapOptions): void;
}
