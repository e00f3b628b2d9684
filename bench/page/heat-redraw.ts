/**
 * Runs in the page, bundled: the page's own chart of the heatmap, with as many cells as the bar
 * speaks of, drawn anew again and again. Its times hold until the pixels are there.
 */
import { MapLayer } from '../../packages/web/src/drawing/heatmap/map-layer.ts';
import { numberFormats } from '../../packages/web/src/format/numbers.ts';
import { timeFormats } from '../../packages/web/src/format/times.ts';
import { Heatmap } from '../../packages/web/src/model/heatmap/heatmap.ts';
import { wholeOf } from '../../packages/web/src/model/heatmap/loaded-maps.ts';
import { HeatChartView } from '../../packages/web/src/view/heatmap/heat-chart-view.ts';
import type { HeatSnapshot, Levels } from '../../packages/web/src/wire/heatmap/heatmap-incoming.ts';

const COLUMNS = 1_000;
const BUCKETS = 300;
const BUCKET_USD = 20;
const MIDDLE_USD = 100_000;
const SLOT_SEC = 300;

export interface Redraws {
  readonly mapMs: readonly number[];
  readonly chartMs: readonly number[];
}

/** Draws in as many frames, first to warm up and then to be timed. */
export async function redrawMap(times: number): Promise<Redraws> {
  const state = filled();
  const view = new HeatChartView(numberFormats(), timeFormats(), {
    invalidate: () => {},
    widthChanged: () => {},
    thresholdChanged: () => {},
    choose: () => {},
  });
  // The browser tells the size of the chart after a frame.
  for (let i = 0; i < 3; i += 1) await frame();
  const mapMs: number[] = [];
  const chartMs: number[] = [];
  timeMap(mapMs);
  for (let i = -times; i < times; i += 1) {
    const frameMs = await frame();
    state.snapshot = map(MIDDLE_USD * (1 + 0.001 * Math.sin(i)), i + times);
    const startMs = performance.now();
    view.render(state, Date.now(), frameMs, true);
    settle(document.querySelector<HTMLCanvasElement>('#heat-base')!.getContext('2d')!);
    chartMs.push(performance.now() - startMs);
  }
  return { mapMs: mapMs.slice(-times), chartMs: chartMs.slice(-times) };
}

function frame(): Promise<number> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

/** A canvas notes what is to be drawn and draws when somebody reads it. */
function settle(context: CanvasRenderingContext2D): void {
  context.getImageData(0, 0, 1, 1);
}

function timeMap(mapMs: number[]): void {
  const { draw } = MapLayer.prototype as { draw: (...to: never) => void };
  MapLayer.prototype.draw = function (context, scene) {
    settle(context);
    const startMs = performance.now();
    Reflect.apply(draw, this, [context, scene]);
    settle(context);
    mapMs.push(performance.now() - startMs);
  };
}

function filled(): Heatmap {
  const state = new Heatmap();
  const endSec = Math.ceil(Date.now() / 1_000 / SLOT_SEC) * SLOT_SEC;
  const timesSec = Array.from({ length: COLUMNS }, (_, i) => endSec - (COLUMNS - 1 - i) * SLOT_SEC);
  state.takeMarkets({
    demo: false,
    markets: [{ symbol: 'WIDE', venues: ['stand-in'], intervalSec: SLOT_SEC }],
  });
  state.clock.observe({ asOfMs: Date.now(), ageMs: 0 });
  const columns = timesSec.map((timeSec, i) => ({ timeSec, levels: levels(i) }));
  const candles = timesSec.map((timeSec, i) => {
    const open = MIDDLE_USD * (1 + 0.01 * Math.sin(i / 90));
    const close = MIDDLE_USD * (1 + 0.01 * Math.sin((i + 1) / 90));
    const high = Math.max(open, close) + 40;
    const low = Math.min(open, close) - 40;
    return { timeSec: timeSec - SLOT_SEC, open, high, low, close };
  });
  // A window with more columns than a screen is ever given.
  state.columnsMax = COLUMNS;
  const zoom = { spanSec: COLUMNS * SLOT_SEC, endSec: null };
  state.choose({ symbol: null, range: '1d', zoom });
  const nowMs = Date.now();
  const whole = wholeOf(state.view(nowMs)!, nowMs / 1_000);
  state.takeHistory({ binUsd: BUCKET_USD, columns, candles }, whole, endSec, nowMs);
  return state;
}

function map(priceUsd: number, seq: number): HeatSnapshot {
  return {
    symbol: 'WIDE',
    timeSec: Date.now() / 1_000,
    epoch: 'e1',
    seq,
    levels: levels(seq),
    bucketUsd: BUCKET_USD,
    currentPriceUsd: priceUsd,
    totalLongUsd: 1e9,
    totalShortUsd: 1e9,
    gaps: [],
  };
}

/** Every bucket holds something, so that every cell is drawn. */
function levels(turn: number): Levels {
  const first = MIDDLE_USD - (BUCKETS / 2) * BUCKET_USD;
  const volume = (place: number): number =>
    1e6 * (1.1 + Math.sin(place / 7 + turn / 40) * Math.cos(place / 31));
  const places = Float64Array.from({ length: BUCKETS }, (_, i) => i);
  const isLong = (place: number): boolean => place < BUCKETS / 2;
  return {
    priceUsd: places.map((place) => first + place * BUCKET_USD),
    longUsd: places.map((place) => (isLong(place) ? volume(place) : 0)),
    shortUsd: places.map((place) => (isLong(place) ? 0 : volume(place))),
  };
}
