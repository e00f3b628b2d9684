/**
 * The map as pixels: one column of pixels for each slot, one row for each row of the screen. It is
 * then stretched sideways, which costs nothing; a rectangle for each bucket would cost fifty times
 * as much.
 */
import { type DensityScale, shadeOf } from '../../model/heatmap/density-scale.ts';
import { bucketOf } from '../../model/heatmap/levels.ts';
import { type PriceScale, priceToY } from '../../model/price-scale.ts';
import type { Levels } from '../../wire/heatmap/heatmap-incoming.ts';
import { SHORT_FIRST } from './shades.ts';

/** The rows of pixels that each bucket in view covers. */
export class BucketRows {
  readonly #first: number;
  /** Edges from the lowest bucket upwards, as rows from the top. */
  readonly #edges: Int32Array;
  readonly #bucketUsd: number;

  constructor(scale: PriceScale, bucketUsd: number) {
    this.#bucketUsd = bucketUsd;
    this.#first = bucketOf(scale.range.lowUsd, bucketUsd);
    const last = bucketOf(scale.range.highUsd, bucketUsd);
    const bottom = scale.topPx + scale.heightPx;
    this.#edges = Int32Array.from({ length: last - this.#first + 2 }, (_, i) => {
      const edgeUsd = Math.max((this.#first + i) * bucketUsd, scale.range.lowUsd / 2);
      const y = Math.round(priceToY(scale, edgeUsd));
      return Math.min(Math.max(y, scale.topPx), bottom);
    });
  }

  /** Place of the bucket in `top` and `end`; -1 when it is out of view. */
  placeOf(priceUsd: number): number {
    const place = bucketOf(priceUsd, this.#bucketUsd) - this.#first;
    return place >= 0 && place < this.#edges.length - 1 ? place : -1;
  }

  top(place: number): number {
    return this.#edges[place + 1]!;
  }

  /** The row after the last; a bucket thinner than a row still has one. */
  end(place: number): number {
    return Math.max(this.#edges[place]!, this.#edges[place + 1]! + 1);
  }
}

export class MapRaster {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Red, green, blue, opacity of each pixel, row by row. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  readonly #words: Uint32Array;
  /** Index of the shade of each pixel. */
  readonly #shades: Uint16Array;

  constructor(widthPx: number, heightPx: number) {
    this.widthPx = widthPx;
    this.heightPx = heightPx;
    this.pixels = new Uint8ClampedArray(widthPx * heightPx * 4);
    this.#words = new Uint32Array(this.pixels.buffer);
    this.#shades = new Uint16Array(widthPx * heightPx);
  }

  clear(): void {
    this.#shades.fill(0);
  }

  /** @param x the slot, from the left */
  column(x: number, levels: Levels, rows: BucketRows, scale: DensityScale): void {
    const { priceUsd, longUsd, shortUsd } = levels;
    for (let i = 0; i < priceUsd.length; i += 1) {
      const long = longUsd[i]!;
      const short = shortUsd[i]!;
      const shade = shadeOf(scale, long > short ? long : short);
      const place = shade === 0 ? -1 : rows.placeOf(priceUsd[i]!);
      if (place !== -1) this.#fill(x, rows, place, shade, long > short ? 0 : SHORT_FIRST - 1);
    }
  }

  /** @param shadePixels a pixel for each index (see shades.ts) */
  paint(shadePixels: Uint32Array): void {
    const words = this.#words;
    const shades = this.#shades;
    for (let i = 0; i < shades.length; i += 1) words[i] = shadePixels[shades[i]!]!;
  }

  /** Where buckets share a row, the one that holds the most is seen. */
  #fill(x: number, rows: BucketRows, place: number, shade: number, side: number): void {
    const shades = this.#shades;
    const end = rows.end(place) < this.heightPx ? rows.end(place) : this.heightPx;
    for (let y = rows.top(place); y < end; y += 1) {
      const pixel = y * this.widthPx + x;
      const present = shades[pixel]!;
      const height = present < SHORT_FIRST ? present : present - SHORT_FIRST + 1;
      if (shade > height) shades[pixel] = shade + side;
    }
  }
}
