import type { Buckets } from './buckets.ts';
import type { BucketUsd } from './level-store.ts';
import { CENT_USD } from './position-book.ts';
import type { HeatmapLevel } from './snapshot.ts';

/** Both sides side by side, from the lowest price to the highest, without what is under a cent. */
export function heatmapLevels(
  longs: BucketUsd,
  shorts: BucketUsd,
  buckets: Buckets,
): readonly HeatmapLevel[] {
  const levels: HeatmapLevel[] = [];
  let [long, short] = [0, 0];
  while (long < longs.indexes.length || short < shorts.indexes.length) {
    const longIndex = longs.indexes[long] ?? Number.POSITIVE_INFINITY;
    const shortIndex = shorts.indexes[short] ?? Number.POSITIVE_INFINITY;
    const index = Math.min(longIndex, shortIndex);
    const longUsd = longIndex === index ? longs.usd[long++]! : 0;
    const shortUsd = shortIndex === index ? shorts.usd[short++]! : 0;
    if (longUsd < CENT_USD && shortUsd < CENT_USD) continue;
    levels.push({ priceUsd: buckets.edgeUsd(index), longUsd, shortUsd });
  }
  return levels;
}
