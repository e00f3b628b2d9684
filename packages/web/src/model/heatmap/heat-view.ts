/** Which stretch of time the map shows, and in which steps. Times in unix seconds. */
import { placeWindow, type TimeBounds, type TimeWindow } from '../time-window.ts';
import {
  planSpan,
  planTime,
  RANGE_MAX_SEC,
  type RangeName,
  slotEndSec,
  type TimePlan,
} from './time-plan.ts';

export interface HeatView {
  readonly plan: TimePlan;
  readonly fromSec: number;
  readonly toSec: number;
  /** It ends with the newest there is, and moves on with it. */
  readonly follows: boolean;
  /** The whole range; else what a person zoomed to. */
  readonly isRange: boolean;
}

/** What the view depends on, apart from what a person chose. */
export interface ViewFacts {
  /** More columns than this are finer than the screen. */
  readonly columnsMax: number;
  /** Length of the market's candles. */
  readonly ownIntervalSec: number;
  /** Of when the newest is: now, or the end of the data. */
  readonly endSec: number;
}

/** Fewer candles than this are no chart. */
const SLOTS_MIN = 12;

/** The whole range, in whole slots. */
export function rangeView(range: RangeName, facts: ViewFacts): HeatView {
  const plan = planTime(range, facts.columnsMax, facts.ownIntervalSec);
  const toSec = slotEndSec(plan, facts.endSec);
  const fromSec = toSec - plan.slotCount * plan.intervalSec;
  return { plan, fromSec, toSec, follows: true, isRange: true };
}

/** The window that a person zoomed to, cut where they left it. */
export function zoomView(zoom: TimeWindow, facts: ViewFacts): HeatView {
  const plan = planFor(zoom.spanSec, facts);
  const placed = placeWindow(zoom, boundsFor(zoom.spanSec, facts));
  return { plan, ...placed, follows: zoom.endSec === null, isRange: false };
}

/**
 * How far a window of some length may be moved: back a year, and to the end of the slot in
 * progress, whose length depends on that of the window.
 */
export function boundsFor(spanSec: number, facts: ViewFacts): TimeBounds {
  const toSec = slotEndSec(planFor(spanSec, facts), facts.endSec);
  const spanMinSec = SLOTS_MIN * facts.ownIntervalSec;
  return { fromSec: toSec - RANGE_MAX_SEC, toSec, spanMinSec };
}

function planFor(spanSec: number, { columnsMax, ownIntervalSec }: ViewFacts): TimePlan {
  return planSpan(Math.min(spanSec, RANGE_MAX_SEC), columnsMax, ownIntervalSec);
}
