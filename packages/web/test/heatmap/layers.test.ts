/** What the layers of the map draw, told by the calls that they make. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bookLayer } from '../../src/drawing/heatmap/book-layer.ts';
import type { HeatPart, HeatScene } from '../../src/drawing/heatmap/heat-scene.ts';
import { MapLayer } from '../../src/drawing/heatmap/map-layer.ts';
import { cumulativeLongs, cumulativeShorts } from '../../src/model/heatmap/cumulative.ts';
import { densityScale } from '../../src/model/heatmap/density-scale.ts';
import { column, levels, snapshot } from './samples.ts';

type Call = readonly [name: string, ...values: unknown[]];

/** Takes every call and every setting, and draws nothing. */
function recorder(): { readonly context: CanvasRenderingContext2D; readonly calls: Call[] } {
  const calls: Call[] = [];
  const context = new Proxy(
    {},
    {
      get:
        (_, name) =>
        (...values: unknown[]) =>
          void calls.push([String(name), ...values]),
      set: () => true,
    },
  );
  return { context: context as CanvasRenderingContext2D, calls };
}

const SIDES = ['#000040', '#000080', '#0000ff'] as const;
const SCENE = {
  plotHeightPx: 100,
  timeScale: { leftPx: 0, widthPx: 64, fromSec: 0, toSec: 6_400 },
  bookSpan: { leftPx: 100, widthPx: 50 },
  palette: { long: SIDES, short: SIDES, panel: '#000000', tagText: '#000000' },
  density: densityScale({ middleUsd: 50, fullUsd: 100 }, 0),
  shadePixels: new Uint32Array(1_000),
  shortUsd: String,
  fontPx: 10,
  linePx: 1,
  binUsd: 2,
  now: null,
  parts: [],
} as unknown as HeatScene;

describe('the book', () => {
  const { levels: of, bucketUsd } = snapshot();
  const book = {
    levels: of,
    bucketUsd,
    fullUsd: 70,
    longs: cumulativeLongs(snapshot()),
    shorts: cumulativeShorts(snapshot()),
    fullTotalUsd: 90,
  };
  function drawn(lowUsd: number, highUsd: number): readonly Call[] {
    const { context, calls } = recorder();
    const priceScale = { range: { lowUsd, highUsd }, topPx: 0, heightPx: 100 };
    bookLayer.draw(context, { ...SCENE, priceScale, book } as HeatScene);
    return calls;
  }
  const totals = (calls: readonly Call[]): readonly unknown[] =>
    calls.filter(([name]) => name === 'fillText').map(([, text]) => text);
  /** How far to the right a curve comes between top and bottom of the plot. */
  function reach(calls: readonly Call[]): number {
    const corners = calls.filter(([name]) => name === 'lineTo') as [string, number, number][];
    return Math.max(...corners.filter(([, , y]) => y > 0 && y < 100).map(([, x]) => x));
  }

  it('has its curves where the price of now is in view, and what they come to', () => {
    const calls = drawn(90, 112);
    expect(totals(calls)).toEqual(['90', '80']);
    expect(reach(calls)).toBeGreaterThan(100);
  });

  it('goes on with the curve of a price that is above the axis, and has no other', () => {
    const calls = drawn(80, 97);
    expect(totals(calls)).toEqual(['80']);
    expect(reach(calls)).toBeCloseTo(100 + (50 * 80) / 90);
  });

  it('goes on with the curve of a price that is below the axis, and has no other', () => {
    const calls = drawn(103, 120);
    expect(totals(calls)).toEqual(['90']);
    expect(reach(calls)).toBeCloseTo(100 + (50 * 90) / 90);
  });
});

describe('the map', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('has nothing where no bucket is known, not what stood there before', () => {
    vi.stubGlobal('document', { createElement: () => ({ getContext: () => recorder().context }) });
    vi.stubGlobal('ImageData', class {});
    const priceScale = { range: { lowUsd: 90, highUsd: 112 }, topPx: 0, heightPx: 100 };
    const known: HeatPart = {
      intervalSec: 100,
      fromSec: 0,
      toSec: 6_400,
      columns: [column(100, [90, 50, 0])],
      candles: [],
      binUsd: 2,
      nowSlot: null,
    };
    const unknown = { ...known, columns: [], binUsd: null };
    const layer = new MapLayer();
    const images = (parts: readonly HeatPart[]): number => {
      const { context, calls } = recorder();
      layer.draw(context, { ...SCENE, priceScale, parts, now: levels() });
      return calls.filter(([name]) => name === 'drawImage').length;
    };
    expect([images([known]), images([unknown]), images([known, unknown])]).toEqual([1, 0, 1]);
  });
});
