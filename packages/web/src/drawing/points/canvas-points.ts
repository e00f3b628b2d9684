import type { Stretch } from '../../model/point-ring.ts';
import type { PriceScale } from '../../model/price-scale.ts';
import { rgbOf } from '../rgb.ts';
import type { Panel, PanelName, Scene } from '../scene.ts';
import { dotLook } from './dot-look.ts';
import { PointRaster } from './point-raster.ts';
import { type PointStamp, pointStamp } from './point-stamp.ts';
import type { PointsPainter } from './points-painter.ts';

/** Points without a graphics card. Keeps a raster and a canvas for each panel, as large as it. */
export class CanvasPoints implements PointsPainter {
  readonly name = 'canvas';
  readonly #plates = new Map<PanelName, Plate>();

  paint(context: CanvasRenderingContext2D, scene: Scene): true {
    if (!scene.priceScale) return true;
    for (const panel of scene.panels) {
      if (panel.points.length === 0) continue;
      const plate = this.#plateFor(panel, scene);
      plate.expose(panel, scene, scene.priceScale);
      context.drawImage(plate.canvas, panel.timeScale.leftPx, 0);
    }
    return true;
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

  expose(panel: Panel, scene: Scene, scale: PriceScale): void {
    const stamp = pointStamp(dotLook(panel, scene));
    this.#raster.clear();
    for (const stretch of panel.points.stretches()) {
      stampStretch(this.#raster, stamp, panel, scale, stretch);
    }
    this.#context.putImageData(this.#image, 0, 0);
  }
}

/** The loop over thousands of points, by itself so that the browser compiles it well. */
function stampStretch(
  raster: PointRaster,
  stamp: PointStamp,
  { points, timeScale }: Panel,
  { range, topPx, heightPx }: PriceScale,
  [start, end]: Stretch,
): void {
  const { placesSec, pricesUsd } = points;
  const { fromSec, toSec, widthPx } = timeScale;
  const { lowUsd, highUsd } = range;
  const pxPerSec = widthPx / (toSec - fromSec);
  const pxPerLn = heightPx / Math.log(highUsd / lowUsd);
  const yOfOne = topPx + Math.log(highUsd) * pxPerLn;
  const leastX = -(stamp.sizePx >> 1);
  const mostX = widthPx - leastX;
  for (let slot = start; slot < end; slot += 1) {
    const price = pricesUsd[slot]!;
    if (!(price >= lowUsd && price <= highUsd)) continue;
    const x = Math.round((placesSec[slot]! - fromSec) * pxPerSec);
    if (!(x >= leastX && x <= mostX)) continue;
    raster.stamp(stamp, x, Math.round(yOfOne - Math.log(price) * pxPerLn));
  }
}
