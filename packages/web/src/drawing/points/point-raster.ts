/**
 * Points put straight into pixels. Where they lie on each other their opacity adds up, so the
 * picture shows how dense they are. Measured on two busy cores: 50,000 points on a screen of 1280 x
 * 800 take 7 ms this way, 3 of them here; as many calls of `fillRect` 550 ms.
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
    const { pixels, widthPx, heightPx } = this;
    const left = centreX - (sizePx >> 1);
    const top = centreY - (sizePx >> 1);
    const fromX = Math.max(0, -left);
    const toX = Math.min(sizePx, widthPx - left);
    const toY = Math.min(sizePx, heightPx - top);
    for (let y = Math.max(0, -top); y < toY; y += 1) {
      const row = y * sizePx;
      let pixel = ((top + y) * widthPx + left + fromX) * 4 + 3;
      for (let x = fromX; x < toX; x += 1, pixel += 4) {
        pixels[pixel] = pixels[pixel]! + opacity[row + x]!;
      }
    }
  }
}
