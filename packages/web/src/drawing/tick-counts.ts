import type { PanelSpan, Plot } from './plot.ts';

/** How many prices the axis has room for: one in three lines of text. */
export function priceTickCount(plot: Plot): number {
  return Math.max(2, Math.floor(plot.plotHeightPx / (plot.fontPx * 3)));
}

/** How many times a panel has room for: `00:00` and as much again beside it. */
export function timeTickCount(plot: Plot, { widthPx }: PanelSpan): number {
  return Math.max(2, Math.floor(widthPx / (plot.fontPx * 6)));
}
