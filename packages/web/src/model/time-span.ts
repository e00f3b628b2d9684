const SPANS_SEC = [5, 15, 30, 60, 120, 180].map((minutes) => minutes * 60);

/** The longest that the panels look back; older points are dropped. */
export const WINDOW_SEC: number = 3 * 3600;

/**
 * How far a panel looks back: the shortest of a few spans that holds what there is, so that the
 * first minutes after a start are not a sliver at the edge of three empty hours.
 */
export function spanFor(oldestAgeSec: number): number {
  return SPANS_SEC.find((span) => span >= oldestAgeSec) ?? WINDOW_SEC;
}
