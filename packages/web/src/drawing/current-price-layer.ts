import { isWithin, type PriceScale, priceToY } from '../model/price-scale.ts';
import { drawLevel, drawPriceTag } from './axes.ts';
import type { Layer } from './layer.ts';
import type { CurrentPrice, Scene } from './scene.ts';

/** The price that holds now: a dashed line through both panels, its interval and a tag on the axis. */
export const currentPriceLayer: Layer = {
  draw(context, scene) {
    const { current, priceScale } = scene;
    if (!current || !priceScale) return;
    const colour = current.live ? scene.palette.price : scene.palette.idle;
    const y = priceToY(priceScale, current.priceUsd);
    const spans = scene.panels.map(({ timeScale }) => timeScale);
    // Prices that a person has set may leave it out; the tag then stands at the edge beyond which
    // it lies.
    if (isWithin(priceScale.range, current.priceUsd)) {
      drawLevel(context, scene, spans, y, colour);
    }
    drawInterval(context, scene, priceScale, current, colour);
    drawPriceTag(context, scene, y, colour, scene.axisPrice(Math.round(current.priceUsd)));
  },
};

function drawInterval(
  context: CanvasRenderingContext2D,
  scene: Scene,
  scale: PriceScale,
  current: CurrentPrice,
  colour: string,
): void {
  const top = Math.max(0, priceToY(scale, current.highUsd));
  const bottom = Math.min(scene.plotHeightPx, priceToY(scale, current.lowUsd));
  if (bottom < 0 || top > scene.plotHeightPx) return;
  const widthPx = 4 * scene.linePx;
  context.fillStyle = colour;
  context.globalAlpha = 0.7;
  context.fillRect(scene.axisLeftPx - widthPx / 2, top, widthPx, Math.max(1, bottom - top));
  context.globalAlpha = 1;
}
