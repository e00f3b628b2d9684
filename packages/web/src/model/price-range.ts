/**
 * Which prices the axis shows. It follows the price, not the points: a misread amount may lie 25 %
 * away, and an axis that made room for it would press everything else flat.
 */
import type { PriceColumns } from './price-history.ts';
import type { PriceRange } from './price-scale.ts';

/** Shown on each side of the price at least: the cloud of points is about this wide. */
const SIDE_MIN = 0.02;
/** A wide interval (the model is unsure) gets this much of its own half width on each side. */
const INTERVAL_SHARE = 1.6;
/** The axis stands still until what it should show has moved by this share of its height. */
const STILL_SHARE = 0.1;

/** What should be in view: the smallest range that holds all prices, and a margin around them. */
export function wantedRange(
  histories: readonly PriceColumns[],
  currentUsd: number | null,
  interval: PriceRange | null,
): PriceRange | null {
  let low = currentUsd ?? Number.POSITIVE_INFINITY;
  let high = currentUsd ?? 0;
  for (const history of histories) {
    for (let i = 0; i < history.length; i += 1) {
      const price = history.priceUsd(i);
      if (price < low) low = price;
      if (price > high) high = price;
    }
  }
  if (high === 0) return null;
  const halfWidth = interval ? Math.log(interval.highUsd / interval.lowUsd) / 2 : 0;
  const side = Math.exp(Math.max(SIDE_MIN, halfWidth * INTERVAL_SHARE));
  return { lowUsd: low / side, highUsd: high * side };
}

/** The range to move to: the present one until the wanted one has left it by enough to matter. */
export function nextRange(present: PriceRange | null, wanted: PriceRange): PriceRange {
  if (!present) return wanted;
  const height = Math.log(present.highUsd / present.lowUsd);
  const movedLow = Math.abs(Math.log(wanted.lowUsd / present.lowUsd));
  const movedHigh = Math.abs(Math.log(wanted.highUsd / present.highUsd));
  return Math.max(movedLow, movedHigh) > height * STILL_SHARE ? wanted : present;
}
