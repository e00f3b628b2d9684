import { shadePixels } from '../drawing/heatmap/shades.ts';
import { type Palette, readPalette } from '../drawing/palette.ts';
import type { DeviceSize } from '../drawing/surface.ts';
import type { NumberFormats } from '../format/numbers.ts';
import type { TimeFormats } from '../format/times.ts';

/** What a chart is drawn with, apart from the data. */
export interface Looks {
  readonly size: DeviceSize;
  readonly fontPx: number;
  readonly fontFamily: string;
  /** Width of a thin line, whole: it grows with the font, so that a large screen has its lines. */
  readonly linePx: number;
  readonly palette: Palette;
  /** A pixel for each shade of the map (see shades.ts). */
  readonly shadePixels: Uint32Array;
  readonly numbers: NumberFormats;
  readonly times: TimeFormats;
}

/** Reads font and colours of a chart from the style sheet. */
export function readLooks(
  stage: HTMLElement,
  size: DeviceSize,
  numbers: NumberFormats,
  times: TimeFormats,
): Looks {
  const style = getComputedStyle(stage);
  const palette = readPalette(style);
  const fontPx = Math.round(Number.parseFloat(style.fontSize) * size.unitPx);
  return {
    size,
    fontPx,
    fontFamily: style.fontFamily,
    linePx: Math.max(1, Math.round(fontPx / 14)),
    palette,
    shadePixels: shadePixels(palette),
    numbers,
    times,
  };
}
