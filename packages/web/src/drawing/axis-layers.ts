import { priceToY } from '../model/price-scale.ts';
import { priceTicks } from '../model/price-ticks.ts';
import { timeToX } from '../model/time-scale.ts';
import { timeTicks } from '../model/time-ticks.ts';
import type { Layer } from './layer.ts';
import type { Panel, Scene } from './scene.ts';
import { priceTickCount, timeTickCount } from './tick-counts.ts';

/** Prices at the right, for both panels. */
export const priceAxisLayer: Layer = {
  draw(context, scene) {
    const { priceScale } = scene;
    if (!priceScale) return;
    setFont(context, scene);
    context.textAlign = 'right';
    const tagY = scene.current ? priceToY(priceScale, scene.current.priceUsd) : Number.NaN;
    for (const tick of priceTicks(priceScale.range, priceTickCount(scene))) {
      const y = priceToY(priceScale, tick);
      const hidden = Math.abs(y - tagY) < scene.fontPx * 1.6;
      const cut = y < scene.fontPx * 0.7 || y > scene.plotHeightPx - scene.fontPx * 0.7;
      if (!hidden && !cut) {
        context.fillText(scene.axisPrice(tick), scene.widthPx - 4 * scene.unitPx, y);
      }
    }
  },
};

/** UTC times below each panel. */
export const timeAxisLayer: Layer = {
  draw(context, scene) {
    setFont(context, scene);
    context.textAlign = 'center';
    for (const panel of scene.panels) labelTimes(context, scene, panel);
    context.textAlign = 'right';
    context.fillText('UTC', scene.widthPx - 4 * scene.unitPx, timeLabelY(scene));
  },
};

function labelTimes(context: CanvasRenderingContext2D, scene: Scene, panel: Panel): void {
  const { fromSec, toSec, leftPx, widthPx } = panel.timeScale;
  const y = timeLabelY(scene);
  const half = scene.fontPx * 1.5;
  for (const tick of timeTicks(fromSec, toSec, timeTickCount(scene, panel))) {
    const x = timeToX(panel.timeScale, tick);
    const fits = x - half >= leftPx && x + half <= leftPx + widthPx;
    if (fits) context.fillText(scene.axisTime(tick), x, y);
  }
}

function setFont(context: CanvasRenderingContext2D, scene: Scene): void {
  context.font = `${scene.fontPx}px ${scene.fontFamily}`;
  context.fillStyle = scene.palette.label;
  context.textBaseline = 'middle';
}

function timeLabelY(scene: Scene): number {
  return (scene.plotHeightPx + scene.heightPx) / 2;
}
