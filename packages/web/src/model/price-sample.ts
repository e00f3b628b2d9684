/** A price with its interval at a moment; NaN where there was none. */
export interface PriceSample {
  readonly timeSec: number;
  readonly priceUsd: number;
  readonly lowUsd: number;
  readonly highUsd: number;
}

/** Where each number of a sample stands in its row. */
export const SAMPLE_ROW = { timeSec: 0, priceUsd: 1, lowUsd: 2, highUsd: 3, length: 4 } as const;
