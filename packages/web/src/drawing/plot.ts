/** What every chart of the page has, in device pixels. */
import type { PriceScale } from '../model/price-scale.ts';
import type { Palette } from './palette.ts';

export interface Plot {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Height of the plot, above the time axis. */
  readonly plotHeightPx: number;
  /** Left edge of the price axis. */
  readonly axisLeftPx: number;
  /** Device pixels in one CSS pixel. */
  readonly unitPx: number;
  readonly fontPx: number;
  /** Width of a thin line, whole: it grows with the font, so that a large screen has its lines. */
  readonly linePx: number;
  readonly fontFamily: string;
  /** Null before any price: there is no axis to draw on. */
  readonly priceScale: PriceScale | null;
  readonly palette: Palette;
  readonly axisPrice: (priceUsd: number) => string;
  /** @param stepSec how far the marks of the axis stand apart */
  readonly axisTime: (timeSec: number, stepSec: number) => string;
}

/** A stretch of the canvas from its top to the time axis. */
export interface PanelSpan {
  readonly leftPx: number;
  readonly widthPx: number;
}
