/** The two feeds of one server under one name, and what is told about both. */
import type {
  ConfirmedUpdate,
  ConnectOptions,
  Events,
  FeedName,
  FeedStatus,
  HeatmapOptions,
  HeatmapSubscription,
  HeatmapUpdate,
  HistogramUpdate,
  PriceUpdate,
  State,
  Status,
  Subscription,
  Tidegauge,
  TransactionsUpdate,
} from './api.ts';
import { TidegaugeError } from './errors.ts';
import type { Feed, FeedEvents, FeedOptions } from './feed.ts';
import { HeatmapFeed } from './heatmap-feed.ts';
import { heatmapTerms } from './heatmap-wish.ts';
import { MempoolFeed } from './mempool-feed.ts';
import type { Cancel, Ports } from './ports.ts';
import { TokenSource } from './token.ts';

/** From well to worse; what is not used does not count. */
const WORSE: readonly State[] = [
  'idle',
  'live',
  'slow',
  'polling',
  'connecting',
  'reconnecting',
  'closed',
];
const SESSION_CHARS = 16;

type Listeners = { readonly [Name in keyof Events]: Set<(value: Events[Name]) => void> };

/**
 * @param httpBase of the server, ends with a slash
 * @throws TypeError for a token that can be none
 */
export function createClient(
  httpBase: string,
  options: Pick<ConnectOptions, 'token'>,
  ports: Ports,
): Tidegauge {
  return new Client(httpBase, options, ports);
}

class Client implements Tidegauge {
  readonly #ports: Ports;
  readonly #mempool: MempoolFeed;
  readonly #heatmap: HeatmapFeed;
  readonly #feeds: readonly Feed[];
  readonly #listeners: Listeners = { status: new Set(), error: new Set(), warning: new Set() };
  #unlisten: Cancel = () => {};
  #isClosed = false;
  #isTelling = false;
  #told = '';

  constructor(httpBase: string, options: Pick<ConnectOptions, 'token'>, ports: Ports) {
    this.#ports = ports;
    const token = new TokenSource(options.token);
    const session = randomName(ports.random);
    const feed = (name: FeedName): [Ports, FeedOptions, FeedEvents] => [
      ports,
      { name, httpBase, token, session: `${session}-${name}` },
      {
        guard: (run) => this.#guard(run),
        changed: () => this.#changed(),
        problem: (error) => this.#problem(error),
        warning: (warning) => this.#emit('warning', warning),
      },
    ];
    this.#mempool = new MempoolFeed(...feed('mempool'));
    this.#heatmap = new HeatmapFeed(...feed('heatmap'));
    this.#feeds = [this.#mempool, this.#heatmap];
    this.#unlisten = ports.surroundings.listen(
      () => this.#feeds.map((each) => each.networkChanged()),
      () => this.#feeds.map((each) => each.shown()),
    );
  }

  get status(): Status {
    const mempool = this.#mempool.status;
    const heatmap = this.#heatmap.status;
    const worst = rank(heatmap) > rank(mempool) ? heatmap : mempool;
    const state = this.#isClosed ? 'closed' : worst.state;
    return { ...worst, state, feeds: { mempool, heatmap } };
  }

  price(handler?: (update: PriceUpdate) => void): Subscription<PriceUpdate> {
    this.#assertOpen();
    return this.#mempool.price(handler);
  }

  transactions(handler?: (update: TransactionsUpdate) => void): Subscription<TransactionsUpdate> {
    this.#assertOpen();
    return this.#mempool.transactions(handler);
  }

  histogram(handler?: (update: HistogramUpdate) => void): Subscription<HistogramUpdate> {
    this.#assertOpen();
    return this.#mempool.histogram(handler);
  }

  confirmed(handler?: (update: ConfirmedUpdate) => void): Subscription<ConfirmedUpdate> {
    this.#assertOpen();
    return this.#mempool.confirmed(handler);
  }

  heatmap(
    symbols: readonly string[],
    handler?: ((update: HeatmapUpdate) => void) | HeatmapOptions,
    options?: HeatmapOptions,
  ): HeatmapSubscription {
    this.#assertOpen();
    return typeof handler === 'function'
      ? this.#heatmap.heatmap(heatmapTerms(symbols, options), handler)
      : this.#heatmap.heatmap(heatmapTerms(symbols, options ?? handler), undefined);
  }

  on<Name extends keyof Events>(event: Name, listener: (value: Events[Name]) => void): () => void {
    const listeners: Set<(value: Events[Name]) => void> | undefined = this.#listeners[event];
    if (!listeners) {
      throw new TypeError(`no event '${String(event)}'; allowed: status, error, warning`);
    }
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  retry(): void {
    for (const feed of this.#feeds) feed.retry();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#unlisten();
    for (const feed of this.#feeds) feed.close();
    this.#changed();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Error('this client was closed; connect again for another');
  }

  /** What changes in one turn is told once, and only when it looks different. */
  #changed(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    queueMicrotask(() => {
      this.#isTelling = false;
      const { status } = this;
      const told = JSON.stringify(status);
      if (told === this.#told) return;
      this.#told = told;
      this.#emit('status', status);
      if (this.#isClosed) for (const each of Object.values(this.#listeners)) each.clear();
    });
  }

  #emit<Name extends keyof Events>(event: Name, value: Events[Name]): void {
    for (const listener of this.#listeners[event]) this.#guard(() => listener(value));
  }

  #problem(error: TidegaugeError): void {
    if (this.#listeners.error.size > 0) this.#emit('error', error);
    else console.error(`tidegauge: ${error.code}: ${error.message}`);
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (cause) {
      this.#handlerFailed(cause);
    }
  }

  /** Nobody to tell: then it ends where errors end that nobody caught. */
  #handlerFailed(cause: unknown): void {
    const message = `a handler failed: ${String(cause)}`;
    const error = new TidegaugeError('HANDLER_FAILED', message, { cause });
    const listeners = this.#listeners.error;
    const rethrow = (thrown: unknown): void => {
      this.#ports.clock.after(0, () => {
        throw thrown;
      });
    };
    if (listeners.size === 0) rethrow(cause);
    for (const listener of listeners) {
      try {
        listener(error);
      } catch (again) {
        rethrow(again);
      }
    }
  }
}

function rank({ state }: FeedStatus): number {
  return WORSE.indexOf(state);
}

function randomName(random: () => number): string {
  return Array.from({ length: SESSION_CHARS }, () => Math.floor(random() * 36).toString(36)).join(
    '',
  );
}
