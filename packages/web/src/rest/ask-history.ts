import type { Candle, HeatColumn } from '../wire/heatmap/heatmap-incoming.ts';
import { readKlines } from '../wire/heatmap/read-klines.ts';
import { readTimeSeries } from '../wire/heatmap/read-time-series.ts';
import { type AskRest, unreadable } from './ask-rest.ts';
import type { LoadOutcome } from './loader.ts';

export interface HistoryQuestion {
  readonly symbol: string;
  /** Length of a column and of a candle, such as `5m`. */
  readonly intervalName: string;
  readonly fromSec: number;
  readonly toSec: number;
  /** Height of a bucket; null for what the server thinks fit. */
  readonly binUsd: number | null;
}

export interface HistoryAnswer {
  readonly binUsd: number | null;
  readonly columns: readonly HeatColumn[];
  readonly candles: readonly Candle[];
}

/** Asks for the columns of the map and the candles over them; both come, or neither counts. */
export async function askHistory(
  ask: AskRest,
  { symbol, intervalName, fromSec, toSec, binUsd }: HistoryQuestion,
  signal: AbortSignal,
): Promise<LoadOutcome<HistoryAnswer>> {
  const [from, to] = [isoTime(fromSec), isoTime(toSec)];
  const columns = query({
    symbol,
    interval: intervalName,
    start_time: from,
    end_time: to,
    ...(binUsd !== null && { price_bin_size: String(binUsd) }),
  });
  const candles = query({ interval: intervalName, from, to });
  const [map, klines] = await Promise.all([
    ask(`liquidations/heatmap-timeseries?${columns}`, signal),
    ask(`api/v1/klines/${encodeURIComponent(symbol)}?${candles}`, signal),
  ]);
  if (map.kind === 'problem') return map;
  if (klines.kind === 'problem') return klines;
  const series = readTimeSeries(map.body);
  const read = readKlines(klines.body);
  if (!series || !read) return unreadable('The history of the map');
  const value = { binUsd: series.binUsd, columns: series.columns, candles: read.candles };
  return { kind: 'ok', value };
}

function query(fields: Readonly<Record<string, string>>): string {
  return new URLSearchParams(fields).toString();
}

/** Whole seconds, since nothing here is finer. */
function isoTime(timeSec: number): string {
  return new Date(Math.floor(timeSec) * 1000).toISOString().replace('.000Z', 'Z');
}
