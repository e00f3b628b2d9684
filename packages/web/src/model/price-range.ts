/**
 * Which prices the axis shows. It follows the price, not the points: a misread amount may lie 25 %
 * away, and an axis that made room for it would press everything else flat.
 */
import type { PriceColumns } from './price-history.ts';
import type { PriceRange } from './price-scale.ts';
import { SAMPLE_ROW } from './sample-row.ts';
import { WINDOW_SEC } from './time-span.ts';

/** Shown on each side of the price at least: the cloud of points is about this wide. */
const SIDE_MIN = 0.02;
/** A wide interval (the model is unsure) gets this much of its own half width on each side. */
const INTERVAL_SHARE = 1.6;
/**
 * Past prices further than this from the one that leads are not made room for: after a jump (a
 * restart, a wrong reading put right) the axis belongs to the price that holds. Of the panels'
 * usual hours; over longer times a price wanders further, with the root of the time.
 */
const PAST_REACH = 0.06;
/** The axis stands still until what it should show has moved by this share of its height. */
const STILL_SHARE = 0.1;

/** The prices of a stretch of time. */
export interface PricesInSight {
  readonly history: PriceColumns;
  readonly fromSec: number;
  readonly toSec: number;
}

export interface LeadingPrice extends PriceRange {
  readonly priceUsd: number;
}

/**
 * What should be in view: the leading price and those in sight that are near it, with a margin.
 * Null before the first price.
 */
export function wantedRange(
  inSight: readonly PricesInSight[],
  leading: LeadingPrice | null,
): PriceRange | null {
  if (!leading) return null;
  const { priceUsd } = leading;
  let low = priceUsd;
  let high = priceUsd;
  for (const { history, fromSec, toSec } of inSight) {
    const reach = PAST_REACH * Math.sqrt(Math.max(1, (toSec - fromSec) / WINDOW_SEC));
    const lowest = priceUsd / Math.exp(reach);
    const highest = priceUsd * Math.exp(reach);
    const { rows } = history;
    // The line comes in from the sample before.
    const start = Math.max(0, history.indexFrom(fromSec) - 1) * SAMPLE_ROW.length;
    for (let row = start; row < rows.length && rows[row]! <= toSec; row += SAMPLE_ROW.length) {
      const past = rows[row + SAMPLE_ROW.priceUsd]!;
      if (past < low && past >= lowest) low = past;
      if (past > high && past <= highest) high = past;
    }
  }
  const halfWidth = Math.log(leading.highUsd / leading.lowUsd) / 2;
  const side = Math.exp(Math.max(SIDE_MIN, halfWidth * INTERVAL_SHARE));
  return { lowUsd: low / side, highUsd: high * side };
}

/** The last price before a moment that is in sight, to lead where the present is not; or null. */
export function lastInSight({ history, fromSec, toSec }: PricesInSight): LeadingPrice | null {
  for (let i = history.indexFrom(toSec) - 1; i >= 0; i -= 1) {
    const priceUsd = history.priceUsd(i);
    const isKnown = !Number.isNaN(priceUsd);
    if (isKnown) return { priceUsd, lowUsd: history.lowUsd(i), highUsd: history.highUsd(i) };
    if (history.timeSec(i) < fromSec) return null;
  }
  return null;
}

/** The range to move to: the present one until the wanted one has left it by enough to matter. */
export function nextRange(present: PriceRange | null, wanted: PriceRange): PriceRange {
  if (!present) return wanted;
  const height = Math.log(present.highUsd / present.lowUsd);
  const movedLow = Math.abs(Math.log(wanted.lowUsd / present.lowUsd));
  const movedHigh = Math.abs(Math.log(wanted.highUsd / present.highUsd));
  return Math.max(movedLow, movedHigh) > height * STILL_SHARE ? wanted : present;
}
