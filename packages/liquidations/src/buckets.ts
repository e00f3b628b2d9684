/** Buckets of prices: how wide, which one a price lies in, where each begins. */

const BUCKET_SHARE = 0.001;
const MANTISSAS = [1, 2, 5, 10] as const;

/**
 * The width of buckets that suits a price: 0.1 % of it, taken to the nearest of 1, 2, 5 times a
 * power of ten (nearest as a ratio).
 */
export function bucketSizeUsd(priceUsd: number): number {
  const wanted = priceUsd * BUCKET_SHARE;
  const decade = Math.floor(Math.log10(wanted));
  // A power of ten below 1 is not exact, its inverse is: 5 / 1000 is the 0.005 that people write.
  const sizes = MANTISSAS.map((m) => (decade < 0 ? m / 10 ** -decade : m * 10 ** decade));
  const misfit = (size: number): number => Math.abs(Math.log(size / wanted));
  return sizes.reduce((best, size) => (misfit(size) < misfit(best) ? size : best));
}

/** Buckets of one width, from 0 upwards. A price on an edge lies in the bucket that begins there. */
export class Buckets {
  readonly sizeUsd: number;
  /** How many make a dollar, where that is a whole number: multiplying by it is exact. */
  readonly #perUsd: number;

  constructor(sizeUsd: number) {
    if (!(sizeUsd > 0 && Number.isFinite(sizeUsd))) {
      throw new RangeError(`a bucket of ${sizeUsd} USD: its size has to be above 0`);
    }
    this.sizeUsd = sizeUsd;
    const perUsd = Math.round(1 / sizeUsd);
    this.#perUsd = sizeUsd < 1 && 1 / perUsd === sizeUsd ? perUsd : 0;
  }

  indexOf(priceUsd: number): number {
    return Math.floor(this.#perUsd > 0 ? priceUsd * this.#perUsd : priceUsd / this.sizeUsd);
  }

  /** The lower edge. */
  edgeUsd(index: number): number {
    return this.#perUsd > 0 ? index / this.#perUsd : index * this.sizeUsd;
  }
}
