import { indexFrom } from './index-from.ts';
import type { PointColumns } from './point-ring.ts';
import { priceBounds } from './price-window.ts';
import { placeWindow, type TimeWindow } from './time-window.ts';

/** How many of the points happened in the window. They are nearly in order, which is enough. */
export function countShown(points: PointColumns, shown: TimeWindow, nowSec: number): number {
  const { fromSec, toSec } = placeWindow(shown, priceBounds(nowSec));
  // The newest may run ahead of the server's clock by a little.
  const end = shown.endSec === null ? points.length : indexFrom(points, toSec);
  return Math.max(0, end - indexFrom(points, fromSec));
}
