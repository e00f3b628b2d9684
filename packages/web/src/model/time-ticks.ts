const MINUTE = 60;
const DAY = 86_400;
/** Steps of equal length; a day at most a fortnight, as months are longer and shorter. */
const STEPS_SEC = [
  1,
  2,
  5,
  10,
  15,
  30,
  ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720].map((minutes) => minutes * MINUTE),
  ...[1, 2, 4, 7, 14].map((days) => days * DAY),
];
/** About as long as a month; steps of this length and more go by the calendar. */
const MONTH_STEP_SEC = 30 * DAY;
const STEPS_MONTHS = [1, 2, 3, 6, 12];

/** How far whole times stand apart for about `countMax` of them, seconds. */
export function timeStepSec(fromSec: number, toSec: number, countMax: number): number {
  const atLeast = (toSec - fromSec) / Math.max(1, countMax);
  const step = STEPS_SEC.find((candidate) => candidate >= atLeast);
  if (step !== undefined) return step;
  const months = STEPS_MONTHS.find((count) => count * MONTH_STEP_SEC >= atLeast) ?? 12;
  return months * MONTH_STEP_SEC;
}

/** Whole UTC times within the span, at most about `countMax` of them, unix seconds. */
export function timeTicks(fromSec: number, toSec: number, countMax: number): readonly number[] {
  const step = timeStepSec(fromSec, toSec, countMax);
  if (step >= MONTH_STEP_SEC) return monthTicks(fromSec, toSec, step / MONTH_STEP_SEC);
  const ticks: number[] = [];
  for (let tick = Math.ceil(fromSec / step) * step; tick <= toSec; tick += step) ticks.push(tick);
  return ticks;
}

/** First days of months, counted from January. */
function monthTicks(fromSec: number, toSec: number, months: number): readonly number[] {
  const year = new Date(fromSec * 1000).getUTCFullYear();
  const ticks: number[] = [];
  for (let month = 0; ; month += months) {
    const tick = Date.UTC(year, month) / 1000;
    if (tick > toSec) return ticks;
    if (tick >= fromSec) ticks.push(tick);
  }
}
