/** Whether the newest data of a market is of now, or where it ends. */
import type { HeatColumn, HeatSnapshot, Market } from '../../wire/heatmap/heatmap-incoming.ts';

/** Name of the venue that has what was ingested and nothing else: no more comes from it. */
const FILES_VENUE = 'files';
/** A few candles that come late, and some delay, do not put a market into the past. */
const LATE_CANDLES = 3;
const LATE_SEC = 120;

export function isFromFiles({ venues }: Market): boolean {
  return venues.length > 0 && venues.every((name) => name === FILES_VENUE);
}

/** @param intervalSec length of the market's candles */
export function isLongAgo(dataSec: number, nowSec: number, intervalSec: number): boolean {
  return nowSec - dataSec > LATE_CANDLES * intervalSec + LATE_SEC;
}

/**
 * Whether there was no open interest to estimate levels from, up to the newest data. Then nothing
 * is known of the levels, which is not the same as that there are none.
 */
export function lacksOpenInterest(
  { levels, gaps, timeSec }: HeatSnapshot,
  columns: readonly HeatColumn[],
  intervalSec: number,
): boolean {
  if (levels.priceUsd.length > 0) return false;
  if (columns.some((column) => column.levels.priceUsd.length > 0)) return false;
  return gaps.some(({ what, toSec }) => what === 'open_interest' && toSec >= timeSec - intervalSec);
}
