/**
 * Where the points of a block stand on the time axis. They all carry the block's time; drawn there
 * they would be one upright line of which only the outline shows. Instead they are laid out, in
 * the order of the block, over the time between the block before it and its own: that is when
 * they were waiting. Nothing is drawn by chance, and the tooltip keeps to the block's time.
 */
import type { PricePoint } from '@tidegauge/client';

/** Width of the first block, whose predecessor is not known: the time that blocks aim at. */
const BLOCK_WIDTH_FIRST_SEC = 600;
/** A gap this wide is left between blocks, so that they stay apart to the eye. */
const FILL_SHARE = 0.92;

/**
 * @param points oldest block first; returns a place in unix seconds for each
 * @param beforeSec time of the block before the first, where it is known
 */
export function placeByBlock(
  points: readonly PricePoint[],
  beforeSec: number | null = null,
): Float64Array {
  const places = new Float64Array(points.length);
  let previousSec = beforeSec;
  for (let start = 0; start < points.length; ) {
    const { timeMs } = points[start]!;
    const blockSec = timeMs / 1000;
    let end = start + 1;
    while (end < points.length && points[end]!.timeMs === timeMs) end += 1;
    const gapSec: number = previousSec === null ? BLOCK_WIDTH_FIRST_SEC : blockSec - previousSec;
    const widthSec = Math.max(gapSec, 0) * FILL_SHARE;
    for (let i = start; i < end; i += 1) {
      places[i] = blockSec - widthSec * (1 - (i - start + 0.5) / (end - start));
    }
    previousSec = blockSec;
    start = end;
  }
  return places;
}
