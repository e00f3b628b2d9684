import type { Subscription, Update } from './api.ts';
import type { TidegaugeError } from './errors.ts';
import { Pending } from './pending.ts';
import { conflate, derive } from './update.ts';

/** What a feed does with any of its wishes, whatever they are for. */
export interface AnyWish {
  close(): void;
  settle(): void;
  refuse(error: TidegaugeError): void;
}

/** What a subscription needs of its feed. */
export interface WishHost {
  readonly wishes: Set<AnyWish>;
  /** Runs the program's own code: what it throws is told and harms nothing else. */
  guard(run: () => void): void;
  /** Why the feed has stopped for good; null while it has not. */
  readonly refusal: TidegaugeError | null;
  /** What is wished for is another. */
  wishesChanged(): void;
}

/** One subscription of a program. */
export class Wish<Value extends Update> implements Subscription<Value>, AnyWish {
  protected readonly host: WishHost;
  readonly #handler: ((update: Value) => void) | undefined;
  readonly #loops = new Set<Pending<Value>>();
  #latest: Value | null = null;
  #closed = false;
  #ready!: Promise<void>;
  #answer!: () => void;

  constructor(host: WishHost, handler: ((update: Value) => void) | undefined) {
    this.host = host;
    this.#handler = handler;
    this.expectAnswer();
    host.wishes.add(this);
    host.wishesChanged();
  }

  get latest(): Value | null {
    return this.#latest;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get ready(): Promise<void> {
    return this.#ready;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.host.wishes.delete(this);
    this.left();
    for (const loop of this.#loops) loop.finish('closed');
    this.#loops.clear();
    this.settle();
    this.host.wishesChanged();
  }

  [Symbol.asyncIterator](): AsyncIterator<Value, undefined> {
    const merge = (older: Value, newer: Value): Value => this.merge(older, newer);
    const loop = new Pending<Value>(
      (update) => this.keyOf(update),
      merge,
      () => this.close(),
    );
    if (this.#closed) loop.finish('closed');
    else if (this.host.refusal) loop.finish(this.host.refusal);
    else {
      this.#loops.add(loop);
      for (const update of this.known()) loop.put(update);
    }
    return loop;
  }

  /** Whether it was given what is newest of this update's kind, or something before it. */
  knows(_update: Value): boolean {
    return this.#latest !== null;
  }

  /** Hands on an update that came. */
  deliver(update: Value): void {
    if (this.#closed) return;
    const given = this.knows(update) ? update : this.first(update);
    this.#latest = given;
    this.settle();
    for (const loop of this.#loops) loop.put(given);
    const handler = this.#handler;
    if (handler) this.host.guard(() => handler(given));
  }

  /** The server has answered. */
  settle(): void {
    this.#answer();
  }

  /** The feed has stopped for good: loops throw, and what was only looped over is over. */
  refuse(error: TidegaugeError): void {
    const isLooped = this.#loops.size > 0;
    for (const loop of this.#loops) loop.finish(error);
    this.#loops.clear();
    if (isLooped && !this.#handler) this.close();
  }

  protected expectAnswer(): void {
    this.#ready = new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  /** Closed: nothing of it may be kept. */
  protected left(): void {}

  /** Updates with the same key replace each other. */
  protected keyOf(_update: Value): string {
    return '';
  }

  protected merge(older: Value, newer: Value): Value {
    return conflate(older, newer);
  }

  /** What a loop that begins now has not missed. */
  protected known(): readonly Value[] {
    return this.#latest ? [this.first(this.#latest)] : [];
  }

  /** As it is told to those who know nothing before it. */
  protected first(update: Value): Value {
    return derive(update, { missed: null } as Partial<Value>);
  }
}
