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
  const { pricesUsd } = points;
  const present = points.priceUsd(from);
  let found = -1;
  let best = Number.POSITIVE_INFINITY;
  for (const [start, end] of points.stretches()) {
    for (let slot = start; slot < end; slot += 1) {
      const distance = (pricesUsd[slot]! - present) * step;
      if (distance > 0 && distance < best && isWithin(range, pricesUsd[slot]!)) {
        best = distance;
        found = slot;
      }
    }
  }
  return found === -1 ? -1 : points.indexOf(found);
}
