import type { PanelSpan } from '../plot.ts';
import { AXIS_WIDTH_EM, PANEL_GAP_CSS_PX, TIME_AXIS_EM } from '../scene-layout.ts';

/** Where things stand on the canvas of the map, in device pixels. */
export interface HeatLayout {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly plotHeightPx: number;
  readonly axisLeftPx: number;
  readonly map: PanelSpan;
  readonly bookSpan: PanelSpan;
}

/** Of the width beside the axis; the style sheet has the same figure for the headings. */
const BOOK_SHARE = 0.24;

export function layoutHeat(
  widthPx: number,
  heightPx: number,
  fontPx: number,
  unitPx: number,
): HeatLayout {
  const gapPx = Math.round(PANEL_GAP_CSS_PX * unitPx);
  const insidePx = widthPx - Math.round(AXIS_WIDTH_EM * fontPx) - gapPx * 2;
  const bookPx = Math.max(1, Math.round(insidePx * BOOK_SHARE));
  const mapPx = Math.max(1, insidePx - bookPx);
  return {
    widthPx,
    heightPx,
    plotHeightPx: Math.max(1, Math.round(heightPx - TIME_AXIS_EM * fontPx)),
    axisLeftPx: mapPx + bookPx + gapPx + Math.round(gapPx / 2),
    map: { leftPx: 0, widthPx: mapPx },
    bookSpan: { leftPx: mapPx + gapPx, widthPx: bookPx },
  };
}
