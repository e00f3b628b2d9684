/**
 * Runs in the browser: the painters of points by themselves, without a page around them, so that
 * a test can give both the same scene. Bundled by `points-bundle.ts`.
 */
import { CanvasPoints } from '../../packages/web/src/drawing/points/canvas-points.ts';
import { openWebgl } from '../../packages/web/src/drawing/points/choose-painter.ts';
import type {
  PointsPainter,
  RendererName,
} from '../../packages/web/src/drawing/points/points-painter.ts';
import type { Panel, Scene } from '../../packages/web/src/drawing/scene.ts';
import { layoutScene } from '../../packages/web/src/drawing/scene-layout.ts';
import { PointRing } from '../../packages/web/src/model/point-ring.ts';

export interface View {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fontPx: number;
  readonly fromSec: number;
  readonly toSec: number;
  readonly lowUsd: number;
  readonly highUsd: number;
}

export interface Picture {
  /** False: the painter could not. */
  readonly drawn: boolean;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Red, green, blue, opacity of each pixel, row by row, a byte each; base64. */
  readonly rgba: string;
  /** The panels' left edges and their width, and how high they are. */
  readonly panels: readonly { readonly leftPx: number; readonly widthPx: number }[];
  readonly plotHeightPx: number;
}

/** Null stands for what is no number. */
export type StagePoint = readonly [timeSec: number | null, priceUsd: number | null];

export class PointsStage {
  readonly #rings: readonly [PointRing, PointRing];
  readonly #painters: Readonly<Record<RendererName, PointsPainter | null>>;

  /** @param capacity of each ring */
  constructor(capacity: number) {
    this.#rings = [new PointRing(capacity), new PointRing(capacity)];
    // No test takes the card away here, so nothing is to be drawn anew.
    const webgl = openWebgl('webgl', () => {});
    this.#painters = { canvas: new CanvasPoints(), webgl };
  }

  push(panel: 0 | 1, points: readonly StagePoint[]): void {
    for (const [timeSec, priceUsd] of points) {
      this.#rings[panel].push(timeSec ?? Number.NaN, priceUsd ?? Number.NaN);
    }
  }

  dropBefore(timeSec: number): void {
    for (const ring of this.#rings) ring.dropBefore(timeSec);
  }

  clear(panel: 0 | 1): void {
    this.#rings[panel].clear();
  }

  paint(name: RendererName, view: View): Picture {
    const canvas = document.createElement('canvas');
    canvas.width = view.widthPx;
    canvas.height = view.heightPx;
    const context = canvas.getContext('2d', { willReadFrequently: true })!;
    const scene = this.#scene(view);
    const drawn = this.#painters[name]?.paint(context, scene) ?? false;
    const { data } = context.getImageData(0, 0, view.widthPx, view.heightPx);
    return {
      drawn,
      widthPx: view.widthPx,
      heightPx: view.heightPx,
      rgba: base64(data),
      panels: scene.panels.map(({ timeScale: { leftPx, widthPx } }) => ({ leftPx, widthPx })),
      plotHeightPx: scene.plotHeightPx,
    };
  }

  /** No more of a scene than the painters look at. */
  #scene({ widthPx, heightPx, fontPx, fromSec, toSec, lowUsd, highUsd }: View): Scene {
    const layout = layoutScene(widthPx, heightPx, fontPx, 1);
    const panelOf = (at: 0 | 1, name: Panel['name'], colour: string): Panel =>
      ({
        name,
        colour,
        points: this.#rings[at],
        timeScale: { fromSec, toSec, ...layout.panels[at] },
      }) as unknown as Panel;
    const panels = [panelOf(0, 'confirmed', '#35c6e8'), panelOf(1, 'mempool', '#f0a04b')];
    const range = { lowUsd, highUsd };
    const priceScale = { range, topPx: 0, heightPx: layout.plotHeightPx };
    return { ...layout, fontPx, panels, priceScale } as unknown as Scene;
  }
}

function base64(bytes: Uint8ClampedArray): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

Object.assign(globalThis, { PointsStage });
