import type { Update } from './api.ts';
import { type Body, makeUpdate, type Stamp } from './update.ts';
import type { Wish } from './wish.ts';

/** Where a message stands. */
export interface Place {
  /** The epoch, or what stands for it where the server does not name one. */
  readonly run: string;
  readonly seq: number;
  /** Number of the connection that it came over; 0 for an answer over HTTP. */
  readonly connection: number;
}

/**
 * - `old`: not newer than what is here
 * - `backwards`: older than what the same connection brought before, which cannot be
 */
export type Admission = { readonly missed: number | null } | 'old' | 'backwards';

/** What a feed does with any of its channels, whatever they carry. */
export interface AnyChannel {
  readonly isWanted: boolean;
  readonly place: Place | null;
  greet(): void;
  expire(): void;
  forget(): void;
}

/** What a channel, or the map of a symbol, said last, and who wants to know. */
export class Channel<Value extends Update> implements AnyChannel {
  readonly wishes: Set<Wish<Value>> = new Set();
  #latest: Value | null = null;
  #place: Place | null = null;
  /** Counts what came, so that an update can tell whether it still is the newest. */
  #count = 0;

  get latest(): Value | null {
    return this.#latest;
  }

  get isWanted(): boolean {
    return this.wishes.size > 0;
  }

  /** Position to go on from; null where the sequence cannot be continued. */
  get place(): Place | null {
    return this.#place;
  }

  admit({ run, seq, connection }: Place): Admission {
    const last = this.#place;
    if (last?.run !== run) return { missed: null };
    if (seq > last.seq) return { missed: seq - last.seq - 1 };
    return seq < last.seq && connection !== 0 && connection === last.connection
      ? 'backwards'
      : 'old';
  }

  /** @param holds whether the line and the source vouch for it at the moment of asking */
  publish(
    place: Place,
    body: Body<Value>,
    stamp: Stamp,
    serverNowMs: () => number,
    holds: () => boolean,
  ): void {
    const count = ++this.#count;
    const isLive = (): boolean => count === this.#count && holds();
    const update = makeUpdate<Value>(body, stamp, serverNowMs, isLive);
    this.#place = place;
    this.#latest = update;
    for (const wish of this.wishes) wish.deliver(update);
  }

  /** Tells newcomers what the others know. */
  greet(): void {
    const latest = this.#latest;
    if (latest === null) return;
    for (const wish of this.wishes) {
      if (!wish.knows(latest)) wish.deliver(latest);
    }
  }

  /** What is here no longer holds: the server was started anew. */
  expire(): void {
    this.#count += 1;
  }

  /** Nobody wants to know any more. */
  forget(): void {
    this.expire();
    this.#latest = null;
    this.#place = null;
  }
}
