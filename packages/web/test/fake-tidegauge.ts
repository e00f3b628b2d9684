/** A stand-in for the client: what it was asked for, and what a test lets come of it. */
import type {
  ConfirmedUpdate,
  Events,
  FeedName,
  FeedStatus,
  HeatmapOptions,
  HeatmapSubscription,
  HeatmapUpdate,
  HistogramUpdate,
  PriceUpdate,
  Status,
  Subscription,
  Tidegauge,
  TransactionsUpdate,
  Update,
} from '@tidegauge/client';
import { IDLE } from '../src/model/line-status.ts';

type Handler<Value> = ((update: Value) => void) | undefined;

export class FakeSubscription<Value extends Update> implements Subscription<Value> {
  latest: Value | null = null;
  closed = false;
  ready: Promise<void>;
  /** The server has answered. */
  answer!: () => void;
  readonly #handler: Handler<Value>;

  constructor(handler: Handler<Value>) {
    this.#handler = handler;
    this.ready = this.expect();
  }

  say(update: Value): void {
    this.latest = update;
    this.#handler?.(update);
    this.answer();
  }

  close(): void {
    this.closed = true;
    this.answer();
  }

  [Symbol.asyncIterator](): AsyncIterator<Value> {
    throw new Error('the page does not iterate');
  }

  protected expect(): Promise<void> {
    return new Promise((resolve) => {
      this.answer = resolve;
    });
  }
}

export class FakeHeatmapSubscription
  extends FakeSubscription<HeatmapUpdate>
  implements HeatmapSubscription
{
  symbols: readonly string[];
  interval: number;

  constructor(
    symbols: readonly string[],
    handler: Handler<HeatmapUpdate>,
    { interval = 5 }: HeatmapOptions = {},
  ) {
    super(handler);
    this.symbols = symbols;
    this.interval = interval;
  }

  change(symbols: readonly string[], { interval = this.interval }: HeatmapOptions = {}): void {
    if (symbols.some((symbol) => !this.symbols.includes(symbol))) this.ready = this.expect();
    this.symbols = symbols;
    this.interval = interval;
  }
}

export class FakeTidegauge implements Tidegauge {
  status: Status = { ...IDLE, feeds: { mempool: IDLE, heatmap: IDLE } };
  readonly prices: FakeSubscription<PriceUpdate>[] = [];
  readonly points: FakeSubscription<TransactionsUpdate>[] = [];
  readonly blocks: FakeSubscription<ConfirmedUpdate>[] = [];
  readonly maps: FakeHeatmapSubscription[] = [];
  retries = 0;
  closed = false;
  readonly #listeners: { [Name in keyof Events]: ((value: Events[Name]) => void)[] } = {
    status: [],
    error: [],
    warning: [],
  };

  price(handler?: (update: PriceUpdate) => void): FakeSubscription<PriceUpdate> {
    return kept(this.prices, new FakeSubscription(handler));
  }

  transactions(
    handler?: (update: TransactionsUpdate) => void,
  ): FakeSubscription<TransactionsUpdate> {
    return kept(this.points, new FakeSubscription(handler));
  }

  histogram(): Subscription<HistogramUpdate> {
    throw new Error('the page shows no histogram');
  }

  confirmed(handler?: (update: ConfirmedUpdate) => void): FakeSubscription<ConfirmedUpdate> {
    return kept(this.blocks, new FakeSubscription(handler));
  }

  heatmap(
    symbols: readonly string[],
    handler?: ((update: HeatmapUpdate) => void) | HeatmapOptions,
    options?: HeatmapOptions,
  ): FakeHeatmapSubscription {
    if (typeof handler !== 'function') throw new Error('the page waits for no map by itself');
    return kept(this.maps, new FakeHeatmapSubscription(symbols, handler, options));
  }

  on<Name extends keyof Events>(event: Name, listener: (value: Events[Name]) => void): () => void {
    this.#listeners[event].push(listener);
    return () => {};
  }

  retry(): void {
    this.retries += 1;
  }

  close(): void {
    this.closed = true;
  }

  /** Something happened that the listeners are told. */
  emit<Name extends keyof Events>(event: Name, value: Events[Name]): void {
    for (const listener of this.#listeners[event]) listener(value);
  }

  /** How a feed stands from now on. The whole stands as this feed does. */
  stand(feed: FeedName, over: Partial<FeedStatus>): void {
    const own = { ...IDLE, ...over };
    this.status = { ...own, feeds: { ...this.status.feeds, [feed]: own } };
    this.emit('status', this.status);
  }

  warn(feed: FeedName, code: string, sinceMs: number | null = null): void {
    this.emit('warning', { code, message: '', feed, source: null, sinceMs, droppedMessages: null });
  }
}

function kept<Kept>(list: Kept[], item: Kept): Kept {
  list.push(item);
  return item;
}
