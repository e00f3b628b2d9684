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
  /** One letter of the page itself, device pixels. */
  readonly pagePx: number;
  /** Width of a thin line, whole: it grows with the font, so that a large screen has its lines. */
  readonly linePx: number;
  readonly palette: Palette;
  /** Colours that only pictures have need of. */
  readonly style: CSSStyleDeclaration;
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
  const page = getComputedStyle(document.documentElement);
  return {
    size,
    fontPx,
    fontFamily: style.fontFamily,
    pagePx: Number.parseFloat(page.fontSize) * size.unitPx,
    linePx: linePxFor(fontPx),
    palette,
    style,
    shadePixels: shadePixels(palette),
    numbers,
    times,
  };
}

/** The same in another size. @param unitPx device pixels in one CSS pixel */
export function looksAt(looks: Looks, unitPx: number): Looks {
  const { size, fontPx, pagePx } = looks;
  const factor = unitPx / size.unitPx;
  const scaled = (px: number): number => Math.round(px * factor);
  return {
    ...looks,
    size: { widthPx: scaled(size.widthPx), heightPx: scaled(size.heightPx), unitPx },
    fontPx: scaled(fontPx),
    pagePx: pagePx * factor,
    linePx: linePxFor(scaled(fontPx)),
  };
}

function linePxFor(fontPx: number): number {
  return Math.max(1, Math.round(fontPx / 14));
}
