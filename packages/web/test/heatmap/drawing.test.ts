import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BucketRows } from '../../src/drawing/heatmap/bucket-rows.ts';
import { layoutHeat } from '../../src/drawing/heatmap/heat-layout.ts';
import { MapRaster } from '../../src/drawing/heatmap/map-raster.ts';
import { distance, type Oklab, oklabOf, type Rgb } from '../../src/drawing/heatmap/oklab.ts';
import {
  evenRamp,
  SHORT_FIRST,
  shadeColour,
  shadePixels,
} from '../../src/drawing/heatmap/shades.ts';
import type { Palette } from '../../src/drawing/palette.ts';
import { rgbOf } from '../../src/drawing/rgb.ts';
import { densityScale, SHADES } from '../../src/model/heatmap/density-scale.ts';
import { priceToY } from '../../src/model/price-scale.ts';
import { levels } from './samples.ts';

const TOKENS = readFileSync(
  path.join(fileURLToPath(new URL('../../src/styles', import.meta.url)), 'tokens.css'),
  'utf8',
);
const token = (name: string): string => new RegExp(`--${name}:\\s*(#\\w{6})`).exec(TOKENS)![1]!;
const ramp = (side: string): readonly Rgb[] =>
  evenRamp(['panel', `${side}-deep`, side, `${side}-peak`].map(token), SHADES);

describe('shades of the map', () => {
  it.each(['long', 'short'])('of %s grow evenly brighter to the eye', (side) => {
    const colours = ramp(side).map(oklabOf);
    // In steps of fifteen, since colours are rounded to whole numbers.
    const steps = Array.from({ length: SHADES / 15 - 1 }, (_, i) => {
      const [one, next] = [colours[i * 15]!, colours[(i + 1) * 15]!];
      expect(next[0]).toBeGreaterThan(one[0]);
      return distance(one, next);
    });
    expect(Math.max(...steps) / Math.min(...steps)).toBeLessThan(1.35);
  });

  it('begin at the panel and end at the peak', () => {
    const colours = ramp('long');
    expect(distance(oklabOf(colours[0]!), oklabOf(rgbOf(token('panel'))))).toBeLessThan(0.02);
    expect(colours.at(-1)).toEqual(rgbOf(token('long-peak')));
  });

  it('are as bright for longs as for shorts', () => {
    const [long, short] = [ramp('long'), ramp('short')];
    for (let i = 0; i < SHADES; i += 1) {
      expect(Math.abs(oklabOf(long[i]!)[0] - oklabOf(short[i]!)[0])).toBeLessThan(0.06);
    }
  });

  /** Machado, Oliveira, Fernandes 2009, severity 1, on linear light. */
  const BLIND = {
    protan: [
      0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998,
    ],
    deutan: [
      0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881,
    ],
    tritan: [
      1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039,
    ],
  } as const;
  function seenBy(kind: keyof typeof BLIND, rgb: Rgb): Oklab {
    const linear = rgb.map((value) => (value / 255) ** 2.2);
    const row = (at: number): number => {
      const sum = linear.reduce((total, value, i) => total + value * BLIND[kind][at + i]!, 0);
      return 255 * Math.min(1, Math.max(0, sum)) ** (1 / 2.2);
    };
    return oklabOf([row(0), row(3), row(6)]);
  }

  it.each(['protan', 'deutan', 'tritan'] as const)('tell longs from shorts to %s eyes', (kind) => {
    const [long, short] = [ramp('long'), ramp('short')];
    for (let i = 80; i < 225; i += 1) {
      expect(distance(seenBy(kind, long[i]!), seenBy(kind, short[i]!))).toBeGreaterThan(0.1);
    }
  });

  it('lie in one table, the shorts behind the longs', () => {
    const palette = {
      panel: '#000000',
      long: ['#000040', '#000080', '#0000ff'],
      short: ['#400000', '#800000', '#ff0000'],
    } as unknown as Palette;
    const pixels = shadePixels(palette);
    expect(pixels).toHaveLength(1 + 2 * SHADES);
    expect(pixels[0]).toBe(0);
    expect(shadeColour(pixels, SHADES)).toBe('rgb(0 0 255)');
    expect(shadeColour(pixels, SHORT_FIRST + SHADES - 1)).toBe('rgb(255 0 0)');
  });
});

describe('rows of buckets', () => {
  const scale = { range: { lowUsd: 100, highUsd: 110 }, topPx: 0, heightPx: 100 };

  it('cover the height without gap or overlap, whatever the size of the buckets', () => {
    for (const bucketUsd of [0.01, 0.3, 1, 4, 50]) {
      const rows = new BucketRows(scale, bucketUsd);
      expect([rows.top(0), rows.end(rows.bandCount - 1)]).toEqual([0, 100]);
      for (let band = 0; band < rows.bandCount; band += 1) {
        expect(rows.end(band)).toBeGreaterThan(rows.top(band));
        if (band > 0) expect(rows.top(band)).toBe(rows.end(band - 1));
      }
    }
  });

  it('stand where the axis has their prices', () => {
    const rows = new BucketRows(scale, 1);
    for (let price = 100; price < 110; price += 1) {
      const band = rows.bandOf(price);
      expect(Math.abs(rows.top(band) - priceToY(scale, price + 1))).toBeLessThanOrEqual(0.5);
      expect(Math.abs(rows.end(band) - priceToY(scale, price))).toBeLessThanOrEqual(0.5);
    }
  });

  it('are none for what is out of view', () => {
    const rows = new BucketRows(scale, 1);
    expect([99, 111, 1e9].map((price) => rows.bandOf(price))).toEqual([-1, -1, -1]);
  });

  it('are shared by buckets thinner than a row', () => {
    const rows = new BucketRows(scale, 0.01);
    const band = rows.bandOf(105);
    expect(rows.end(band) - rows.top(band)).toBe(1);
    expect(rows.bandOf(105.01)).toBe(band);
  });
});

describe('raster of the map', () => {
  const scale = { range: { lowUsd: 100, highUsd: 104 }, topPx: 0, heightPx: 8 };
  const density = densityScale({ middleUsd: 50, fullUsd: 100 }, 0);
  /** Each index as its own pixel. */
  const PLAIN = Uint32Array.from({ length: 1 + 2 * SHADES }, (_, i) => i);
  const shadesOf = (raster: MapRaster): number[][] => {
    const words = new Uint32Array(raster.pixels.buffer);
    return Array.from({ length: raster.heightPx }, (_, y) =>
      Array.from({ length: raster.widthPx }, (_, x) => words[y * raster.widthPx + x]!),
    );
  };

  it('has longs and shorts where they belong', () => {
    const raster = new MapRaster(2, 8);
    const rows = new BucketRows(scale, 1);
    raster.column(1, levels([100, 100, 0], [103, 0, 100]), rows, density);
    raster.paint(rows, PLAIN);
    const [long, short] = [SHADES, SHORT_FIRST + SHADES - 1];
    expect(shadesOf(raster).map(([left]) => left)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(shadesOf(raster).map(([, right]) => right)).toEqual([
      short,
      short,
      0,
      0,
      0,
      0,
      long,
      long,
    ]);
    raster.clear();
    raster.paint(rows, PLAIN);
    expect(
      shadesOf(raster)
        .flat()
        .every((shade) => shade === 0),
    ).toBe(true);
  });

  it('shows the larger side of a bucket, and the largest bucket of a row', () => {
    const raster = new MapRaster(1, 8);
    const thin = levels([101, 10, 0], [101.01, 0, 90], [101.02, 20, 0]);
    const rows = new BucketRows(scale, 0.01);
    raster.column(0, thin, rows, density);
    raster.paint(rows, PLAIN);
    const shown = shadesOf(raster)
      .flat()
      .filter((shade) => shade !== 0);
    expect(shown).toHaveLength(1);
    expect(shown[0]).toBeGreaterThanOrEqual(SHORT_FIRST);
  });

  it('never writes outside, whatever the levels', () => {
    const raster = new MapRaster(1, 8);
    const wild = levels([1e-9, 1, 1], [99.9, 1, 1], [104, 1, 1], [1e12, 1, 1]);
    const rows = new BucketRows(scale, 0.3);
    raster.column(0, wild, rows, density);
    raster.paint(rows, PLAIN);
    // In view are the buckets that the ends of the axis lie in.
    const shown = shadesOf(raster).flat();
    expect(shown.map((shade) => shade !== 0)).toEqual([true, ...Array(6).fill(false), true]);
  });
});

describe('layout of the map', () => {
  it.each([
    [336, 300, 13, 1],
    [1240, 440, 14, 1],
    [3760, 1300, 30, 1],
    [672, 600, 26, 2],
    [10, 10, 13, 1],
  ])('%i x %i px: map, map of now, axis, none over the other', (...size) => {
    const { map, bookSpan: book, axisLeftPx, plotHeightPx } = layoutHeat(...size);
    const [widthPx, , fontPx] = size;
    if (widthPx > 100) expect(axisLeftPx + 4.5 * fontPx).toBeLessThan(widthPx);
    expect(book.widthPx).toBeGreaterThan(0);
    expect(map.widthPx).toBeGreaterThanOrEqual(book.widthPx);
    expect(map.leftPx + map.widthPx).toBeLessThan(book.leftPx);
    expect(book.leftPx + book.widthPx).toBeLessThan(axisLeftPx);
    expect(plotHeightPx).toBeGreaterThan(0);
  });
});
