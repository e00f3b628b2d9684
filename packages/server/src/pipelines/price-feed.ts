import type {
  AmountHistogram,
  ConfirmedView,
  PriceEstimate,
  PricePoint,
  PriceStats,
} from '@tidegauge/onchain';

/**
 * What the price pipeline offers to those who publish it. Reading never changes the model;
 * only `takeNewPoints` moves its own cursor.
 */
export interface PriceFeed {
  /** The live estimate (confirmed history and mempool) at a time, unix seconds. */
  estimate(timeSec: number): PriceEstimate;
  stats(): PriceStats;
  /** Unconfirmed points of the window, oldest first, at most `limit` of the newest. */
  points(limit: number): readonly PricePoint[];
  /** Points that came since the last call, oldest first. */
  takeNewPoints(): readonly PricePoint[];
  histogram(): AmountHistogram;
  /** Null before the first block. A new object exactly when it changed. */
  confirmed(): ConfirmedView | null;
}
