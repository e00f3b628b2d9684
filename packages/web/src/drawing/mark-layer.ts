import { isWithin, priceToY } from '../model/price-scale.ts';
import { timeToX } from '../model/time-scale.ts';
import type { Layer } from './layer.ts';
import type { Mark, Scene } from './scene.ts';

/** A ring around the marked place and a line from it to the price axis. */
export const markLayer: Layer = {
  draw(context, scene) {
    const place = scene.mark && markPlace(scene, scene.mark);
    if (!place) return;
    const { x, y, colour } = place;
    context.strokeStyle = colour;
    context.lineWidth = scene.linePx;
    context.globalAlpha = 0.6;
    context.beginPath();
    context.moveTo(x, Math.round(y) + 0.5);
    context.lineTo(scene.axisLeftPx, Math.round(y) + 0.5);
    context.stroke();
    context.globalAlpha = 1;
    context.strokeStyle = scene.palette.price;
    context.lineWidth = 2 * scene.linePx;
    context.beginPath();
    context.arc(x, y, 6 * scene.linePx, 0, Math.PI * 2);
    context.stroke();
  },
};

/** Where the mark stands, in device pixels; null when it is not there to be marked. */
export function markPlace(
  scene: Scene,
  mark: Mark,
): { readonly x: number; readonly y: number; readonly colour: string } | null {
  const panel = scene.panels.find(({ name }) => name === mark.panel);
  const columns = mark.kind === 'point' ? panel?.points : panel?.history;
  if (!panel || !columns || !scene.priceScale || mark.index >= columns.length) return null;
  const priceUsd = columns.priceUsd(mark.index);
  // A line may lead out of the prices that a person has set.
  if (!isWithin(scene.priceScale.range, priceUsd)) return null;
  const timeSec = mark.kind === 'point' ? panel.points.placeSec(mark.index) : mark.timeSec;
  return {
    x: timeToX(panel.timeScale, timeSec),
    y: priceToY(scene.priceScale, priceUsd),
    colour: panel.colour,
  };
}
