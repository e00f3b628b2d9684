/** What the on-chain model says at one moment: the values that leave the pure core. */

/** An output read at its nearest round dollar amount. */
export interface PricePoint {
  /** When the transaction was first seen (mempool) or its block's time (confirmed); unix seconds. */
  readonly timeSec: number;
  /** USD per BTC. */
  readonly priceUsd: number;
  readonly amountSats: number;
}

/**
 * - `warming_up`: the data cannot say yet; the price is null.
 * - `live`: the price stands.
 * - `stale`: the source is lost; the last price is kept.
 */
export type PriceStatus = 'warming_up' | 'live' | 'stale';

/** Summary of the posterior over the price. */
export interface PriceEstimate {
  /** Median of the posterior, USD per BTC; null while warming up. */
  readonly priceUsd: number | null;
  /** Central 90 % interval; null exactly when the price is. */
  readonly lowUsd: number | null;
  readonly highUsd: number | null;
  /** Posterior probability that the price lies within 0.5 % of the median, 0 to 1. */
  readonly confidence: number;
  /** Outputs that voted within the window. */
  readonly sampleSize: number;
  readonly status: PriceStatus;
}

/** Amounts by size: `counts[i]` outputs of at least `binsBtc[i]` and less than `binsBtc[i + 1]`. */
export interface AmountHistogram {
  readonly binsBtc: readonly number[];
  readonly counts: readonly number[];
}

/** The view over confirmed transactions alone, renewed with each block. */
export interface ConfirmedView {
  readonly estimate: PriceEstimate;
  readonly blockHeight: number | null;
  readonly blockTimeSec: number;
  /** Points of the blocks of the last 3 h, oldest first. */
  readonly points: readonly PricePoint[];
}

export interface PriceStats {
  /** Distinct transactions seen. */
  readonly received: number;
  /** Transactions that a rule kept from voting. */
  readonly filtered: number;
  /** Transactions that vote and lie within the window. */
  readonly activeInWindow: number;
}
