/** What would be liquidated in one bucket of prices. */
export interface HeatmapLevel {
  /** The lower edge of the bucket: a multiple of the bucket's size. */
  readonly priceUsd: number;
  /** Long positions that would be liquidated here, USD. */
  readonly longUsd: number;
  readonly shortUsd: number;
}

/** A stretch of time of which something is missing. */
export interface Gap {
  readonly what: 'candles' | 'open_interest';
  readonly fromSec: number;
  readonly toSec: number;
}

/** The liquidation map of one symbol at one moment. */
export interface HeatmapSnapshot {
  /** The end of the newest candle that counts, or the moment of the candle in progress. */
  readonly timeSec: number;
  readonly bucketUsd: number;
  readonly currentPriceUsd: number;
  /** Buckets that hold something, from the lowest price to the highest. */
  readonly levels: readonly HeatmapLevel[];
  readonly totalLongUsd: number;
  readonly totalShortUsd: number;
  /** Positions (one for each side, leverage and entry of a candle) made and reached since the start. */
  readonly positionsCreated: number;
  readonly positionsConsumed: number;
  /** The newest first; only those that still matter for the levels. */
  readonly gaps: readonly Gap[];
}
