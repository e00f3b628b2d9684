import type { PointColumns } from './point-ring.ts';
import { isWithin, type PriceRange } from './price-scale.ts';

/** Steps through the points that are drawn, oldest first; -1 when there is none that way. */
export function nextPoint(
  points: PointColumns,
  range: PriceRange,
  from: number,
  step: 1 | -1,
): number {
  for (let i = from + step; i >= 0 && i < points.length; i += step) {
    if (isWithin(range, points.priceUsd(i))) return i;
  }
  return -1;
}

/** The drawn point whose price is the next above (1) or below (-1); -1 when there is none. */
export function nextByPrice(
  points: PointColumns,
  range: PriceRange,
  from: number,
  step: 1 | -1,
): number {
  const start = points.priceUsd(from);
  let found = -1;
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < points.length; i += 1) {
    const price = points.priceUsd(i);
    const distance = (price - start) * step;
    if (distance > 0 && distance < best && isWithin(range, price)) {
      best = distance;
      found = i;
    }
  }
  return found;
}
