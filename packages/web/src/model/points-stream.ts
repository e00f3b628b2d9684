/**
 * The window of mempool points, kept whole: a message that carries all of it replaces it, later
 * ones must follow without a gap. After a gap the window is not trusted until it comes again.
 */
import type { PointsMessage } from '../wire/incoming.ts';
import type { PointRing } from './point-ring.ts';

/** `gap`: something is missing; the window has to be asked for again. */
export type StreamOutcome = 'taken' | 'gap' | 'ignored';

export class PointsStream {
  readonly #points: PointRing;
  #nextSeq: number | null = null;

  constructor(points: PointRing) {
    this.#points = points;
  }

  /** After a new connection: only a whole window counts. The old points stay until it comes. */
  expectWindow(): void {
    this.#nextSeq = null;
  }

  get waitsForWindow(): boolean {
    return this.#nextSeq === null;
  }

  take(message: PointsMessage): StreamOutcome {
    if (message.whole) this.#points.clear();
    else if (this.#nextSeq === null) return 'ignored';
    else if (message.seq !== this.#nextSeq) {
      this.#nextSeq = null;
      return 'gap';
    }
    this.#nextSeq = message.seq + 1;
    for (const [timeSec, priceUsd, amountBtc] of message.points) {
      this.#points.push(timeSec, priceUsd, amountBtc);
    }
    return 'taken';
  }
}
