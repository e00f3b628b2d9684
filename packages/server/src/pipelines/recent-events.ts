/** Knows whether something happened `count` times within the last `withinSec` seconds. */
export class RecentEvents {
  readonly #withinSec: number;
  /** When the newest `count` happened; the oldest of them stands at `#next`. */
  readonly #timesSec: Float64Array;
  #next = 0;

  constructor(count: number, withinSec: number) {
    this.#timesSec = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
    this.#withinSec = withinSec;
  }

  add(timeSec: number): void {
    this.#timesSec[this.#next] = timeSec;
    this.#next = (this.#next + 1) % this.#timesSec.length;
  }

  holds(nowSec: number): boolean {
    return nowSec - this.#timesSec[this.#next]! < this.#withinSec;
  }
}
