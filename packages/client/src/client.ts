/** The two feeds of one server under one name, and what is told about both. */
import type {
  ConnectOptions,
  Events,
  FeedStatus,
  HeatmapOptions,
  Status,
  Tidegauge,
} from './api.ts';
import { coalesce } from './coalesce.ts';
import type { Dialect } from './dialect.ts';
import { TidegaugeError } from './errors.ts';
import { Feed } from './feed.ts';
import { heatmap } from './heatmap.ts';
import { mempool } from './mempool.ts';
import type { Cancel, Ports } from './ports.ts';
import { assertTerms, Wish } from './wish.ts';

/** From well to worse; what is not used does not count. */
const WORSE: readonly string[] = 'idle live slow polling connecting reconnecting closed'.split(' ');
const INTERVAL_SEC = 5;

type Handler = (update: never) => void;
type Listeners = { readonly [Name in keyof Events]: Set<(value: Events[Name]) => void> };

/** @param httpBase of the server, ends with a slash */
export function createClient(
  httpBase: string,
  { token }: Pick<ConnectOptions, 'token'>,
  ports: Ports,
): Tidegauge {
  // Each method has the type of its kind of subscription in the interface; inside they are one.
  return new Client(httpBase, token, ports) as unknown as Tidegauge;
}

class Client {
  readonly #feeds: readonly [mempool: Feed, heatmap: Feed];
  readonly #listeners: Listeners = { status: new Set(), error: new Set(), warning: new Set() };
  readonly #unlisten: Cancel;
  #isClosed = false;
  #told = '';
  /** What changes in one turn is told once, and only when it looks different. */
  readonly #changed = coalesce(() => {
    const told = JSON.stringify(this.status);
    if (told !== this.#told) this.#tell('status', this.status);
    this.#told = told;
  });

  constructor(httpBase: string, token: ConnectOptions['token'], ports: Ports) {
    const session = ports.random().toString(36).slice(2);
    const feedOf = (dialect: Dialect): Feed =>
      new Feed(ports, dialect, httpBase, session, token, {
        call: (handler, value) => this.#call(handler, value),
        changed: this.#changed,
        tell: (event, value) => this.#tell(event, value),
      });
    this.#feeds = [feedOf(mempool), feedOf(heatmap)];
    this.#unlisten = ports.surroundings.listen(() => {
      for (const feed of this.#feeds) feed.rouse();
    });
  }

  get status(): Status {
    const [{ status: mempool }, { status: heatmap }] = this.#feeds;
    const worst = rank(heatmap) > rank(mempool) ? heatmap : mempool;
    const state = this.#isClosed ? 'closed' : worst.state;
    return { ...worst, state, feeds: { mempool, heatmap } };
  }

  price(handler?: Handler): Wish {
    return this.#channel('price', handler);
  }

  transactions(handler?: Handler): Wish {
    return this.#channel('transactions', handler);
  }

  histogram(handler?: Handler): Wish {
    return this.#channel('histogram', handler);
  }

  confirmed(handler?: Handler): Wish {
    return this.#channel('confirmed', handler);
  }

  heatmap(
    symbols: readonly string[],
    handler?: Handler | HeatmapOptions,
    options?: HeatmapOptions,
  ): Wish {
    const isHandled = typeof handler === 'function';
    const { interval = INTERVAL_SEC } = options ?? (isHandled ? {} : (handler ?? {}));
    assertTerms(symbols, interval);
    return this.#wish(this.#feeds[1], [...symbols], interval, isHandled ? handler : undefined);
  }

  on<Name extends keyof Events>(event: Name, listener: (value: Events[Name]) => void): Cancel {
    this.#listeners[event].add(listener);
    return () => void this.#listeners[event].delete(listener);
  }

  retry(): void {
    for (const feed of this.#feeds) feed.retry();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#unlisten();
    for (const feed of this.#feeds) feed.end();
  }

  #channel(name: string, handler?: Handler): Wish {
    return this.#wish(this.#feeds[0], [name], 0, handler);
  }

  #wish(feed: Feed, topics: readonly string[], interval: number, handler?: Handler): Wish {
    if (this.#isClosed) throw new TypeError('closed');
    return new Wish(feed, topics, interval, handler);
  }

  /** An error that nobody listens for stands in the log. */
  #tell<Name extends keyof Events>(event: Name, value: Events[Name]): void {
    const listeners = this.#listeners[event];
    if (event === 'error' && listeners.size === 0) console.error(value);
    for (const listener of listeners) this.#call(listener, value);
  }

  /** What the program's own code throws is told, and harms nothing else. */
  #call<Value>(handler: (value: Value) => void, value: Value): void {
    try {
      handler(value);
    } catch (cause) {
      // Who is told of errors and fails at it is not told of that.
      if (value instanceof TidegaugeError) console.error(cause);
      else this.#tell('error', new TidegaugeError('HANDLER_FAILED', String(cause), { cause }));
    }
  }
}

function rank({ state }: FeedStatus): number {
  return WORSE.indexOf(state);
}
