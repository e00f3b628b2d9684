import { tracePrices, traceTimes } from './axes.ts';
import type { Layer } from './layer.ts';

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
    for (const { timeScale } of scene.panels) {
      tracePrices(context, scene, timeScale);
      traceTimes(context, scene, timeScale);
    }
    context.stroke();
  },
};
