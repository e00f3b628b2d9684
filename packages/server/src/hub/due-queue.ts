/**
 * Items that fall due one after another, in steps of time: each turn looks only at the steps that
 * have come. Putting, taking back and taking cost the same however many wait.
 */
export class DueQueue<Item> {
  readonly #stepMs: number;
  readonly #dueMs: Map<Item, number> = new Map();
  readonly #steps: Map<number, Set<Item>> = new Map();

  constructor(stepMs: number) {
    this.#stepMs = stepMs;
  }

  /** Puts an item in, or moves it. */
  put(item: Item, dueMs: number): void {
    this.delete(item);
    this.#dueMs.set(item, dueMs);
    const step = this.#stepOf(dueMs);
    const items = this.#steps.get(step);
    if (items === undefined) this.#steps.set(step, new Set([item]));
    else items.add(item);
  }

  delete(item: Item): void {
    const dueMs = this.#dueMs.get(item);
    if (dueMs === undefined) return;
    this.#dueMs.delete(item);
    const step = this.#stepOf(dueMs);
    const items = this.#steps.get(step);
    items?.delete(item);
    if (items?.size === 0) this.#steps.delete(step);
  }

  /** Takes out what is due by now. */
  take(nowMs: number): Item[] {
    const taken: Item[] = [];
    const nowStep = this.#stepOf(nowMs);
    for (const [step, items] of this.#steps) {
      if (step > nowStep) continue;
      for (const item of items) if (this.#dueMs.get(item)! <= nowMs) taken.push(item);
    }
    for (const item of taken) this.delete(item);
    return taken;
  }

  #stepOf(dueMs: number): number {
    return Math.floor(dueMs / this.#stepMs);
  }
}
