import { bucketOf } from '../../model/heatmap/levels.ts';
import { type PriceScale, priceToY } from '../../model/price-scale.ts';

/**
 * The rows of pixels that the buckets in view cover, as bands from the top, without gap or overlap.
 * A bucket has a band of its own; buckets thinner than a row share one.
 */
export class BucketRows {
  /** Number of the lowest bucket in view. */
  readonly firstBucket: number;
  readonly bucketsPerUsd: number;
  /** Band of each bucket in view, from the lowest price upwards. */
  readonly bands: Int32Array;
  /** First row of each band, and at the end the row after the last. */
  readonly #tops: Int32Array;

  constructor(scale: PriceScale, bucketUsd: number) {
    const { range, topPx, heightPx } = scale;
    this.firstBucket = bucketOf(range.lowUsd, bucketUsd);
    this.bucketsPerUsd = 1 / bucketUsd;
    const count = bucketOf(range.highUsd, bucketUsd) - this.firstBucket + 1;
    this.bands = new Int32Array(count);
    const tops: number[] = [];
    for (let place = count - 1; place >= 0; place -= 1) {
      const y = Math.round(priceToY(scale, (this.firstBucket + place + 1) * bucketUsd));
      const top = Math.min(Math.max(y, topPx), topPx + heightPx - 1);
      if (top !== tops.at(-1)) tops.push(top);
      this.bands[place] = tops.length - 1;
    }
    this.#tops = Int32Array.from([...tops, topPx + heightPx]);
  }

  get bandCount(): number {
    return this.#tops.length - 1;
  }

  /** Band of the bucket that begins at the price; -1 when it is out of view. */
  bandOf(priceUsd: number): number {
    const place = Math.floor(priceUsd * this.bucketsPerUsd + 1e-6) - this.firstBucket;
    return place >= 0 && place < this.bands.length ? this.bands[place]! : -1;
  }

  top(band: number): number {
    return this.#tops[band]!;
  }

  /** The row after its last. */
  end(band: number): number {
    return this.#tops[band + 1]!;
  }
}
