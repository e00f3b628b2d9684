import type { HeatmapUpdate } from '@tidegauge/client';
import type { HeatSnapshot, Levels } from './heatmap-incoming.ts';

/** A map as the page draws it; null when it does not say how high its buckets are. */
export function heatSnapshot(update: HeatmapUpdate): HeatSnapshot | null {
  const { symbol, asOfMs, epoch, seq, levels, bucketUsd, gaps } = update;
  if (bucketUsd === null) return null;
  return {
    symbol,
    timeSec: asOfMs / 1000,
    epoch,
    seq,
    levels: inColumns(levels),
    bucketUsd,
    currentPriceUsd: update.currentPriceUsd,
    totalLongUsd: update.totalLongUsd,
    totalShortUsd: update.totalShortUsd,
    gaps: gaps.map(({ what, fromMs, toMs }) => {
      return { what, fromSec: fromMs / 1000, toSec: toMs / 1000 };
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
