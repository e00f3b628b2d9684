import { isInSight, isShownTime, type Sight } from './in-sight.ts';
import type { PointColumns } from './point-ring.ts';
import { isWithin } from './price-scale.ts';

/** Steps through the points in sight, oldest first; -1 when there is none that way. */
export function nextPoint(points: PointColumns, sight: Sight, from: number, step: 1 | -1): number {
  for (let i = from + step; i >= 0 && i < points.length; i += step) {
    if (isInSight(points, i, sight)) return i;
  }
  return -1;
}

/** The point in sight whose price is the next above (1) or below (-1); -1 when there is none. */
export function nextByPrice(
  points: PointColumns,
  sight: Sight,
  from: number,
  step: 1 | -1,
): number {
  const { placesSec, pricesUsd } = points;
  const present = points.priceUsd(from);
  let found = -1;
  let best = Number.POSITIVE_INFINITY;
  for (const [start, end] of points.stretches()) {
    for (let slot = start; slot < end; slot += 1) {
      const distance = (pricesUsd[slot]! - present) * step;
      if (!(distance > 0 && distance < best) || !isWithin(sight.range, pricesUsd[slot]!)) continue;
      if (!isShownTime(placesSec[slot]!, sight)) continue;
      best = distance;
      found = slot;
    }
  }
  return found === -1 ? -1 : points.indexOf(found);
}
