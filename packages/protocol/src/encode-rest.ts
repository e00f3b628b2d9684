/** Bodies of the REST answers about markets and history, as JSON text. */
import { demoMark } from './encode.ts';
import { levelBodies } from './encode-heatmap.ts';
import { isoTime } from './iso-time.ts';
import type {
  HeatmapColumn,
  HeatmapTimeSeriesBody,
  KlinesBody,
  MempoolBody,
  PriceHistoryBody,
  SymbolsBody,
} from './messages.ts';
import type { ReadingLevel } from './reading.ts';
import { decimalsOf, round } from './rounding.ts';

/** More digits than any volume is traded in, and few enough to hide what adding up leaves. */
const VOLUME_DIGITS = 12;

/** A market that is served. */
export interface MarketReading {
  readonly symbol: string;
  readonly venues: readonly string[];
  /** Length of its candles, such as 5m. */
  readonly interval: string;
  /** Null before the first candle. */
  readonly bucketUsd: number | null;
}

/** A candle, its prices as the venue gave them and its volume in the base currency. */
export interface KlineReading {
  /** When it opened. */
  readonly timeSec: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** A price that was live once. */
export interface PastPrice {
  readonly timeSec: number;
  readonly priceUsd: number;
  readonly lowUsd: number;
  readonly highUsd: number;
  readonly confidence: number;
}

/** What a time series says beside its columns. Sums are in USD. */
export interface TimeSeriesMeta {
  readonly symbol: string;
  readonly interval: string;
  /** Null when there is no column to choose it for. */
  readonly bucketUsd: number | null;
  readonly columns: number;
  /** From the lowest level of all columns to the highest; null when there are none. */
  readonly priceRange: { readonly minUsd: number; readonly maxUsd: number } | null;
  readonly totalLongUsd: number;
  readonly totalShortUsd: number;
  readonly consumedUsd: number;
  readonly demo: boolean;
}

/** What an answer to those who poll the price says beside its messages. */
export interface MempoolReading {
  readonly epoch: string;
  readonly timeSec: number;
  readonly updateIntervalMs: number;
  readonly demo: boolean;
}

/**
 * `GET /api/v1/mempool`, around its messages: these are there as text already, and stand between
 * `start` and `end` with commas between them.
 */
export function encodeMempoolFrame(reading: MempoolReading): {
  readonly start: string;
  readonly end: string;
} {
  const head: Omit<MempoolBody, 'messages' | 'demo'> = {
    epoch: reading.epoch,
    time: round(reading.timeSec, 1e3),
    update_interval_ms: reading.updateIntervalMs,
  };
  const mark = reading.demo ? ',"demo":true' : '';
  return { start: `${JSON.stringify(head).slice(0, -1)},"messages":[`, end: `]${mark}}` };
}

/** `GET /api/v1/symbols` */
export function encodeSymbols(demo: boolean, markets: readonly MarketReading[]): string {
  const symbols = markets.map(({ symbol, venues, interval, bucketUsd }) => ({
    symbol,
    venues,
    interval,
    bucket_size: bucketUsd === null ? null : roundToStep(bucketUsd, bucketUsd),
  }));
  const body: SymbolsBody = { symbols, ...demoMark(demo) };
  return JSON.stringify(body);
}

/** `GET /api/v1/klines/{symbol}` */
export function encodeKlines(
  { symbol, interval, demo }: { symbol: string; interval: string; demo: boolean },
  klines: readonly KlineReading[],
): string {
  const body: KlinesBody = { symbol, interval, klines: klines.map(klineBody), ...demoMark(demo) };
  return JSON.stringify(body);
}

/** `GET /api/v1/price/history`. `points` must already be cut to what the schema allows. */
export function encodePriceHistory(demo: boolean, points: readonly PastPrice[]): string {
  const body: PriceHistoryBody = {
    points: points.map(({ timeSec, priceUsd, lowUsd, highUsd, confidence }) => ({
      time: round(timeSec, 1e3),
      price: round(priceUsd, 100),
      low: round(lowUsd, 100),
      high: round(highUsd, 100),
      confidence: round(confidence, 1e4),
    })),
    ...demoMark(demo),
  };
  return JSON.stringify(body);
}

/**
 * One of the columns of `GET /liquidations/heatmap-timeseries`, whose body is made in pieces, as it
 * may be long: `TIME_SERIES_START`, the columns with commas between, and `encodeTimeSeriesEnd`.
 */
export function encodeHeatmapColumn(
  column: { readonly timeSec: number; readonly levels: readonly ReadingLevel[] },
  bucketUsd: number,
): string {
  const body: HeatmapColumn = {
    timestamp: isoTime(column.timeSec),
    levels: levelBodies(column.levels, bucketUsd),
  };
  return JSON.stringify(body);
}

export const TIME_SERIES_START: string = '{"data":[';

/** What follows the last column: the end of the list, and `meta`. */
export function encodeTimeSeriesEnd(meta: TimeSeriesMeta): string {
  const { bucketUsd, priceRange } = meta;
  const priced = (usd: number): number => roundToStep(usd, bucketUsd ?? usd);
  const rest: Omit<HeatmapTimeSeriesBody, 'data'> = {
    meta: {
      symbol: meta.symbol,
      interval: meta.interval,
      price_bin_size: bucketUsd === null ? null : priced(bucketUsd),
      total_snapshots: meta.columns,
      price_range:
        priceRange === null
          ? null
          : { min: priced(priceRange.minUsd), max: priced(priceRange.maxUsd) },
      total_long_volume: round(meta.totalLongUsd, 1),
      total_short_volume: round(meta.totalShortUsd, 1),
      total_consumed: round(meta.consumedUsd, 1),
    },
    ...demoMark(meta.demo),
  };
  return `],${JSON.stringify(rest).slice(1)}`;
}

function klineBody({
  timeSec,
  open,
  high,
  low,
  close,
  volume,
}: KlineReading): KlinesBody['klines'][number] {
  return {
    time: timeSec,
    open: finite(open),
    high: finite(high),
    low: finite(low),
    close: finite(close),
    volume: Number(finite(volume).toPrecision(VOLUME_DIGITS)),
  };
}

function roundToStep(value: number, step: number): number {
  return round(value, 10 ** decimalsOf(step));
}

/** JSON has no other numbers: it would write null. */
function finite(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`a number of a message is ${value}`);
  return value;
}
