const MINUTE_MS = 60_000;

/** How much a rising count has risen in the last 60 s. Times are monotonic ms. */
export class LastMinute {
  /** What the count was at times, oldest first; all but the first are less than a minute old. */
  #marks: { readonly atMs: number; readonly total: number }[];

  constructor(nowMs: number) {
    this.#marks = [{ atMs: nowMs, total: 0 }];
  }

  /** To be called now and then: how often is what `count` is exact to. */
  mark(nowMs: number, total: number): void {
    this.#forget(nowMs);
    this.#marks.push({ atMs: nowMs, total });
  }

  count(nowMs: number, total: number): number {
    this.#forget(nowMs);
    return total - this.#marks[0]!.total;
  }

  /** Keeps the newest of the marks that are a minute old. */
  #forget(nowMs: number): void {
    const young = this.#marks.findIndex(({ atMs }) => nowMs - atMs < MINUTE_MS);
    const kept = young === -1 ? this.#marks.length : young;
    if (kept > 1) this.#marks.splice(0, kept - 1);
  }
}
