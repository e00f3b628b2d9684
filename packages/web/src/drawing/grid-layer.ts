import { priceToY } from '../model/price-scale.ts';
import { priceTicks } from '../model/price-ticks.ts';
import { timeToX } from '../model/time-scale.ts';
import { timeTicks } from '../model/time-ticks.ts';
import type { Layer } from './layer.ts';
import type { Panel, Scene } from './scene.ts';
import { priceTickCount, timeTickCount } from './tick-counts.ts';

/** The ground of the panels and the lines of the grid: prices run through both panels. */
export const gridLayer: Layer = {
  draw(context, scene) {
    context.fillStyle = scene.palette.panel;
    for (const { timeScale } of scene.panels) {
      context.fillRect(timeScale.leftPx, 0, timeScale.widthPx, scene.plotHeightPx);
    }
    context.strokeStyle = scene.palette.grid;
    context.lineWidth = scene.linePx;
    context.beginPath();
    for (const panel of scene.panels) {
      tracePrices(context, scene, panel);
      traceTimes(context, scene, panel);
    }
    context.stroke();
  },
};

function tracePrices(context: CanvasRenderingContext2D, scene: Scene, panel: Panel): void {
  if (!scene.priceScale) return;
  const { leftPx, widthPx } = panel.timeScale;
  for (const tick of priceTicks(scene.priceScale.range, priceTickCount(scene))) {
    const y = Math.round(priceToY(scene.priceScale, tick)) + 0.5;
    context.moveTo(leftPx, y);
    context.lineTo(leftPx + widthPx, y);
  }
}

function traceTimes(context: CanvasRenderingContext2D, scene: Scene, panel: Panel): void {
  const { fromSec, toSec } = panel.timeScale;
  for (const tick of timeTicks(fromSec, toSec, timeTickCount(scene, panel))) {
    const x = Math.round(timeToX(panel.timeScale, tick)) + 0.5;
    context.moveTo(x, 0);
    context.lineTo(x, scene.plotHeightPx);
  }
}
