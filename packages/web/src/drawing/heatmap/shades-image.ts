import { SHADES } from '../../model/heatmap/density-scale.ts';

/**
 * A pixel for each shade from faint to bright: longs above, shorts below; what is hidden stays
 * dark.
 *
 * @param pixels see shades.ts
 * @param first the faintest that is shown
 */
export function shadesImage(pixels: Uint32Array, first: number): ImageData {
  const image = new ImageData(SHADES, 2);
  const words = new Uint32Array(image.data.buffer);
  for (let shade = first; shade <= SHADES; shade += 1) {
    words[shade - 1] = pixels[shade]!;
    words[SHADES + shade - 1] = pixels[SHADES + shade]!;
  }
  return image;
}
