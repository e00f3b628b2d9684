import { type PriceScale, priceToY } from '../model/price-scale.ts';
import type { Layer } from './layer.ts';
import type { CurrentPrice, Scene } from './scene.ts';

/** The price that holds now: a dashed line through both panels, its interval and a tag on the axis. */
export const currentPriceLayer: Layer = {
  draw(context, scene) {
    const { current, priceScale } = scene;
    if (!current || !priceScale) return;
    const colour = current.live ? scene.palette.price : scene.palette.idle;
    drawLevel(context, scene, priceToY(priceScale, current.priceUsd), colour);
    drawInterval(context, scene, priceScale, current, colour);
    drawTag(context, scene, priceToY(priceScale, current.priceUsd), colour);
  },
};

function drawLevel(
  context: CanvasRenderingContext2D,
  scene: Scene,
  y: number,
  colour: string,
): void {
  context.strokeStyle = colour;
  context.globalAlpha = 0.6;
  context.lineWidth = scene.linePx;
  context.setLineDash([4 * scene.linePx, 5 * scene.linePx]);
  context.beginPath();
  for (const { timeScale } of scene.panels) {
    context.moveTo(timeScale.leftPx, Math.round(y) + 0.5);
    context.lineTo(timeScale.leftPx + timeScale.widthPx, Math.round(y) + 0.5);
  }
  context.stroke();
  context.globalAlpha = 1;
  context.setLineDash([]);
}

function drawInterval(
  context: CanvasRenderingContext2D,
  scene: Scene,
  scale: PriceScale,
  current: CurrentPrice,
  colour: string,
): void {
  const top = Math.max(0, priceToY(scale, current.highUsd));
  const bottom = Math.min(scene.plotHeightPx, priceToY(scale, current.lowUsd));
  const widthPx = 4 * scene.linePx;
  context.fillStyle = colour;
  context.globalAlpha = 0.7;
  context.fillRect(scene.axisLeftPx - widthPx / 2, top, widthPx, Math.max(1, bottom - top));
  context.globalAlpha = 1;
}

function drawTag(context: CanvasRenderingContext2D, scene: Scene, y: number, colour: string): void {
  const text = scene.axisPrice(Math.round(scene.current?.priceUsd ?? 0));
  const height = scene.fontPx * 1.7;
  const left = scene.axisLeftPx + 5 * scene.unitPx;
  const middle = Math.min(Math.max(y, height / 2), scene.plotHeightPx - height / 2);
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(left, middle - height / 2, scene.widthPx - left, height, 3 * scene.unitPx);
  context.fill();
  context.fillStyle = scene.palette.tagText;
  context.font = `600 ${scene.fontPx}px ${scene.fontFamily}`;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.fillText(text, scene.widthPx - 4 * scene.unitPx, middle);
}
