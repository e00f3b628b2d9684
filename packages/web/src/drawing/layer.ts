import type { Plot } from './plot.ts';
import type { Scene } from './scene.ts';

/**
 * One thing to draw. Layers are drawn in their order over a cleared canvas; each leaves the
 * context as it found it (`drawLayers` sees to that) and depends on nothing but the scene, so that
 * the same scene gives the same picture.
 */
export interface Layer<Seen = Scene> {
  draw(context: CanvasRenderingContext2D, scene: Seen): void;
}

/** Draws all layers, bottom first. */
export function drawLayers<Seen extends Plot>(
  context: CanvasRenderingContext2D,
  scene: Seen,
  layers: readonly Layer<Seen>[],
): void {
  context.clearRect(0, 0, scene.widthPx, scene.heightPx);
  for (const layer of layers) {
    context.save();
    layer.draw(context, scene);
    context.restore();
  }
}
