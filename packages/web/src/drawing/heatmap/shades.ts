/** The shades of the map: one ramp for longs, one for shorts, alike in everything but hue. */
import { SHADES } from '../../model/heatmap/density-scale.ts';
import type { Palette } from '../palette.ts';
import { rgbOf } from '../rgb.ts';
import { distance, type Oklab, oklabOf, type Rgb, rgbOfOklab } from './oklab.ts';

/** Index 0 is nothing, 1 to `SHADES` the longs, from `SHORT_FIRST` on the shorts. */
export const SHORT_FIRST: number = SHADES + 1;

/**
 * Colours from the ground through some others to the last, each step as far from the one before
 * as every other, to the eye.
 */
export function evenRamp(colours: readonly string[], count: number): readonly Rgb[] {
  const stops = colours.map((hex) => oklabOf(rgbOf(hex)));
  const lengths = stops.slice(1).map((stop, i) => distance(stops[i]!, stop));
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  return Array.from({ length: count }, (_, n) => {
    let left = (whole * (n + 1)) / count;
    let leg = 0;
    while (leg < lengths.length - 1 && left > lengths[leg]!) {
      left -= lengths[leg]!;
      leg += 1;
    }
    return rgbOfOklab(between(stops[leg]!, stops[leg + 1]!, left / lengths[leg]!));
  });
}

function between(from: Oklab, to: Oklab, share: number): Oklab {
  const mix = (i: 0 | 1 | 2): number => from[i] + (to[i] - from[i]) * share;
  return [mix(0), mix(1), mix(2)];
}

/** Pixels for each index of the raster, in the byte order of ImageData on this machine. */
export function shadePixels({ panel, long, short }: Palette): Uint32Array {
  const bytes = new Uint8Array(4 * (1 + 2 * SHADES));
  const ramps = [...evenRamp([panel, ...long], SHADES), ...evenRamp([panel, ...short], SHADES)];
  for (const [i, rgb] of ramps.entries()) bytes.set([...rgb, 255], 4 * (i + 1));
  return new Uint32Array(bytes.buffer);
}

/** The colour of an index of `shadePixels`, for fills. */
export function shadeColour(pixels: Uint32Array, index: number): string {
  const [red, green, blue] = new Uint8Array(pixels.buffer, index * 4, 4);
  return `rgb(${red} ${green} ${blue})`;
}
