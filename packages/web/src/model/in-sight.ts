import type { PointColumns } from './point-ring.ts';
import { isWithin, type PriceRange } from './price-scale.ts';

/** What of a panel is to be seen: from when to when, and which prices. */
export interface Sight {
  readonly fromSec: number;
  readonly toSec: number;
  readonly range: PriceRange;
}

export function isInSight(points: PointColumns, index: number, sight: Sight): boolean {
  return (
    isShownTime(points.placeSec(index), sight) && isWithin(sight.range, points.priceUsd(index))
  );
}

export function isShownTime(
  timeSec: number,
  { fromSec, toSec }: Pick<Sight, 'fromSec' | 'toSec'>,
): boolean {
  return timeSec >= fromSec && timeSec <= toSec;
}
