/** What a model that begins in the middle of a market's history has to know of what lies before. */
import { LEARNED_PARAMETERS, OpenInterestTrack, type PastDay } from '@tidegauge/liquidations';
import type {
  CandleSeries,
  OpenInterestDay,
  ReadOptions,
  Store,
  TimeRange,
  VolumeDay,
} from '../store/store.ts';

const DAY_SEC = 86_400;

/** After ten half-lives a thousandth of what was opened is left. */
const WARM_UP_HALF_LIVES = 10;
const WARM_UP_SEC: number =
  WARM_UP_HALF_LIVES * Math.max(...LEARNED_PARAMETERS.crowds.map(({ halfLifeSec }) => halfLifeSec));

/** Open interest around the candles, so that it is known at their edges at any sampling period. */
export const INTEREST_MARGIN_SEC: number = DAY_SEC;

/**
 * From which candle on a map is made that is wanted at a time: positions of before are gone. At the
 * beginning of a day, since of days before only sums are known.
 */
export function warmUpFromSec(timeSec: number): number {
  return Math.max(0, Math.floor((timeSec - WARM_UP_SEC) / DAY_SEC) * DAY_SEC);
}

export interface MarketPast {
  /** All stored days before. */
  readonly days: readonly PastDay[];
  /** When they end. */
  readonly untilSec: number;
  /** Usual time between two samples of open interest; that of candles where there are none. */
  readonly openInterestPeriodSec: number;
}

/**
 * All that is stored before a range, in days, and how often open interest is usually sampled until
 * the range ends. It is the whole history and not the last year or two: so maps that end at the same
 * time agree, wherever their ranges begin.
 *
 * @param range - begins at midnight UTC
 * @throws StoreError
 */
export async function readPast(
  store: Store,
  series: CandleSeries,
  { fromSec, toSec }: TimeRange,
  options?: ReadOptions,
): Promise<MarketPast> {
  const [volumeDays, interestDays] = await Promise.all([
    store.volumeByDay(series, { fromSec: 0, toSec: fromSec }, options),
    store.openInterestByDay(series.symbol, { fromSec: 0, toSec }, options),
  ]);
  const openInterestPeriodSec = usualPeriodSec(interestDays) ?? series.intervalSec;
  const days = joined(volumeDays, interestDays, openInterestPeriodSec);
  return { days, untilSec: fromSec, openInterestPeriodSec };
}

/** Open interest of a day without samples is that of days around it, as it is between samples. */
function joined(
  volumeDays: readonly VolumeDay[],
  interestDays: readonly OpenInterestDay[],
  periodSec: number,
): PastDay[] {
  const track = new OpenInterestTrack(Math.max(DAY_SEC, periodSec));
  for (const { timeSec, meanUsd } of interestDays) track.take({ timeSec, usd: meanUsd });
  return volumeDays.map((day) => ({ ...day, openInterestUsd: track.at(day.timeSec) }));
}

/** The median distance of samples, where those of one day are taken for evenly spread. */
function usualPeriodSec(days: readonly OpenInterestDay[]): number | null {
  const distances: { readonly sec: number; readonly count: number }[] = [];
  for (const [index, { samples, firstSec, lastSec }] of days.entries()) {
    const before = days[index - 1];
    if (before !== undefined) distances.push({ sec: firstSec - before.lastSec, count: 1 });
    const count = samples - 1;
    if (count > 0) distances.push({ sec: (lastSec - firstSec) / count, count });
  }
  distances.sort((a, b) => a.sec - b.sec);
  let left = distances.reduce((sum, { count }) => sum + count, 0) / 2;
  for (const { sec, count } of distances) {
    left -= count;
    if (left < 0) return sec;
  }
  return null;
}
