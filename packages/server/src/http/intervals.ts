export { intervalName } from '../interval-name.ts';

const MINUTE_SEC = 60;
const HOUR_SEC = 3600;
const DAY_SEC = 86_400;

/** Lengths of candles and columns that may be asked for, seconds, the shortest first. */
export const CHART_INTERVALS_SEC: readonly number[] = [
  5 * MINUTE_SEC,
  15 * MINUTE_SEC,
  30 * MINUTE_SEC,
  HOUR_SEC,
  2 * HOUR_SEC,
  4 * HOUR_SEC,
  8 * HOUR_SEC,
  12 * HOUR_SEC,
  DAY_SEC,
];

/** Of the live price, which is stored each 10 s. */
export const PRICE_INTERVALS_SEC: readonly number[] = [10, 30, MINUTE_SEC, ...CHART_INTERVALS_SEC];

/** What candles of one length can be put together to: themselves, and multiples of them. */
export function intervalsFrom(candleSec: number): readonly number[] {
  const longer = CHART_INTERVALS_SEC.filter((sec) => sec > candleSec && sec % candleSec === 0);
  return [candleSec, ...longer];
}

/** The shortest one that cuts a time into at most so many pieces; else the longest. */
export function fittingInterval(
  intervalsSec: readonly number[],
  spanSec: number,
  piecesMax: number,
): number {
  return intervalsSec.find((sec) => spanSec / sec <= piecesMax) ?? intervalsSec.at(-1)!;
}
