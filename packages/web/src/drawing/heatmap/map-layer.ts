import { rescaled } from '../../model/heatmap/density-scale.ts';
import type { Layer } from '../layer.ts';
import { BucketRows } from './bucket-rows.ts';
import { type HeatPart, type HeatScene, slotAt, slotWidthPx, slotX } from './heat-scene.ts';
import { MapRaster } from './map-raster.ts';

/** Plates have as many columns as a multiple of this, so that zooming makes few of them. */
const PLATE_STEP_PX = 64;

/** The densities over time and price. Keeps a raster and a canvas of the size of the last one. */
export class MapLayer implements Layer<HeatScene> {
  readonly #plates: Plate[] = [];

  draw(context: CanvasRenderingContext2D, scene: HeatScene): void {
    const { timeScale, plotHeightPx, parts } = scene;
    if (!scene.priceScale || !scene.density) return;
    context.beginPath();
    context.rect(timeScale.leftPx, 0, timeScale.widthPx, plotHeightPx);
    context.clip();
    context.imageSmoothingEnabled = false;
    for (const [i, part] of parts.entries()) {
      const span = seenSlots(scene, part);
      if (span.count <= 0) continue;
      const leftPx = slotX(scene, part, span.first);
      const widthPx = span.count * slotWidthPx(scene, part);
      // Where it is dark nothing else shines through.
      if (i > 0) {
        context.fillStyle = scene.palette.panel;
        context.fillRect(leftPx, 0, widthPx, plotHeightPx);
      }
      if (part.binUsd === null) continue;
      const plate = this.#plateFor(i, span.count, plotHeightPx);
      plate.expose(scene, part, span);
      const [wide, high] = [span.count, plotHeightPx];
      context.drawImage(plate.canvas, 0, 0, wide, high, leftPx, 0, widthPx, high);
    }
  }

  #plateFor(place: number, count: number, heightPx: number): Plate {
    const widthPx = Math.ceil(count / PLATE_STEP_PX) * PLATE_STEP_PX;
    const held = this.#plates[place];
    if (held?.fits(widthPx, heightPx)) return held;
    const plate = new Plate(widthPx, heightPx);
    this.#plates[place] = plate;
    return plate;
  }
}

interface SlotSpan {
  readonly first: number;
  readonly count: number;
}

/** Slots of the part that are seen, if only in part. */
function seenSlots({ timeScale }: HeatScene, part: HeatPart): SlotSpan {
  const { intervalSec } = part;
  const fromSec = Math.max(timeScale.fromSec, part.fromSec);
  const toSec = Math.min(timeScale.toSec, part.toSec);
  const first = Math.floor(fromSec / intervalSec);
  return { first, count: Math.ceil(toSec / intervalSec) - first };
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

  expose(scene: HeatScene, part: HeatPart, { first, count }: SlotSpan): void {
    const { priceScale, density, now } = scene;
    const { binUsd, columns, nowSlot } = part;
    if (!priceScale || !density || binUsd === null) return;
    const raster = this.#raster;
    const rows = new BucketRows(priceScale, binUsd);
    const shades = rescaled(density, binUsd / (scene.binUsd ?? binUsd));
    raster.clear();
    for (const { timeSec, levels } of columns) {
      const slot = slotAt(part, timeSec);
      const replaced = slot === nowSlot && now !== null;
      const isSeen = slot >= first && slot < first + count;
      if (isSeen && !replaced) raster.column(slot - first, levels, rows, shades);
    }
    if (now && nowSlot !== null && nowSlot >= first && nowSlot < first + count) {
      raster.column(nowSlot - first, now, rows, shades);
    }
    raster.paint(rows, scene.shadePixels, count);
    this.#context.putImageData(this.#image, 0, 0, 0, 0, count, this.canvas.height);
  }
}
