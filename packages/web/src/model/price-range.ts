/**
 * Which prices the axis shows. It follows the price, not the points: a misread amount may lie 25 %
 * away, and an axis that made room for it would press everything else flat.
 */
import { type PriceColumns, SAMPLE_ROW } from './price-history.ts';
import type { PriceRange } from './price-scale.ts';

/** Shown on each side of the price at least: the cloud of points is about this wide. */
const SIDE_MIN = 0.02;
/** A wide interval (the model is unsure) gets this much of its own half width on each side. */
const INTERVAL_SHARE = 1.6;
/**
 * Past prices further than this from the present one are not made room for: after a jump (a
 * restart, a wrong reading put right) the axis belongs to the price that holds now.
 */
const PAST_REACH = 0.06;
/** The axis stands still until what it should show has moved by this share of its height. */
const STILL_SHARE = 0.1;

/**
 * What should be in view: the current price and those of the past that are near it, with a margin.
 * Null before the first price.
 */
export function wantedRange(
  histories: readonly PriceColumns[],
  current: (PriceRange & { readonly priceUsd: number }) | null,
): PriceRange | null {
  if (!current) return null;
  const { priceUsd } = current;
  let low = priceUsd;
  let high = priceUsd;
  const lowest = priceUsd / Math.exp(PAST_REACH);
  const highest = priceUsd * Math.exp(PAST_REACH);
  for (const { rows } of histories) {
    for (let row = 0; row < rows.length; row += SAMPLE_ROW.length) {
      const past = rows[row + SAMPLE_ROW.priceUsd]!;
      if (past < low && past >= lowest) low = past;
      if (past > high && past <= highest) high = past;
    }
  }
  const halfWidth = Math.log(current.highUsd / current.lowUsd) / 2;
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
