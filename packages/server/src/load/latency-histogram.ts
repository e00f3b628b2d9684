/** Each doubling is cut into this many buckets: a value is known to within 3 %. */
const BITS = 5;
const PER_DOUBLING = 2 ** BITS;
/** 35 minutes; what takes longer counts as that long. */
const MICROSECONDS_MAX = 2 ** 31 - 1;
const BUCKETS = (31 - BITS) * PER_DOUBLING + PER_DOUBLING;

/** A bucket with what fell into it. */
export interface LatencyBucket {
  /** Its upper end, ms. */
  readonly uptoMs: number;
  readonly count: number;
}

/** Times by logarithmic buckets: as much memory for a billion as for one. */
export class LatencyHistogram {
  readonly #counts: Float64Array = new Float64Array(BUCKETS);
  #count = 0;
  #maxMs = 0;

  /** Below 0, as between two clocks that differ, counts as 0. */
  record(milliseconds: number): void {
    const micros = Math.min(MICROSECONDS_MAX, Math.max(0, Math.round(milliseconds * 1000)));
    this.#counts[bucketOf(micros)]! += 1;
    this.#count += 1;
    this.#maxMs = Math.max(this.#maxMs, milliseconds);
  }

  get count(): number {
    return this.#count;
  }

  /** Exact; 0 when there is none. */
  get maxMs(): number {
    return this.#maxMs;
  }

  /**
   * @param share such as 0.99
   * @returns ms, at most 3 % above the true one; null when there is none
   */
  quantileMs(share: number): number | null {
    if (this.#count === 0) return null;
    let left = Math.max(1, Math.ceil(share * this.#count));
    for (const [bucket, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return Math.min(this.#maxMs, uptoMs(bucket));
    }
    return this.#maxMs;
  }

  /** Those that are not empty, by rising time. */
  buckets(): readonly LatencyBucket[] {
    const found: LatencyBucket[] = [];
    for (const [bucket, count] of this.#counts.entries()) {
      if (count > 0) found.push({ uptoMs: uptoMs(bucket), count });
    }
    return found;
  }

  /** Forgets everything. */
  reset(): void {
    this.#counts.fill(0);
    this.#count = 0;
    this.#maxMs = 0;
  }
}

/** Up to PER_DOUBLING each microsecond has its own bucket; from there on each doubling as many. */
function bucketOf(micros: number): number {
  if (micros < PER_DOUBLING) return micros;
  const doubling = 31 - Math.clz32(micros) - BITS;
  return doubling * PER_DOUBLING + (micros >>> doubling);
}

function uptoMs(bucket: number): number {
  if (bucket < 2 * PER_DOUBLING) return bucket / 1000;
  const doubling = Math.floor(bucket / PER_DOUBLING) - 1;
  const first = (bucket - doubling * PER_DOUBLING) * 2 ** doubling;
  return (first + 2 ** doubling - 1) / 1000;
}
