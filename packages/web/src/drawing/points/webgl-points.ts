import type { PriceScale } from '../../model/price-scale.ts';
import { rgbOf } from '../rgb.ts';
import type { Panel, PanelName, Scene } from '../scene.ts';
import { dotLook } from './dot-look.ts';
import { PointBuffer } from './point-buffer.ts';
import { PointProgram, type PointView } from './point-program.ts';
import type { PointsPainter } from './points-painter.ts';

/** What lives on the graphics card; all of it is gone when the context is lost. */
interface Loaded {
  readonly program: PointProgram;
  readonly buffers: Map<PanelName, PointBuffer>;
}

/**
 * Points by the graphics card. They are sent once; to zoom or to glide is to draw them with other
 * numbers for the view. Only opacity is added up, over a ground in the colour of the panel that
 * cannot be seen itself: so a crowd grows denser and never changes its hue.
 */
export class WebglPoints implements PointsPainter {
  readonly name = 'webgl';
  readonly #canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  #loaded: Loaded | null = null;
  #isRefused = false;

  /**
   * @param gl with opacity, and not premultiplied
   * @param onChange its context was lost or came back: what was drawn with it is no longer true
   */
  constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext, onChange: () => void) {
    this.#canvas = canvas;
    this.#gl = gl;
    canvas.addEventListener('webglcontextlost', (event) => {
      // Without this it never comes back.
      event.preventDefault();
      this.#loaded = null;
      onChange();
    });
    canvas.addEventListener('webglcontextrestored', onChange);
  }

  paint(context: CanvasRenderingContext2D, scene: Scene): boolean {
    const gl = this.#gl;
    if (gl.isContextLost()) return false;
    if (!scene.priceScale) return true;
    const loaded = this.#load();
    if (!loaded || !this.#resize(scene.widthPx, scene.plotHeightPx)) return false;
    gl.disable(gl.SCISSOR_TEST);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.SCISSOR_TEST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE);
    for (const panel of scene.panels) {
      if (panel.points.length > 0) this.#paintPanel(loaded, panel, scene, scene.priceScale);
    }
    if (gl.isContextLost()) return false;
    context.drawImage(this.#canvas, 0, 0);
    return true;
  }

  /** Null where the card does not take the program: a faulty driver, told once. */
  #load(): Loaded | null {
    if (this.#loaded || this.#isRefused) return this.#loaded;
    try {
      this.#loaded = { program: new PointProgram(this.#gl), buffers: new Map() };
    } catch (error) {
      this.#isRefused = !this.#gl.isContextLost();
      if (this.#isRefused) reportError(error);
    }
    return this.#loaded;
  }

  #paintPanel({ program, buffers }: Loaded, panel: Panel, scene: Scene, scale: PriceScale): void {
    const gl = this.#gl;
    const { leftPx, widthPx } = panel.timeScale;
    const buffer = buffers.get(panel.name) ?? new PointBuffer(gl);
    buffers.set(panel.name, buffer);
    buffer.update(panel.points);
    gl.scissor(leftPx, 0, widthPx, scene.plotHeightPx);
    const [red, green, blue] = rgbOf(panel.colour);
    gl.clearColor(red / 255, green / 255, blue / 255, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    program.aim(leftPx, 0, viewOf(panel, scale, buffer), dotLook(panel, scene));
    buffer.draw(panel.points);
  }

  /** False when the card has no room for so large a picture. */
  #resize(widthPx: number, heightPx: number): boolean {
    if (this.#canvas.width !== widthPx) this.#canvas.width = widthPx;
    if (this.#canvas.height !== heightPx) this.#canvas.height = heightPx;
    const { drawingBufferWidth, drawingBufferHeight } = this.#gl;
    return drawingBufferWidth === widthPx && drawingBufferHeight === heightPx;
  }
}

function viewOf(
  { timeScale }: Panel,
  { range, heightPx }: PriceScale,
  base: PointBuffer,
): PointView {
  const { fromSec, toSec, widthPx } = timeScale;
  return {
    fromSec: fromSec - base.baseSec,
    highLn: Math.log(range.highUsd) - base.baseLn,
    heightLn: Math.log(range.highUsd / range.lowUsd),
    pxPerSec: widthPx / (toSec - fromSec),
    widthPx,
    heightPx,
  };
}
