import type { HeatmapOptions } from './api.ts';
import type { TidegaugeError } from './errors.ts';
import { conflate, type Told } from './update.ts';

/** What a subscription needs of its feed. */
export interface WishHost {
  readonly wishes: Set<Wish>;
  /** Why the feed has stopped for good; null while it has not. */
  readonly refusal: TidegaugeError | null;
  /** Runs the program's own code: what it throws is told and harms nothing else. */
  call<Value>(handler: (value: Value) => void, value: Value): void;
  /** What is wished for is another. */
  wishesChanged(): void;
}

/** One async iteration: of each topic only the newest waits, and so it is bounded. */
interface Loop {
  readonly waiting: Map<string, Told>;
  /** There is something for it. */
  wake(): void;
}

/** @throws RangeError that names the values */
export function assertTerms(symbols: readonly string[], interval: number): void {
  if (symbols.length > 0 && symbols.every(Boolean) && interval >= 1 && interval <= 60) return;
  throw new RangeError(`symbols, 1 to 60 s, not '${symbols.join()}', ${interval}`);
}

/**
 * One subscription of a program to channels or symbols. Has the methods of all kinds of
 * subscription; programs see those of theirs.
 */
export class Wish {
  latest: Told | null = null;
  closed = false;
  ready!: Promise<void>;
  /** Channels, or symbols. */
  symbols: readonly string[];
  /** Least time between two updates of each, seconds. */
  interval: number;
  readonly #host: WishHost;
  readonly #handler: ((update: never) => void) | undefined;
  /** The newest of each topic. */
  readonly #given = new Map<string, Told>();
  readonly #loops = new Set<Loop>();
  /** The server has answered. */
  settle?: () => void;

  constructor(
    host: WishHost,
    topics: readonly string[],
    interval: number,
    handler: ((update: never) => void) | undefined,
  ) {
    this.#host = host;
    this.#handler = handler;
    this.symbols = topics;
    this.interval = interval;
    this.#expectAnswer();
    host.wishes.add(this);
    host.wishesChanged();
  }

  change(symbols: readonly string[], { interval = this.interval }: HeatmapOptions = {}): void {
    assertTerms(symbols, interval);
    if (this.closed) return;
    for (const symbol of this.symbols) if (!symbols.includes(symbol)) this.#given.delete(symbol);
    this.#expectAnswer();
    this.symbols = [...symbols];
    this.interval = interval;
    this.#host.wishesChanged();
  }

  close(): void {
    this.closed = true;
    this.#host.wishes.delete(this);
    this.settle?.();
    this.wake();
    this.#host.wishesChanged();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Told, void> {
    const loop: Loop = { waiting: new Map(), wake: () => {} };
    for (const [topic, update] of this.#given) loop.waiting.set(topic, update.retold());
    this.#loops.add(loop);
    try {
      while (!this.closed) {
        const [next] = loop.waiting;
        if (next) {
          loop.waiting.delete(next[0]);
          yield next[1];
        } else if (this.#host.refusal) throw this.#host.refusal;
        else {
          await new Promise<void>((resolve) => {
            loop.wake = resolve;
          });
        }
      }
    } finally {
      this.close();
    }
  }

  /** Loops look whether there is something for them, or an end. */
  wake(): void {
    for (const loop of this.#loops) loop.wake();
  }

  /** @param isNews false: only for those who do not know of it yet */
  deliver(topic: string, update: Told, isNews: boolean): void {
    const handler = this.#handler;
    const isFirst = !this.#given.has(topic);
    if (!this.symbols.includes(topic) || !(isNews || isFirst)) return;
    this.latest = isFirst ? update.retold() : update;
    this.#given.set(topic, this.latest);
    for (const { waiting } of this.#loops) {
      const older = waiting.get(topic);
      waiting.set(topic, older ? conflate(older, this.latest) : this.latest);
    }
    this.settle?.();
    this.wake();
    if (handler) this.#host.call(handler, this.latest as never);
  }

  #expectAnswer(): void {
    this.settle?.();
    this.ready = new Promise((resolve) => {
      this.settle = resolve;
    });
  }
}
