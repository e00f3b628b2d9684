import { isWithin, priceToY } from '../../model/price-scale.ts';
import {
  axisTextY,
  drawLevel,
  drawPriceAxis,
  drawPriceTag,
  drawTimeAxis,
  drawTimeZone,
  setAxisFont,
  tracePrices,
  traceTimes,
} from '../axes.ts';
import type { Layer } from '../layer.ts';
import type { HeatScene } from './heat-scene.ts';

/** The ground of both panels. */
export const heatGroundLayer: Layer<HeatScene> = {
  draw(context, { palette, timeScale, bookSpan, plotHeightPx }) {
    context.fillStyle = palette.panel;
    for (const { leftPx, widthPx } of [timeScale, bookSpan]) {
      context.fillRect(leftPx, 0, widthPx, plotHeightPx);
    }
  },
};

/** The lines of the grid, light over the map so that they are seen on every shade. */
export const heatGridLayer: Layer<HeatScene> = {
  draw(context, scene) {
    context.strokeStyle = scene.palette.label;
    context.globalAlpha = 0.12;
    context.lineWidth = scene.linePx;
    context.beginPath();
    tracePrices(context, scene, scene.timeScale);
    traceTimes(context, scene, scene.timeScale);
    tracePrices(context, scene, scene.bookSpan);
    context.stroke();
  },
};

/** Prices at the right, times below the map, the measure of the bars below them. */
export const heatAxisLayer: Layer<HeatScene> = {
  draw(context, scene) {
    drawPriceAxis(context, scene, scene.current?.priceUsd ?? null);
    drawTimeAxis(context, scene, scene.timeScale);
    drawTimeZone(context, scene);
    drawMeasure(context, scene);
  },
};

function drawMeasure(context: CanvasRenderingContext2D, scene: HeatScene): void {
  const { book, bookSpan } = scene;
  if (!book || book.fullUsd === 0) return;
  setAxisFont(context, scene);
  const y = axisTextY(scene);
  context.textAlign = 'right';
  const text = scene.shortUsd(book.fullUsd);
  context.fillText(text, bookSpan.leftPx + bookSpan.widthPx, y);
  context.textAlign = 'left';
  const roomy = bookSpan.widthPx > context.measureText(text).width + scene.fontPx * 2;
  if (roomy) context.fillText('0', bookSpan.leftPx, y);
}

/** The price that holds now, through both panels. */
export const heatPriceLayer: Layer<HeatScene> = {
  draw(context, scene) {
    const { current, priceScale, palette } = scene;
    if (!current || !priceScale) return;
    const colour = current.live ? palette.price : palette.idle;
    const y = priceToY(priceScale, current.priceUsd);
    // Of a past in which prices were others the tag stands at the edge beyond which it lies.
    if (isWithin(priceScale.range, current.priceUsd)) {
      drawLevel(context, scene, [scene.timeScale, scene.bookSpan], y, colour);
    }
    drawPriceTag(context, scene, y, colour, scene.axisPrice(current.priceUsd));
  },
};
