/** What a snapshot of /ws/heatmap says, in the client's own terms. */
import type { HeatmapGap, HeatmapLevel, HeatmapUpdate } from './api.ts';
import { asCount, asFields, asIsoMs, asList, asPrice, type Fields } from './fields.ts';
import type { Read } from './read-mempool.ts';

/** @param message type `snapshot` @returns null for what is not usable */
export function readSnapshot(message: Fields, symbol: string): Read<HeatmapUpdate> | null {
  const data = asFields(message.data);
  const asOfMs = asIsoMs(message.timestamp);
  const currentPriceUsd = asPrice(data?.current_price);
  const levels = asList(data?.levels)?.flatMap(readLevel);
  if (!data || asOfMs === null || currentPriceUsd === null || !levels) return null;
  const body = {
    symbol,
    levels,
    currentPriceUsd,
    bucketUsd: asPrice(data.bucket_size),
    totalLongUsd: asCount(data.total_long) ?? sum(levels, 'longUsd'),
    totalShortUsd: asCount(data.total_short) ?? sum(levels, 'shortUsd'),
    positionsCreated: asCount(data.positions_created) ?? 0,
    positionsConsumed: asCount(data.positions_consumed) ?? 0,
    gaps: asList(data.gaps)?.flatMap(readGap) ?? [],
  };
  return { body, asOfMs };
}

/** Entries that are no level are left out: one bad level must not cost the others. */
function readLevel(value: unknown): HeatmapLevel[] {
  const level = asFields(value);
  const priceUsd = asPrice(level?.price);
  const longUsd = asCount(level?.long_density);
  const shortUsd = asCount(level?.short_density);
  return priceUsd === null || longUsd === null || shortUsd === null
    ? []
    : [{ priceUsd, longUsd, shortUsd }];
}

function readGap(value: unknown): HeatmapGap[] {
  const gap = asFields(value);
  const what = gap?.what;
  const fromMs = asIsoMs(gap?.from);
  const toMs = asIsoMs(gap?.to);
  if (what !== 'candles' && what !== 'open_interest') return [];
  return fromMs === null || toMs === null ? [] : [{ what, fromMs, toMs }];
}

function sum(levels: readonly HeatmapLevel[], side: 'longUsd' | 'shortUsd'): number {
  return levels.reduce((total, level) => total + level[side], 0);
}
