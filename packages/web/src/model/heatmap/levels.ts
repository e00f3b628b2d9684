import type { Levels } from '../../wire/heatmap/heatmap-incoming.ts';

export interface Level {
  readonly priceUsd: number;
  readonly longUsd: number;
  readonly shortUsd: number;
}

/** Number of the bucket that a price lies in; a lower edge may be off by a hair. */
export function bucketOf(priceUsd: number, bucketUsd: number): number {
  return Math.floor(priceUsd / bucketUsd + 1e-6);
}

/** What the bucket with the number holds; nothing where the map has none. */
export function levelAt(levels: Levels, bucket: number, bucketUsd: number): Level {
  const { priceUsd, longUsd, shortUsd } = levels;
  const edge = (bucket - 0.5) * bucketUsd;
  let low = 0;
  let high = priceUsd.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (priceUsd[middle]! < edge) low = middle + 1;
    else high = middle;
  }
  if (low < priceUsd.length && bucketOf(priceUsd[low]!, bucketUsd) === bucket) {
    return { priceUsd: priceUsd[low]!, longUsd: longUsd[low]!, shortUsd: shortUsd[low]! };
  }
  return { priceUsd: bucket * bucketUsd, longUsd: 0, shortUsd: 0 };
}

/** The bucket that holds the most on a side; null when none holds anything. */
export function largestLevel(levels: Levels, side: 'longUsd' | 'shortUsd'): Level | null {
  const volumes = levels[side];
  let best = -1;
  let most = 0;
  for (let i = 0; i < volumes.length; i += 1) {
    if (volumes[i]! > most) {
      most = volumes[i]!;
      best = i;
    }
  }
  if (best === -1) return null;
  const { priceUsd, longUsd, shortUsd } = levels;
  return { priceUsd: priceUsd[best]!, longUsd: longUsd[best]!, shortUsd: shortUsd[best]! };
}
