import type { PointColumns } from '../../model/point-ring.ts';
import type { TimeScale } from '../../model/time-scale.ts';
import type { Panel } from '../scene.ts';

export interface DotLook {
  readonly radiusPx: number;
  /** Opacity of the middle, 0 to 1. */
  readonly peak: number;
}

/** Where points are few they are drawn strong, to be seen from afar; a crowd is drawn as a cloud. */
export function dotLook(
  { points, timeScale }: Panel,
  { fontPx, plotHeightPx }: { readonly fontPx: number; readonly plotHeightPx: number },
): DotLook {
  const areaPx = timeScale.widthPx * plotHeightPx;
  const pointsPerLetter = (countInSight(points, timeScale) * fontPx * fontPx) / areaPx;
  const crowd = Math.min(1, Math.max(0, Math.log10(pointsPerLetter) / 2));
  const radiusPx = (fontPx / 7) * (1 - crowd * 0.35);
  return { radiusPx: Math.max(1, radiusPx), peak: 0.85 - crowd * 0.65 };
}

function countInSight(points: PointColumns, { fromSec, toSec }: TimeScale): number {
  const { placesSec } = points;
  let count = 0;
  for (const [start, end] of points.stretches()) {
    for (let slot = start; slot < end; slot += 1) {
      if (placesSec[slot]! >= fromSec && placesSec[slot]! <= toSec) count += 1;
    }
  }
  return count;
}

/** How far a dot reaches from its middle pixel, whole pixels: its square is twice that and one. */
export function dotReach({ radiusPx }: DotLook): number {
  return Math.ceil(radiusPx - 0.5);
}
