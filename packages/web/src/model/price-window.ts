/** Which stretch of time a panel of the price's chart shows. */
import type { PointColumns } from './point-ring.ts';
import type { PriceColumns } from './price-history.ts';
import { type PriceChoice, priceSpanSec } from './price-span.ts';
import { spanFor } from './time-span.ts';
import type { TimeBounds, TimeWindow } from './time-window.ts';

/** How far back a person can look; what is older is dropped. */
const PRICE_REACH_SEC = 24 * 3600;

const SPAN_MIN_SEC = 60;

export function priceBounds(nowSec: number): TimeBounds {
  return { fromSec: nowSec - PRICE_REACH_SEC, toSec: nowSec, spanMinSec: SPAN_MIN_SEC };
}

/**
 * What a person chose is the same for both panels; `auto` goes by what this panel has to show.
 * @param points and `history`: those of the panel
 */
export function priceWindow(
  { span, zoom }: PriceChoice,
  nowSec: number,
  points: PointColumns,
  history: PriceColumns,
): TimeWindow {
  if (zoom) return zoom;
  const firstPoint = points.length > 0 ? points.placeSec(0) : nowSec;
  const firstSample = history.length > 0 ? history.timeSec(0) : nowSec;
  const spanSec = priceSpanSec(span) ?? spanFor(nowSec - Math.min(firstPoint, firstSample));
  return { spanSec, endSec: null };
}
