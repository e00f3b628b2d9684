/** Maps and their past in the page's own terms, whatever way they came. */

/** Buckets of prices by rising price, in columns of numbers: a map of a day has 80,000 of them. */
export interface Levels {
  /** Lower edges of the buckets. */
  readonly priceUsd: Float64Array;
  readonly longUsd: Float64Array;
  readonly shortUsd: Float64Array;
}

/** A stretch of time of which the server lacks something. */
export interface DataGap {
  readonly what: 'candles' | 'open_interest';
  readonly fromSec: number;
  readonly toSec: number;
}

/** The map of one symbol at one moment. */
export interface HeatSnapshot {
  readonly symbol: string;
  readonly timeSec: number;
  /** Together with the symbol they tell one map from the other. */
  readonly epoch: string | null;
  readonly seq: number;
  readonly levels: Levels;
  /** Height of a bucket. */
  readonly bucketUsd: number;
  readonly currentPriceUsd: number;
  readonly totalLongUsd: number;
  readonly totalShortUsd: number;
  readonly gaps: readonly DataGap[];
}

/** A market of `GET /api/v1/symbols`. */
export interface Market {
  readonly symbol: string;
  readonly venues: readonly string[];
  /** Length of the candles it is made from: nothing finer is to be had. */
  readonly intervalSec: number;
}

export interface Markets {
  readonly demo: boolean;
  readonly markets: readonly Market[];
}

export interface Candle {
  /** When it opened, unix seconds. */
  readonly timeSec: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

export interface Klines {
  readonly demo: boolean;
  /** The oldest first. */
  readonly candles: readonly Candle[];
}

/** What was open at the end of a stretch of time. */
export interface HeatColumn {
  /** The end of the stretch, unix seconds. */
  readonly timeSec: number;
  readonly levels: Levels;
}

export interface TimeSeries {
  readonly demo: boolean;
  /** Height of a bucket; null when there is no column. */
  readonly binUsd: number | null;
  /** The oldest first. */
  readonly columns: readonly HeatColumn[];
}
