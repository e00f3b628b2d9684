import { priceToY } from '../../model/price-scale.ts';
import { drawPriceTag } from '../axes.ts';
import type { Layer } from '../layer.ts';
import { type HeatMark, type HeatScene, slotWidthPx } from './heat-scene.ts';

/** Lines through the marked bucket and slot, a box around where they meet, its price on the axis. */
export const heatMarkLayer: Layer<HeatScene> = {
  draw(context, scene) {
    const { mark, palette, linePx } = scene;
    const box = mark && markBox(scene, mark);
    if (!mark || !box) return;
    context.strokeStyle = palette.price;
    context.lineWidth = linePx;
    context.globalAlpha = 0.4;
    context.beginPath();
    const y = Math.round(box.y + box.heightPx / 2) + 0.5;
    const x = Math.round(box.x + box.widthPx / 2) + 0.5;
    context.moveTo(0, y);
    context.lineTo(scene.axisLeftPx, y);
    context.moveTo(x, 0);
    context.lineTo(x, scene.plotHeightPx);
    context.stroke();
    context.globalAlpha = 1;
    const growPx = 2 * linePx;
    context.lineWidth = 1.5 * linePx;
    context.strokeRect(
      box.x - growPx,
      box.y - growPx,
      box.widthPx + 2 * growPx,
      box.heightPx + 2 * growPx,
    );
    drawPriceTag(context, scene, y, palette.label, scene.axisPrice(box.priceUsd));
  },
};

export interface MarkBox {
  readonly x: number;
  readonly y: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly priceUsd: number;
}

/** Where the marked bucket stands; null when there is no axis to place it on. */
export function markBox(scene: HeatScene, { slot, bucket }: HeatMark): MarkBox | null {
  const { binUsd } = scene;
  if (!scene.priceScale || binUsd === null) return null;
  const slotPx = slotWidthPx(scene);
  const priceUsd = bucket * binUsd;
  const top = priceToY(scene.priceScale, priceUsd + binUsd);
  const bottom = priceToY(scene.priceScale, priceUsd);
  return {
    x: scene.timeScale.leftPx + slot * slotPx,
    y: top,
    widthPx: slotPx,
    heightPx: bottom - top,
    priceUsd,
  };
}
