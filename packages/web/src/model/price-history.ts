/** The price and its interval over time, as this page has seen it since it was opened. */
export interface PriceColumns {
  readonly length: number;
  timeSec(index: number): number;
  /** NaN where there was none: the line breaks there. */
  priceUsd(index: number): number;
  lowUsd(index: number): number;
  highUsd(index: number): number;
}

interface Sample {
  timeSec: number;
  priceUsd: number;
  lowUsd: number;
  highUsd: number;
}

/**
 * Keeps one sample a slice of time: two updates a second for three hours would be 21,600 samples
 * on a few hundred pixels. The newest of a slice wins.
 */
export class PriceHistory implements PriceColumns {
  readonly #sliceSec: number;
  #samples: Sample[] = [];

  constructor(sliceSec: number) {
    this.#sliceSec = sliceSec;
  }

  get length(): number {
    return this.#samples.length;
  }

  timeSec(index: number): number {
    return this.#samples[index]!.timeSec;
  }

  priceUsd(index: number): number {
    return this.#samples[index]!.priceUsd;
  }

  lowUsd(index: number): number {
    return this.#samples[index]!.lowUsd;
  }

  highUsd(index: number): number {
    return this.#samples[index]!.highUsd;
  }

  /** Times that go back start over: they come from another server or another clock. */
  push(timeSec: number, priceUsd: number, lowUsd: number, highUsd: number): void {
    const last = this.#samples.at(-1);
    if (last && timeSec < last.timeSec) this.#samples = [];
    else if (last && this.#shareSlice(timeSec, last)) this.#samples.pop();
    this.#samples.push({ timeSec, priceUsd, lowUsd, highUsd });
  }

  /** Marks that nothing is known from here on until the next sample. */
  breakAt(timeSec: number): void {
    const last = this.#samples.at(-1);
    if (!last || Number.isNaN(last.priceUsd) || timeSec < last.timeSec) return;
    const none = Number.NaN;
    this.#samples.push({ timeSec, priceUsd: none, lowUsd: none, highUsd: none });
  }

  dropBefore(timeSec: number): void {
    const keep = this.#samples.findIndex((sample) => sample.timeSec >= timeSec);
    if (keep === -1) this.#samples = [];
    else if (keep > 0) this.#samples.splice(0, keep);
  }

  clear(): void {
    this.#samples = [];
  }

  #shareSlice(timeSec: number, last: Sample): boolean {
    if (Number.isNaN(last.priceUsd)) return false;
    return Math.floor(timeSec / this.#sliceSec) === Math.floor(last.timeSec / this.#sliceSec);
  }
}
