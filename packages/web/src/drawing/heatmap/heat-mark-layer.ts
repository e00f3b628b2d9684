import { priceToY } from '../../model/price-scale.ts';
import { drawPriceTag } from '../axes.ts';
import type { Layer } from '../layer.ts';
import { type HeatMark, type HeatScene, slotX } from './heat-scene.ts';

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
export function markBox(scene: HeatScene, { part, slot, bucket }: HeatMark): MarkBox | null {
  const { binUsd } = part;
  if (!scene.priceScale || binUsd === null) return null;
  const { leftPx, widthPx } = scene.timeScale;
  // As much of the slot as is seen: a line at the edge for what lies beyond it.
  const seen = (x: number): number => Math.min(Math.max(x, leftPx), leftPx + widthPx);
  const left = seen(slotX(scene, part, slot));
  const right = seen(slotX(scene, part, slot + 1));
  const priceUsd = bucket * binUsd;
  const top = priceToY(scene.priceScale, priceUsd + binUsd);
  const bottom = priceToY(scene.priceScale, priceUsd);
  return {
    x: left,
    y: top,
    widthPx: right - left,
    heightPx: bottom - top,
    priceUsd,
  };
}
