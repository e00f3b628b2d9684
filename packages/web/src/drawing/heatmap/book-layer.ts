import { type CumulativeStep, cumulativeTo } from '../../model/heatmap/cumulative.ts';
import { rescaled, shadeOf } from '../../model/heatmap/density-scale.ts';
import { type PriceScale, priceToY } from '../../model/price-scale.ts';
import type { Layer } from '../layer.ts';
import type { PanelSpan } from '../plot.ts';
import { withAlpha } from '../rgb.ts';
import { BucketRows } from './bucket-rows.ts';
import type { Book, HeatScene } from './heat-scene.ts';
import { SHORT_FIRST, shadeColour } from './shades.ts';

/** Bars have the shades of the map, but none so faint that its length cannot be seen. */
const SHADE_MIN = 110;

/** Longs and shorts of now by price, and what they add up to on the way from the price. */
export const bookLayer: Layer<HeatScene> = {
  draw(context, scene) {
    const { book, priceScale, bookSpan, plotHeightPx, palette } = scene;
    if (!book || !priceScale) return;
    context.beginPath();
    context.rect(bookSpan.leftPx, 0, bookSpan.widthPx, plotHeightPx);
    context.clip();
    drawBars(context, scene, book, priceScale);
    for (const [steps, colours] of [
      [book.longs, palette.long],
      [book.shorts, palette.short],
    ] as const) {
      drawCurve(context, scene, book, priceScale, steps, colours);
    }
    drawTotals(context, scene, book, priceScale);
  },
};

function drawBars(
  context: CanvasRenderingContext2D,
  { bookSpan, shadePixels, density, binUsd }: HeatScene,
  { levels, bucketUsd, fullUsd }: Book,
  scale: PriceScale,
): void {
  if (fullUsd === 0 || !density) return;
  const rows = new BucketRows(scale, bucketUsd);
  const shades = rescaled(density, bucketUsd / (binUsd ?? bucketUsd));
  const colour = (usd: number, side: number): string =>
    shadeColour(shadePixels, Math.max(SHADE_MIN, shadeOf(shades, usd)) + side);
  const { priceUsd, longUsd, shortUsd } = levels;
  for (let i = 0; i < priceUsd.length; i += 1) {
    const band = rows.bandOf(priceUsd[i]!);
    if (band === -1) continue;
    const top = rows.top(band);
    const height = rows.end(band) - top;
    // A hair of ground between bars, where there is room for one.
    const shown = height > 3 ? height - 1 : height;
    const longPx = (bookSpan.widthPx * longUsd[i]!) / fullUsd;
    const shortPx = (bookSpan.widthPx * shortUsd[i]!) / fullUsd;
    if (longPx > 0) {
      context.fillStyle = colour(longUsd[i]!, 0);
      context.fillRect(bookSpan.leftPx, top, longPx, shown);
    }
    if (shortPx > 0) {
      context.fillStyle = colour(shortUsd[i]!, SHORT_FIRST - 1);
      context.fillRect(bookSpan.leftPx + longPx, top, shortPx, shown);
    }
  }
}

function drawCurve(
  context: CanvasRenderingContext2D,
  scene: HeatScene,
  { fullTotalUsd }: Book,
  scale: PriceScale,
  steps: readonly CumulativeStep[],
  [, main, peak]: readonly [string, string, string],
): void {
  if (steps.length < 2 || fullTotalUsd === 0) return;
  const points = corners(scene.bookSpan, scale, steps, fullTotalUsd);
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.lineTo(scene.bookSpan.leftPx, points.at(-1)![1]);
  context.closePath();
  context.fillStyle = withAlpha(main, 0.14);
  context.fill();
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.strokeStyle = peak;
  context.lineWidth = 1.5 * scene.linePx;
  context.lineJoin = 'round';
  context.stroke();
}

/** A staircase: it grows where a bucket is passed, and nowhere else. */
function corners(
  { leftPx, widthPx }: PanelSpan,
  scale: PriceScale,
  steps: readonly CumulativeStep[],
  fullTotalUsd: number,
): readonly (readonly [x: number, y: number])[] {
  const path: [number, number][] = [];
  let x = leftPx;
  for (const { priceUsd, totalUsd } of steps) {
    const y = priceToY(scale, priceUsd);
    path.push([x, y]);
    x = leftPx + (widthPx * totalUsd) / fullTotalUsd;
    path.push([x, y]);
  }
  return path;
}

/** What each curve comes to at the end of the axis, in the corner where it leaves. */
function drawTotals(
  context: CanvasRenderingContext2D,
  scene: HeatScene,
  { longs, shorts }: Book,
  { range }: PriceScale,
): void {
  const { bookSpan, fontPx, fontFamily, plotHeightPx, palette, shortUsd } = scene;
  const insetPx = fontPx * 0.4;
  const right = bookSpan.leftPx + bookSpan.widthPx - insetPx;
  context.font = `600 ${fontPx}px ${fontFamily}`;
  context.textAlign = 'right';
  context.lineJoin = 'round';
  context.lineWidth = fontPx * 0.35;
  context.strokeStyle = palette.tagText;
  const write = (usd: number, y: number, colour: string): void => {
    if (usd === 0) return;
    context.strokeText(shortUsd(usd), right, y);
    context.fillStyle = colour;
    context.fillText(shortUsd(usd), right, y);
  };
  context.textBaseline = 'top';
  write(cumulativeTo(shorts, range.highUsd), insetPx, palette.short[2]);
  context.textBaseline = 'bottom';
  write(cumulativeTo(longs, range.lowUsd), plotHeightPx - insetPx, palette.long[2]);
}
