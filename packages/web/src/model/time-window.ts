/** Which stretch of time a chart shows, and how a person moves it. Times in unix seconds. */

export interface TimeWindow {
  readonly spanSec: number;
  /** Where it ends; null: at the newest there is, with which it moves on. */
  readonly endSec: number | null;
}

/** What there is to look at. */
export interface TimeBounds {
  readonly fromSec: number;
  /** The newest: now, or where the data ends. */
  readonly toSec: number;
  /** No window is shorter than this. */
  readonly spanMinSec: number;
}

/** A window that ends this near to the newest, as a share of its length, ends there. */
const SNAP_SHARE = 0.01;

/** The window as it lies in time, within the bounds. */
export function placeWindow(
  { spanSec, endSec }: TimeWindow,
  bounds: TimeBounds,
): { readonly fromSec: number; readonly toSec: number } {
  const span = fittingSpan(spanSec, bounds);
  const toSec = Math.min(Math.max(endSec ?? bounds.toSec, bounds.fromSec + span), bounds.toSec);
  return { fromSec: toSec - span, toSec };
}

/**
 * The window made longer or shorter about a moment, which stays where it is on the screen.
 * @param factor of its length: 0.5 shows half as much, twice as large
 */
export function zoomWindow(
  window: TimeWindow,
  bounds: TimeBounds,
  aboutSec: number,
  factor: number,
): TimeWindow {
  const { fromSec, toSec } = placeWindow(window, bounds);
  const spanSec = fittingSpan((toSec - fromSec) * factor, bounds);
  const share = (toSec - aboutSec) / (toSec - fromSec);
  return settled(spanSec, aboutSec + spanSec * share, bounds);
}

/** @param bySec how much later it shall begin and end; earlier when negative */
export function panWindow(window: TimeWindow, bounds: TimeBounds, bySec: number): TimeWindow {
  const { fromSec, toSec } = placeWindow(window, bounds);
  return settled(toSec - fromSec, toSec + bySec, bounds);
}

function settled(spanSec: number, endSec: number, bounds: TimeBounds): TimeWindow {
  const endMinSec = Math.max(endSec, bounds.fromSec + spanSec);
  const isNewest = endMinSec >= bounds.toSec - spanSec * SNAP_SHARE;
  return { spanSec, endSec: isNewest ? null : endMinSec };
}

function fittingSpan(spanSec: number, { fromSec, toSec, spanMinSec }: TimeBounds): number {
  return Math.min(Math.max(spanSec, spanMinSec), Math.max(toSec - fromSec, spanMinSec));
}
