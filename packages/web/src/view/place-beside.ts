import type { Plot } from '../drawing/plot.ts';

const DISTANCE_CSS_PX = 14;

/** What a box is put beside, in device pixels of the canvas. */
export interface Marked {
  readonly leftPx: number;
  readonly rightPx: number;
  readonly middleYPx: number;
}

/**
 * Puts a box to the right of what is marked, else to its left, and on a canvas too narrow for
 * either below or above it; always inside the plot.
 */
export function placeBeside(
  box: HTMLElement,
  plot: Plot,
  marked: Marked,
  first: 'right' | 'left' = 'right',
): void {
  const { offsetWidth, offsetHeight } = box;
  const { unitPx } = plot;
  const right = marked.rightPx / unitPx + DISTANCE_CSS_PX;
  const left = marked.leftPx / unitPx - offsetWidth - DISTANCE_CSS_PX;
  const mostX = plot.widthPx / unitPx - offsetWidth;
  const mostY = plot.plotHeightPx / unitPx - offsetHeight;
  const sides = first === 'right' ? [right, left] : [left, right];
  const side = sides.find((x) => x >= 0 && x <= mostX);
  const middleY = marked.middleYPx / unitPx;
  const below = middleY + 2 * DISTANCE_CSS_PX;
  const above = middleY - 2 * DISTANCE_CSS_PX - offsetHeight;
  const x = side ?? Math.max(0, Math.min(left + offsetWidth / 2, mostX));
  const y = side === undefined ? (below <= mostY ? below : above) : middleY - offsetHeight / 2;
  const shownY = Math.max(0, Math.min(y, mostY));
  box.style.transform = `translate(${Math.round(x)}px, ${Math.round(shownY)}px)`;
}
