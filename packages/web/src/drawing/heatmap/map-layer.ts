import type { Layer } from '../layer.ts';
import { BucketRows } from './bucket-rows.ts';
import { type HeatScene, slotAt } from './heat-scene.ts';
import { MapRaster } from './map-raster.ts';

/** The densities over time and price. Keeps a raster and a canvas of the size of the last one. */
export class MapLayer implements Layer<HeatScene> {
  #plate: Plate | null = null;

  draw(context: CanvasRenderingContext2D, scene: HeatScene): void {
    const { timeScale, plotHeightPx, plan } = scene;
    if (!scene.priceScale || !scene.density) return;
    const plate = this.#plateFor(plan.slotCount, plotHeightPx);
    plate.expose(scene);
    context.imageSmoothingEnabled = false;
    context.drawImage(plate.canvas, timeScale.leftPx, 0, timeScale.widthPx, plotHeightPx);
  }

  #plateFor(widthPx: number, heightPx: number): Plate {
    if (!this.#plate?.fits(widthPx, heightPx)) this.#plate = new Plate(widthPx, heightPx);
    return this.#plate;
  }
}

class Plate {
  readonly canvas: HTMLCanvasElement = document.createElement('canvas');
  readonly #raster: MapRaster;
  readonly #image: ImageData;
  readonly #context: CanvasRenderingContext2D;

  constructor(widthPx: number, heightPx: number) {
    this.canvas.width = widthPx;
    this.canvas.height = heightPx;
    const context = this.canvas.getContext('2d');
    if (!context) throw new Error('this browser gives no 2d canvas');
    this.#context = context;
    this.#raster = new MapRaster(widthPx, heightPx);
    this.#image = new ImageData(this.#raster.pixels, widthPx, heightPx);
  }

  fits(widthPx: number, heightPx: number): boolean {
    return this.canvas.width === widthPx && this.canvas.height === heightPx;
  }

  expose(scene: HeatScene): void {
    const { priceScale, density, columns, binUsd, now, plan } = scene;
    if (!priceScale || !density || binUsd === null) return;
    const raster = this.#raster;
    const rows = new BucketRows(priceScale, binUsd);
    const last = plan.slotCount - 1;
    raster.clear();
    for (const { timeSec, levels } of columns) {
      const slot = slotAt(scene, timeSec);
      const replaced = slot === last && now !== null;
      if (slot >= 0 && slot <= last && !replaced) raster.column(slot, levels, rows, density);
    }
    if (now) raster.column(last, now, rows, density);
    raster.paint(rows, scene.shadePixels);
    this.#context.putImageData(this.#image, 0, 0);
  }
}
