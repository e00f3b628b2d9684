/** Maps and candles for the tests of the heatmap. */
import type { HeatmapLevel, HeatmapUpdate } from '@tidegauge/client';
import type { Heatmap } from '../../src/model/heatmap/heatmap.ts';
import { wholeOf } from '../../src/model/heatmap/loaded-maps.ts';
import type { HistoryPart, MapHistory } from '../../src/model/heatmap/map-history.ts';
import type {
  Candle,
  HeatColumn,
  HeatSnapshot,
  Levels,
} from '../../src/wire/heatmap/heatmap-incoming.ts';

/** 10:00:00 UTC, a whole hour. */
export const TIME_SEC = 1_767_607_200;

export function levels(...rows: readonly (readonly [number, number, number])[]): Levels {
  return {
    priceUsd: Float64Array.from(rows, ([price]) => price),
    longUsd: Float64Array.from(rows, ([, long]) => long),
    shortUsd: Float64Array.from(rows, ([, , short]) => short),
  };
}

/** Longs of 30 and 50 below the price of 100, shorts of 20 and 70 above it, in buckets of 2. */
export function snapshot(over: Partial<HeatSnapshot> = {}): HeatSnapshot {
  return {
    symbol: 'BTCUSDT',
    timeSec: TIME_SEC,
    epoch: 'e1',
    seq: 5,
    levels: levels([90, 50, 0], [96, 30, 0], [102, 0, 20], [110, 0, 70]),
    bucketUsd: 2,
    currentPriceUsd: 100,
    totalLongUsd: 80,
    totalShortUsd: 90,
    gaps: [],
    ...over,
  };
}

export function candle(timeSec: number, close: number, open = close): Candle {
  return { timeSec, open, close, high: Math.max(open, close), low: Math.min(open, close) };
}

export function column(timeSec: number, ...rows: readonly [number, number, number][]): HeatColumn {
  return { timeSec, levels: levels(...rows) };
}

/** The same map as `snapshot`, as the client hands it on. */
export function mapUpdate(over: Partial<HeatmapUpdate> = {}): HeatmapUpdate {
  return {
    symbol: 'BTCUSDT',
    asOfMs: TIME_SEC * 1000,
    ageMs: 0,
    isLive: true,
    via: 'websocket',
    demo: false,
    seq: 5,
    epoch: 'e1',
    missed: 0,
    levels: [level(90, 50, 0), level(96, 30, 0), level(102, 0, 20), level(110, 0, 70)],
    bucketUsd: 2,
    currentPriceUsd: 100,
    totalLongUsd: 80,
    totalShortUsd: 90,
    positionsCreated: 4,
    positionsConsumed: 0,
    gaps: [],
    ...over,
  };
}

function level(priceUsd: number, longUsd: number, shortUsd: number): HeatmapLevel {
  return { priceUsd, longUsd, shortUsd };
}

/** As if the server had answered with this to the question for all that is to be seen. */
export function takePast(state: Heatmap, part: Partial<HistoryPart>, nowMs: number): void {
  const view = state.view(nowMs)!;
  const endSec = state.endSec(nowMs);
  const whole = { binUsd: null, columns: [], candles: [], ...part };
  state.takeHistory(whole, wholeOf(view, endSec), endSec, nowMs);
}

/** What is drawn of the past, in front. */
export function frontMap(state: Heatmap, nowMs: number): MapHistory | undefined {
  const view = state.view(nowMs);
  return view ? state.maps.shown(view).at(-1) : undefined;
}
