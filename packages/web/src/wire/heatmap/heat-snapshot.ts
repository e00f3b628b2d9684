import type { HeatmapUpdate } from '@tidegauge/client';
import type { HeatSnapshot, Levels } from './heatmap-incoming.ts';

/** A map as the page draws it; null when it does not say its sums, or how high its buckets are. */
export function heatSnapshot(update: HeatmapUpdate): HeatSnapshot | null {
  const { symbol, asOfMs, epoch, seq, levels, bucketUsd, gaps } = update;
  const { totalLongUsd, totalShortUsd } = update;
  if (bucketUsd === null || totalLongUsd === null || totalShortUsd === null) return null;
  return {
    symbol,
    timeSec: asOfMs / 1000,
    epoch,
    seq,
    levels: inColumns(levels),
    bucketUsd,
    currentPriceUsd: update.currentPriceUsd,
    totalLongUsd,
    totalShortUsd,
    gaps: gaps.flatMap(({ what, fromMs, toMs }) => {
      // Of other kinds, from a newer server, the page has nothing to say.
      if (what !== 'candles' && what !== 'open_interest') return [];
      return [{ what, fromSec: fromMs / 1000, toSec: toMs / 1000 }];
    }),
  };
}

function inColumns(levels: HeatmapUpdate['levels']): Levels {
  return {
    priceUsd: Float64Array.from(levels, ({ priceUsd }) => priceUsd),
    longUsd: Float64Array.from(levels, ({ longUsd }) => longUsd),
    shortUsd: Float64Array.from(levels, ({ shortUsd }) => shortUsd),
  };
}
