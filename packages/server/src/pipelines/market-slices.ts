/** Longest stretch of work before timers and sockets have their turn. */
const SLICE_MS = 4;

/** Divides long work: awaited between its pieces, it lets others have their turn when it is time. */
export class Slices {
  #endMs: number = performance.now() + SLICE_MS;

  async breathe(): Promise<void> {
    if (performance.now() < this.#endMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#endMs = performance.now() + SLICE_MS;
  }
}
