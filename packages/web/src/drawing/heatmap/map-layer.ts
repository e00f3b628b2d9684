import { rescaled } from '../../model/heatmap/density-scale.ts';
import type { Layer } from '../layer.ts';
import { type HeatScene, slotAt } from './heat-scene.ts';
import { BucketRows, MapRaster } from './map-raster.ts';

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
    const { priceScale, density, columns, binUsd, book, plan } = scene;
    if (!priceScale || !density) return;
    const raster = this.#raster;
    const last = plan.slotCount - 1;
    raster.clear();
    if (binUsd !== null) {
      const rows = new BucketRows(priceScale, binUsd);
      for (const { timeSec, levels } of columns) {
        const slot = slotAt(scene, timeSec);
        const replaced = slot === last && book !== null;
        if (slot >= 0 && slot <= last && !replaced) raster.column(slot, levels, rows, density);
      }
    }
    if (book) this.#exposeNow(scene, last);
    raster.paint(scene.shadePixels);
    this.#context.putImageData(this.#image, 0, 0);
  }

  /** The slot in progress shows the current map, whose buckets may have another size. */
  #exposeNow({ priceScale, density, binUsd, book }: HeatScene, slot: number): void {
    if (!priceScale || !density || !book) return;
    const factor = book.bucketUsd / (binUsd ?? book.bucketUsd);
    const scale = rescaled(density, factor);
    this.#raster.column(slot, book.levels, new BucketRows(priceScale, book.bucketUsd), scale);
  }
}
