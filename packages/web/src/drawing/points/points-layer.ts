import type { Layer } from '../layer.ts';
import type { Scene } from '../scene.ts';
import { CanvasPoints } from './canvas-points.ts';
import { openWebgl } from './choose-painter.ts';
import type { PointsPainter, RendererName } from './points-painter.ts';

export interface PointsPorts {
  /** What the address asks for; null: whatever is fastest here. */
  readonly wanted: RendererName | null;
  /** Tells who drew, when that is another than before. */
  readonly onRenderer: (name: RendererName) => void;
  /** The next drawing of the same scene differs, as another may have to draw it. */
  readonly onChange: () => void;
}

/** The points of both panels, by the graphics card while there is one, else by the processor. */
export class PointsLayer implements Layer {
  readonly #ports: PointsPorts;
  readonly #canvas = new CanvasPoints();
  /** Undefined until there are points: to open it takes longer than all else of a first paint. */
  #webgl: PointsPainter | null | undefined;
  #drawnBy: RendererName | null = null;

  constructor(ports: PointsPorts) {
    this.#ports = ports;
  }

  draw(context: CanvasRenderingContext2D, scene: Scene): void {
    if (!scene.priceScale || scene.panels.every(({ points }) => points.length === 0)) return;
    if (this.#webgl === undefined) {
      this.#webgl = openWebgl(this.#ports.wanted, this.#ports.onChange);
    }
    const painters = [this.#webgl, this.#canvas];
    const drawer = painters.find((painter) => painter?.paint(context, scene));
    if (!drawer || drawer.name === this.#drawnBy) return;
    this.#drawnBy = drawer.name;
    this.#ports.onRenderer(drawer.name);
  }
}
