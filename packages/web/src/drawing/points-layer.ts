import { isWithin, priceToY } from '../model/price-scale.ts';
import { timeToX } from '../model/time-scale.ts';
import type { Layer } from './layer.ts';
import { PointRaster } from './point-raster.ts';
import { type PointStamp, pointStamp } from './point-stamp.ts';
import { rgbOf } from './rgb.ts';
import type { Panel, PanelName, Scene } from './scene.ts';

/** The points of both panels. Keeps a raster and a canvas for each, as large as the panel. */
export class PointsLayer implements Layer {
  readonly #plates = new Map<PanelName, Plate>();

  draw(context: CanvasRenderingContext2D, scene: Scene): void {
    if (!scene.priceScale) return;
    for (const panel of scene.panels) {
      if (panel.points.length === 0) continue;
      const plate = this.#plateFor(panel, scene);
      plate.expose(panel, scene);
      context.drawImage(plate.canvas, panel.timeScale.leftPx, 0);
    }
  }

  #plateFor(panel: Panel, scene: Scene): Plate {
    const { widthPx } = panel.timeScale;
    const present = this.#plates.get(panel.name);
    if (present?.fits(widthPx, scene.plotHeightPx)) return present;
    const plate = new Plate(widthPx, scene.plotHeightPx, panel.colour);
    this.#plates.set(panel.name, plate);
    return plate;
  }
}

class Plate {
  readonly canvas: HTMLCanvasElement = document.createElement('canvas');
  readonly #raster: PointRaster;
  readonly #image: ImageData;
  readonly #context: CanvasRenderingContext2D;

  constructor(widthPx: number, heightPx: number, colour: string) {
    this.canvas.width = widthPx;
    this.canvas.height = heightPx;
    const context = this.canvas.getContext('2d');
    if (!context) throw new Error('this browser gives no 2d canvas');
    this.#context = context;
    this.#raster = new PointRaster(widthPx, heightPx, rgbOf(colour));
    this.#image = new ImageData(this.#raster.pixels, widthPx, heightPx);
  }

  fits(widthPx: number, heightPx: number): boolean {
    return this.canvas.width === widthPx && this.canvas.height === heightPx;
  }

  expose(panel: Panel, scene: Scene): void {
    const { points, timeScale } = panel;
    const { priceScale } = scene;
    if (!priceScale) return;
    const stamp = stampFor(scene, panel);
    this.#raster.clear();
    for (let i = 0; i < points.length; i += 1) {
      const price = points.priceUsd(i);
      if (!isWithin(priceScale.range, price)) continue;
      const x = Math.round(timeToX(timeScale, points.placeSec(i)) - timeScale.leftPx);
      this.#raster.stamp(stamp, x, Math.round(priceToY(priceScale, price)));
    }
    this.#context.putImageData(this.#image, 0, 0);
  }
}

/** Where points are few they are drawn strong, to be seen from afar; a crowd is drawn as a cloud. */
function stampFor(scene: Scene, panel: Panel): PointStamp {
  const { fontPx, plotHeightPx } = scene;
  const areaPx = panel.timeScale.widthPx * plotHeightPx;
  const pointsPerLetter = (panel.points.length * fontPx * fontPx) / areaPx;
  const crowd = Math.min(1, Math.max(0, Math.log10(pointsPerLetter) / 2));
  const radiusPx = (fontPx / 7) * (1 - crowd * 0.35);
  return pointStamp(Math.max(1, radiusPx), 0.85 - crowd * 0.65);
}
