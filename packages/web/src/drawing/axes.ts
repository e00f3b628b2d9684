/** Axes and grid, the same for every chart. */
import { priceToY } from '../model/price-scale.ts';
import { priceTicks } from '../model/price-ticks.ts';
import { type TimeScale, timeToX } from '../model/time-scale.ts';
import { timeStepSec, timeTicks } from '../model/time-ticks.ts';
import type { PanelSpan, Plot } from './plot.ts';
import { priceTickCount, timeTickCount } from './tick-counts.ts';

const TAG_HEIGHT_EM = 1.7;

/** Prices at the right. @param tagUsd where a tag stands that hides them, or null */
export function drawPriceAxis(
  context: CanvasRenderingContext2D,
  plot: Plot,
  tagUsd: number | null,
): void {
  const { priceScale } = plot;
  if (!priceScale) return;
  setAxisFont(context, plot);
  context.textAlign = 'right';
  const tagY = tagUsd === null ? Number.NaN : tagMiddle(plot, priceToY(priceScale, tagUsd));
  for (const tick of priceTicks(priceScale.range, priceTickCount(plot))) {
    const y = priceToY(priceScale, tick);
    const hidden = Math.abs(y - tagY) < plot.fontPx * 1.6;
    const cut = y < plot.fontPx * 0.7 || y > plot.plotHeightPx - plot.fontPx * 0.7;
    if (!hidden && !cut) {
      context.fillText(plot.axisPrice(tick), plot.widthPx - 4 * plot.unitPx, y);
    }
  }
}

/** UTC times below a panel. */
export function drawTimeAxis(
  context: CanvasRenderingContext2D,
  plot: Plot,
  timeScale: TimeScale,
): void {
  setAxisFont(context, plot);
  context.textAlign = 'center';
  const { fromSec, toSec, leftPx, widthPx } = timeScale;
  const countMax = timeTickCount(plot, timeScale);
  const stepSec = timeStepSec(fromSec, toSec, countMax);
  for (const tick of timeTicks(fromSec, toSec, countMax)) {
    const x = timeToX(timeScale, tick);
    const text = plot.axisTime(tick, stepSec);
    const half = context.measureText(text).width / 2;
    const fits = x - half >= leftPx && x + half <= leftPx + widthPx;
    if (fits) context.fillText(text, x, axisTextY(plot));
  }
}

/** Where the price axis meets the time axis: which times these are. */
export function drawTimeZone(context: CanvasRenderingContext2D, plot: Plot): void {
  setAxisFont(context, plot);
  context.textAlign = 'right';
  context.fillText('UTC', plot.widthPx - 4 * plot.unitPx, axisTextY(plot));
}

/** Level lines across a panel, for the caller to stroke. */
export function tracePrices(
  context: CanvasRenderingContext2D,
  plot: Plot,
  { leftPx, widthPx }: PanelSpan,
): void {
  if (!plot.priceScale) return;
  for (const tick of priceTicks(plot.priceScale.range, priceTickCount(plot))) {
    const y = Math.round(priceToY(plot.priceScale, tick)) + 0.5;
    context.moveTo(leftPx, y);
    context.lineTo(leftPx + widthPx, y);
  }
}

/** Upright lines through a panel, for the caller to stroke. */
export function traceTimes(
  context: CanvasRenderingContext2D,
  plot: Plot,
  timeScale: TimeScale,
): void {
  const { fromSec, toSec } = timeScale;
  for (const tick of timeTicks(fromSec, toSec, timeTickCount(plot, timeScale))) {
    const x = Math.round(timeToX(timeScale, tick)) + 0.5;
    context.moveTo(x, 0);
    context.lineTo(x, plot.plotHeightPx);
  }
}

/** A dashed line at the price through some panels. */
export function drawLevel(
  context: CanvasRenderingContext2D,
  plot: Plot,
  panels: readonly PanelSpan[],
  y: number,
  colour: string,
): void {
  context.strokeStyle = colour;
  context.globalAlpha = 0.6;
  context.lineWidth = plot.linePx;
  context.setLineDash([4 * plot.linePx, 5 * plot.linePx]);
  context.beginPath();
  for (const { leftPx, widthPx } of panels) {
    context.moveTo(leftPx, Math.round(y) + 0.5);
    context.lineTo(leftPx + widthPx, Math.round(y) + 0.5);
  }
  context.stroke();
  context.globalAlpha = 1;
  context.setLineDash([]);
}

/** A price in a box on the axis, kept within the plot. */
export function drawPriceTag(
  context: CanvasRenderingContext2D,
  plot: Plot,
  y: number,
  colour: string,
  text: string,
): void {
  const height = plot.fontPx * TAG_HEIGHT_EM;
  const left = plot.axisLeftPx + 5 * plot.unitPx;
  const middle = tagMiddle(plot, y);
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(left, middle - height / 2, plot.widthPx - left, height, 3 * plot.unitPx);
  context.fill();
  context.fillStyle = plot.palette.tagText;
  context.font = `600 ${plot.fontPx}px ${plot.fontFamily}`;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.fillText(text, plot.widthPx - 4 * plot.unitPx, middle);
}

/** Of a tag for this height. */
function tagMiddle({ fontPx, plotHeightPx }: Plot, y: number): number {
  const half = (fontPx * TAG_HEIGHT_EM) / 2;
  return Math.min(Math.max(y, half), plotHeightPx - half);
}

export function setAxisFont(context: CanvasRenderingContext2D, plot: Plot): void {
  context.font = `${plot.fontPx}px ${plot.fontFamily}`;
  context.fillStyle = plot.palette.label;
  context.textBaseline = 'middle';
}

/** Middle of the text below a panel. */
export function axisTextY(plot: Plot): number {
  return (plot.plotHeightPx + plot.heightPx) / 2;
}
