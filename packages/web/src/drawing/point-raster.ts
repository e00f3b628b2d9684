/**
 * Points put straight into pixels. Where they lie on each other their opacity adds up, so the
 * picture shows how dense they are. 50,000 points take about 2 ms this way; as many `fillRect`
 * took 550 ms.
 */
import type { PointStamp } from './point-stamp.ts';

export class PointRaster {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Red, green, blue, opacity of each pixel, row by row. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  readonly #blank: Uint8ClampedArray<ArrayBuffer>;

  constructor(widthPx: number, heightPx: number, [red, green, blue]: readonly number[]) {
    this.widthPx = widthPx;
    this.heightPx = heightPx;
    this.#blank = new Uint8ClampedArray(widthPx * heightPx * 4);
    for (let i = 0; i < this.#blank.length; i += 4) {
      this.#blank[i] = red!;
      this.#blank[i + 1] = green!;
      this.#blank[i + 2] = blue!;
    }
    this.pixels = this.#blank.slice();
  }

  clear(): void {
    this.pixels.set(this.#blank);
  }

  /** Puts a dot with its centre on the pixel; what lies outside is left out. */
  stamp({ sizePx, opacity }: PointStamp, centreX: number, centreY: number): void {
    const left = centreX - (sizePx >> 1);
    const top = centreY - (sizePx >> 1);
    const fromX = Math.max(0, -left);
    const toX = Math.min(sizePx, this.widthPx - left);
    const fromY = Math.max(0, -top);
    const toY = Math.min(sizePx, this.heightPx - top);
    for (let y = fromY; y < toY; y += 1) {
      const row = ((top + y) * this.widthPx + left) * 4 + 3;
      for (let x = fromX; x < toX; x += 1) {
        this.pixels[row + x * 4]! += opacity[y * sizePx + x]!;
      }
    }
  }
}
