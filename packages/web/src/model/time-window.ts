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

/** One that is moved towards the newest and ends this near to it, as a share of its length, is there. */
const SNAP_SHARE = 0.01;
/** Zoomed about a moment this near to its end, a window that ends at the newest still does. */
const EDGE_SHARE = 0.03;

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
  const { endSec } = window;
  const { fromSec, toSec } = placeWindow(window, bounds);
  const spanSec = fittingSpan((toSec - fromSec) * factor, bounds);
  const share = (toSec - aboutSec) / (toSec - fromSec);
  const stays = endSec === null && share <= EDGE_SHARE;
  return { spanSec, endSec: stays ? null : endWithin(aboutSec + spanSec * share, spanSec, bounds) };
}

/** @param bySec how much later it shall begin and end; earlier when negative */
export function panWindow(window: TimeWindow, bounds: TimeBounds, bySec: number): TimeWindow {
  const { fromSec, toSec } = placeWindow(window, bounds);
  const spanSec = toSec - fromSec;
  // Only on the way there: a hand that pulls away slowly would be caught again at each step.
  const snapSec = bySec > 0 ? spanSec * SNAP_SHARE : 0;
  return { spanSec, endSec: endWithin(toSec + bySec + snapSec, spanSec, bounds, snapSec) };
}

/** What a hand moved to; null where that is the whole again, give or take what rounding does. */
export function zoomFrom(whole: TimeWindow, moved: TimeWindow): TimeWindow | null {
  const isWhole = moved.endSec === null && Math.abs(moved.spanSec - whole.spanSec) < 0.01;
  return isWhole ? null : moved;
}

/** The moment that a zoom by keyboard keeps in its place. */
export function keptMoment(window: TimeWindow, bounds: TimeBounds): number {
  const { endSec } = window;
  const { fromSec, toSec } = placeWindow(window, bounds);
  return endSec === null ? toSec : (fromSec + toSec) / 2;
}

/** Null at the newest. */
function endWithin(
  endSec: number,
  spanSec: number,
  { fromSec, toSec }: TimeBounds,
  snapSec: number = 0,
): number | null {
  return endSec >= toSec ? null : Math.max(endSec - snapSec, fromSec + spanSec);
}

function fittingSpan(spanSec: number, { fromSec, toSec, spanMinSec }: TimeBounds): number {
  return Math.min(Math.max(spanSec, spanMinSec), Math.max(toSec - fromSec, spanMinSec));
}
