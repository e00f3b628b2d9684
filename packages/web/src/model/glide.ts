import type { PriceRange } from './price-scale.ts';

/** Time in which the distance to the target shrinks to a third. */
const GLIDE_MS = 120;
/** Closer than this share of the height is there: less than a tenth of a pixel. */
const ARRIVED_SHARE = 0.0001;

/**
 * One step of a range on its way to another, on the logarithmic axis. Returns the target itself,
 * the same object, once it is there.
 */
export function glide(from: PriceRange, target: PriceRange, elapsedMs: number): PriceRange {
  const share = 1 - Math.exp(-elapsedMs / GLIDE_MS);
  const lowUsd = from.lowUsd * (target.lowUsd / from.lowUsd) ** share;
  const highUsd = from.highUsd * (target.highUsd / from.highUsd) ** share;
  const left =
    Math.abs(Math.log(target.lowUsd / lowUsd)) + Math.abs(Math.log(target.highUsd / highUsd));
  const arrived = left < Math.log(target.highUsd / target.lowUsd) * ARRIVED_SHARE;
  return arrived ? target : { lowUsd, highUsd };
}
