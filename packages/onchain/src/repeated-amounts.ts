/**
 * How often the very same amount was seen of late. A payment of a round dollar amount has a new
 * amount each time, since the price moves; hundreds of outputs of one and the same amount are some
 * program's, and would pull the price to wherever that amount happens to be round. So the n-th of
 * its kind counts 1 / n^2: measured over 330 days this took the largest errors from 15 % to 5 %.
 */

const GENERATION_SEC = 7_200;

export class RepeatedAmounts {
  #newer = new Map<number, number>();
  #older = new Map<number, number>();
  #generation = 0;

  /** Moves to a time; counts live for one to two generations of 2 h. */
  advance(timeSec: number): void {
    const generation = Math.floor(timeSec / GENERATION_SEC);
    if (generation <= this.#generation) return;
    this.#older = generation === this.#generation + 1 ? this.#newer : new Map();
    this.#newer = new Map();
    this.#generation = generation;
  }

  add(amountSats: number): void {
    this.#newer.set(amountSats, (this.#newer.get(amountSats) ?? 0) + 1);
  }

  /**
   * @param earlier - how many of the same amount came before it in the same batch
   * @returns how much the next output of this amount says, 0 to 1
   */
  weight(amountSats: number, earlier: number): number {
    const seen = (this.#newer.get(amountSats) ?? 0) + (this.#older.get(amountSats) ?? 0) + earlier;
    return 1 / (1 + seen) ** 2;
  }
}
