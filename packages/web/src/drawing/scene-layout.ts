import type { PanelSpan } from './plot.ts';

/** Where things stand on the canvas, in device pixels. The headings above follow the same grid. */
export interface SceneLayout {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly plotHeightPx: number;
  readonly axisLeftPx: number;
  readonly panels: readonly [PanelSpan, PanelSpan];
}

/** Room for `1,234,567` in the font of the axis; the style sheet has the same figure. */
export const AXIS_WIDTH_EM: number = 4.8;
export const TIME_AXIS_EM: number = 1.9;
export const PANEL_GAP_CSS_PX: number = 8;

export function layoutScene(
  widthPx: number,
  heightPx: number,
  fontPx: number,
  unitPx: number,
): SceneLayout {
  const gapPx = Math.round(PANEL_GAP_CSS_PX * unitPx);
  const panelPx = Math.max(
    1,
    Math.floor((widthPx - Math.round(AXIS_WIDTH_EM * fontPx) - gapPx * 2) / 2),
  );
  return {
    widthPx,
    heightPx,
    plotHeightPx: Math.max(1, Math.round(heightPx - TIME_AXIS_EM * fontPx)),
    axisLeftPx: panelPx * 2 + gapPx + Math.round(gapPx / 2),
    panels: [
      { leftPx: 0, widthPx: panelPx },
      { leftPx: panelPx + gapPx, widthPx: panelPx },
    ],
  };
}
