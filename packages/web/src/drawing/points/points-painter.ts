import type { Scene } from '../scene.ts';

export type RendererName = 'webgl' | 'canvas';

/**
 * Draws the points of all panels. Whoever does it, the picture is the same: a dot soft by half a
 * pixel around a whole pixel, in the colour of its panel, as `dotLook` says; opacities of dots that
 * lie on each other add up, up to full. A point beyond the price scale, or one whose place or price
 * is no number, is not drawn, and no dot reaches out of its panel.
 */
export interface PointsPainter {
  readonly name: RendererName;
  /**
   * Draws at the upper left corner of the context, over what is there, for a scene of any size.
   * @returns false when it cannot at present; then nothing was drawn
   */
  paint(context: CanvasRenderingContext2D, scene: Scene): boolean;
}
