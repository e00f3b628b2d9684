import type { PriceColumns } from './price-history.ts';

/**
 * Index of the sample that tells what a line drawn through the samples is at a moment; -1 where it
 * is broken or has not begun. The line goes from sample to sample, so that is the nearer of two.
 * @param reachSec how far beyond an end of the line a moment may lie
 */
export function joinedSampleAt(history: PriceColumns, timeSec: number, reachSec: number): number {
  const after = history.indexFrom(timeSec);
  const [afterSec, beforeSec] = [
    apartSec(history, after, timeSec),
    apartSec(history, after - 1, timeSec),
  ];
  const isOnLine = Number.isFinite(afterSec) && Number.isFinite(beforeSec);
  const nearest = afterSec < beforeSec ? after : after - 1;
  return isOnLine || Math.min(afterSec, beforeSec) <= reachSec ? nearest : -1;
}

/** The same of a line on which each sample holds until the next. */
export function heldSampleAt(history: PriceColumns, timeSec: number): number {
  const before = history.indexFrom(timeSec) - 1;
  return Number.isFinite(apartSec(history, before, timeSec)) ? before : -1;
}

/** Infinite to where there is no sample. */
function apartSec(history: PriceColumns, index: number, timeSec: number): number {
  const isThere = index >= 0 && index < history.length && !Number.isNaN(history.priceUsd(index));
  return isThere ? Math.abs(history.timeSec(index) - timeSec) : Number.POSITIVE_INFINITY;
}
