import { isShownTime } from './in-sight.ts';
import type { PointColumns } from './point-ring.ts';
import { isWithin, type PriceScale, priceToY, yToPrice } from './price-scale.ts';
import { type TimeScale, timeToX } from './time-scale.ts';

/**
 * Index of the point drawn closest to a place, or -1 when none is drawn within reach. Times are
 * nearly in order, but not quite (blocks are not), so all are looked at: what lies outside the
 * reach costs comparisons of numbers only, 0.06 ms for 50,000 points.
 */
export function nearestPoint(
  points: PointColumns,
  timeScale: TimeScale,
  priceScale: PriceScale,
  at: { readonly xPx: number; readonly yPx: number },
  reachPx: number,
): number {
  const { placesSec, pricesUsd } = points;
  const secPerPx = (timeScale.toSec - timeScale.fromSec) / timeScale.widthPx;
  const atSec = timeScale.fromSec + (at.xPx - timeScale.leftPx) * secPerPx;
  const reachSec = reachPx * secPerPx;
  const lowUsd = yToPrice(priceScale, at.yPx + reachPx);
  const highUsd = yToPrice(priceScale, at.yPx - reachPx);
  let nearest = -1;
  let best = reachPx * reachPx;
  for (const [start, end] of points.stretches()) {
    for (let slot = start; slot < end; slot += 1) {
      if (!(Math.abs(placesSec[slot]! - atSec) <= reachSec)) continue;
      const price = pricesUsd[slot]!;
      if (!(price >= lowUsd && price <= highUsd)) continue;
      if (!isWithin(priceScale.range, price) || !isShownTime(placesSec[slot]!, timeScale)) continue;
      const dx = timeToX(timeScale, placesSec[slot]!) - at.xPx;
      const dy = priceToY(priceScale, price) - at.yPx;
      const distance = dx * dx + dy * dy;
      if (distance <= best) {
        best = distance;
        nearest = slot;
      }
    }
  }
  return nearest === -1 ? -1 : points.indexOf(nearest);
}
