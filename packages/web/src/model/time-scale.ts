/** A stretch of time laid over a stretch of pixels, linearly. */
export interface TimeScale {
  readonly fromSec: number;
  readonly toSec: number;
  readonly leftPx: number;
  readonly widthPx: number;
}

export function timeToX(scale: TimeScale, timeSec: number): number {
  const share = (timeSec - scale.fromSec) / (scale.toSec - scale.fromSec);
  return scale.leftPx + share * scale.widthPx;
}

/** The moment at a place: what `timeToX` turns into it. */
export function xToTime({ fromSec, toSec, leftPx, widthPx }: TimeScale, x: number): number {
  return fromSec + ((x - leftPx) / widthPx) * (toSec - fromSec);
}
