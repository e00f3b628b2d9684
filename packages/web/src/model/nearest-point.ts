import type { PointColumns } from './point-ring.ts';
import { isWithin, type PriceScale, priceToY } from './price-scale.ts';
import { type TimeScale, timeToX } from './time-scale.ts';

/**
 * Index of the point drawn closest to a place, or -1 when none is drawn within reach. Looks at
 * all: 50,000 points take a fraction of a millisecond, and the pointer asks once a frame.
 */
export function nearestPoint(
  points: PointColumns,
  timeScale: TimeScale,
  priceScale: PriceScale,
  at: { readonly xPx: number; readonly yPx: number },
  reachPx: number,
): number {
  let nearest = -1;
  let best = reachPx * reachPx;
  for (let i = 0; i < points.length; i += 1) {
    const dx = timeToX(timeScale, points.placeSec(i)) - at.xPx;
    if (dx > reachPx || dx < -reachPx) continue;
    const price = points.priceUsd(i);
    if (!isWithin(priceScale.range, price)) continue;
    const dy = priceToY(priceScale, price) - at.yPx;
    const distance = dx * dx + dy * dy;
    if (distance <= best) {
      best = distance;
      nearest = i;
    }
  }
  return nearest;
}
