import type { PastPrice } from '../wire/read-price-history.ts';
import { SAMPLE_ROW } from './sample-row.ts';

const ROW = SAMPLE_ROW.length;
const NONE = Number.NaN;

/**
 * Puts what was told of the price where nothing was seen: before the first sample, and between a
 * break and the sample after it.
 * @param rows what was seen, as `PriceColumns.rows`
 * @param told sorted, oldest first
 * @param apartMaxSec what was told and is further apart than this, from each other or from what was
 *   seen, is not joined
 */
export function mergeTold(
  rows: Float64Array,
  told: readonly PastPrice[],
  apartMaxSec: number,
): number[] {
  const merged: number[] = [];
  let next = 0;
  for (let row = 0; row < rows.length; row += ROW) {
    const isAfterGap = row === 0 || Number.isNaN(rows[row - ROW + SAMPLE_ROW.priceUsd]);
    const before = next;
    for (; next < told.length && told[next]!.timeSec < rows[row]!; next += 1) {
      if (isAfterGap) pushTold(merged, told[next]!, apartMaxSec);
    }
    const wasTold = isAfterGap && next > before;
    if (wasTold) breakIfApart(merged, rows[row]!, apartMaxSec);
    for (let at = row; at < row + ROW; at += 1) merged.push(rows[at]!);
  }
  // Nothing was seen yet; else what follows the last sample is left to be seen.
  if (rows.length === 0) for (const sample of told) pushTold(merged, sample, apartMaxSec);
  return merged;
}

function pushTold(merged: number[], sample: PastPrice, apartMaxSec: number): void {
  const { timeSec, priceUsd, lowUsd, highUsd } = sample;
  // The break of a line that went on unseen is none.
  const seenSec = merged.at(-2 * ROW);
  const isBroken = Number.isNaN(merged.at(SAMPLE_ROW.priceUsd - ROW) ?? 0);
  const isClosed = isBroken && seenSec !== undefined && timeSec - seenSec <= apartMaxSec;
  if (isClosed) merged.length -= ROW;
  else if (!isBroken) breakIfApart(merged, timeSec, apartMaxSec);
  merged.push(timeSec, priceUsd, lowUsd, highUsd);
}

/** Ends the line at its last sample, where the next is too far away. */
function breakIfApart(merged: number[], nextSec: number, apartMaxSec: number): void {
  const lastSec = merged.at(-ROW);
  if (lastSec !== undefined && nextSec - lastSec > apartMaxSec) {
    merged.push(lastSec, NONE, NONE, NONE);
  }
}
