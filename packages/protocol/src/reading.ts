/** What the encoders take: values as the models give them, in full precision. */
import type { PriceStatus } from './messages.ts';

export interface Reading {
  /** USD per BTC; null while warming up, and then so are low and high. */
  readonly priceUsd: number | null;
  readonly lowUsd: number | null;
  readonly highUsd: number | null;
  /** 0 to 1 */
  readonly confidence: number;
  readonly sampleSize: number;
  readonly status: PriceStatus;
  /** Given exactly when the price is stale: when it was last live, unix seconds. */
  readonly asOfSec?: number;
}

export interface ReadingPoint {
  readonly timeSec: number;
  readonly priceUsd: number;
  readonly amountSats: number;
}

export interface ReadingStats {
  readonly received: number;
  readonly filtered: number;
  readonly activeInWindow: number;
  readonly uptimeSec: number;
}

/** What every publication of a channel carries beside its content. */
export interface Position {
  readonly seq: number;
  readonly demo: boolean;
}

/** What would be liquidated in one bucket of prices. */
export interface ReadingLevel {
  /** The lower edge of the bucket. */
  readonly priceUsd: number;
  readonly longUsd: number;
  readonly shortUsd: number;
}

/** The liquidation map of one symbol at one moment. */
export interface HeatmapReading {
  readonly bucketUsd: number;
  readonly currentPriceUsd: number;
  /** By rising price. */
  readonly levels: readonly ReadingLevel[];
  readonly totalLongUsd: number;
  readonly totalShortUsd: number;
  readonly positionsCreated: number;
  readonly positionsConsumed: number;
  readonly gaps: readonly {
    readonly what: 'candles' | 'open_interest';
    readonly fromSec: number;
    readonly toSec: number;
  }[];
}
