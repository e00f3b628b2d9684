import type { Levels } from '../../wire/heatmap/heatmap-incoming.ts';
import { bucketOf } from './levels.ts';

/**
 * The same map in buckets of another size: what a bucket holds is taken to lie evenly over its
 * height. Returns the very same map when the size is the same.
 */
export function rebucket(levels: Levels, bucketUsd: number, wantedUsd: number): Levels {
  if (Math.abs(bucketUsd / wantedUsd - 1) < 1e-9) return levels;
  const { priceUsd, longUsd, shortUsd } = levels;
  const held = new Map<number, { long: number; short: number }>();
  for (let i = 0; i < priceUsd.length; i += 1) {
    const [low, high] = [priceUsd[i]!, priceUsd[i]! + bucketUsd];
    for (let n = bucketOf(low, wantedUsd); n * wantedUsd < high - 1e-6 * wantedUsd; n += 1) {
      const overlap = Math.min(high, (n + 1) * wantedUsd) - Math.max(low, n * wantedUsd);
      const share = Math.max(0, overlap) / bucketUsd;
      const bucket = held.get(n) ?? { long: 0, short: 0 };
      bucket.long += longUsd[i]! * share;
      bucket.short += shortUsd[i]! * share;
      held.set(n, bucket);
    }
  }
  const rows = [...held].sort(([one], [other]) => one - other);
  return {
    priceUsd: Float64Array.from(rows, ([n]) => n * wantedUsd),
    longUsd: Float64Array.from(rows, ([, { long }]) => long),
    shortUsd: Float64Array.from(rows, ([, { short }]) => short),
  };
}
