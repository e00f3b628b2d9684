/** How far the map looks back, and in which steps. */

export type RangeName = '12h' | '1d' | '3d' | '7d' | '30d' | '90d' | '1y';

const DAY_SEC = 86_400;
const RANGES_SEC: Readonly<Record<RangeName, number>> = {
  '12h': DAY_SEC / 2,
  '1d': DAY_SEC,
  '3d': 3 * DAY_SEC,
  '7d': 7 * DAY_SEC,
  '30d': 30 * DAY_SEC,
  '90d': 90 * DAY_SEC,
  '1y': 365 * DAY_SEC,
};
export const RANGE_NAMES: readonly RangeName[] = Object.keys(RANGES_SEC) as readonly RangeName[];
export const RANGE_DEFAULT: RangeName = '1d';
export const RANGE_MAX_SEC: number = RANGES_SEC['1y'];

/** The lengths that every server offers, shortest first. */
const INTERVALS: readonly (readonly [name: string, minutes: number])[] = [
  ['5m', 5],
  ['15m', 15],
  ['30m', 30],
  ['1h', 60],
  ['2h', 120],
  ['4h', 240],
  ['8h', 480],
  ['12h', 720],
  ['1d', 1440],
];

/** Equal stretches of time, slots, each with one candle and one column of the map. */
export interface TimePlan {
  readonly intervalName: string;
  readonly intervalSec: number;
  readonly slotCount: number;
}

/** The end of the slot that a moment lies in; the end of a slot still belongs to it. */
export function slotEndSec(
  { intervalSec }: Pick<TimePlan, 'intervalSec'>,
  timeSec: number,
): number {
  return Math.ceil(timeSec / intervalSec) * intervalSec;
}

export function isRangeName(text: string): text is RangeName {
  return Object.hasOwn(RANGES_SEC, text);
}

/**
 * How many columns a chart has room for, candles included. In three sizes, so that a window that
 * is drawn wider does not load the map anew at each pixel.
 */
export function columnsFor(chartWidthCssPx: number): number {
  if (chartWidthCssPx < 600) return 64;
  return chartWidthCssPx < 1600 ? 200 : 400;
}

/** The finest steps that keep the range within some number of columns. */
export function planTime(range: RangeName, columnsMax: number, ownIntervalSec: number): TimePlan {
  return planSpan(RANGES_SEC[range], columnsMax, ownIntervalSec);
}

/**
 * The same for any stretch of time.
 * @param ownIntervalSec length of the market's candles: nothing finer is to be had
 */
export function planSpan(spanSec: number, columnsMax: number, ownIntervalSec: number): TimePlan {
  const fits = ([, minutes]: readonly [string, number]): boolean =>
    minutes * 60 >= ownIntervalSec && spanSec / (minutes * 60) <= columnsMax;
  const own = ownIntervalSec / 60;
  // A market can be asked for in steps of its own too.
  const finest = Number.isInteger(own) && own < 5 ? ([[`${own}m`, own]] as const) : [];
  const [intervalName, minutes] = [...finest, ...INTERVALS].find(fits) ?? INTERVALS.at(-1)!;
  const intervalSec = minutes * 60;
  return { intervalName, intervalSec, slotCount: Math.max(1, Math.round(spanSec / intervalSec)) };
}
