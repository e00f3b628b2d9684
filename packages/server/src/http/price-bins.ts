import { bucketSizeUsd } from '@tidegauge/liquidations';
import { COLUMN_LEVELS_MAX, LEVELS_MAX } from './limits.ts';

/** Levels lie within a quarter of the price to either side, but for what few low leverages hold. */
const SPAN_SHARE = 0.5;
/** Of the price: with wider bins there is no map left. */
const BIN_SHARE_MAX = 0.1;
/** bucketSizeUsd picks the nearest of 1, 2, 5: never below the wanted size by more than this. */
const NEAREST_MARGIN = 1.6;

/** What a bin of prices may measure. */
export interface BinBounds {
  readonly minUsd: number;
  readonly maxUsd: number;
}

/** Bounds that keep an answer of so many columns at such prices to a size that can be handled. */
export function binBounds(highestPriceUsd: number, columns: number): BinBounds {
  const levels = Math.min(COLUMN_LEVELS_MAX, LEVELS_MAX / columns);
  return {
    minUsd: rounded(1.005 * ((SPAN_SHARE * highestPriceUsd) / levels)),
    maxUsd: rounded(BIN_SHARE_MAX * highestPriceUsd),
  };
}

/**
 * The size of a bin where none is asked for: the market's own, where that suits the prices of the
 * time, else one that does.
 */
export function usualBinUsd(
  marketBucketUsd: number | null,
  highestPriceUsd: number,
  { minUsd, maxUsd }: BinBounds,
): number {
  const suits = (binUsd: number): boolean => binUsd >= minUsd && binUsd <= maxUsd;
  const sizes = [marketBucketUsd ?? Number.NaN, bucketSizeUsd(highestPriceUsd)];
  return sizes.find(suits) ?? bucketSizeUsd(1000 * NEAREST_MARGIN * minUsd);
}

/** Three digits are enough for a bound. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
