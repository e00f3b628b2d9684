const DAY_SEC = 86_400;
const WEEK_SEC = 7 * DAY_SEC;

/** Markets are busiest when America and Europe are both awake, and calm on weekends. */
const DAILY = { swing: 0.4, peakSec: 15 * 3600 };
/** Unix time begins on a Thursday, so Wednesday noon is its sixth and a half day. */
const WEEKLY = { swing: 0.2, peakSec: 6.5 * DAY_SEC };

/** How busy a stretch of time is against the mean of all times, from the rhythm alone. */
export function activity(fromSec: number, toSec: number): number {
  return (activityUntil(toSec) - activityUntil(fromSec)) / (toSec - fromSec);
}

/** The integral of `1 + swing cos(2 pi (t - peak) / period)` over both rhythms. */
function activityUntil(timeSec: number): number {
  return timeSec + wave(timeSec, DAY_SEC, DAILY) + wave(timeSec, WEEK_SEC, WEEKLY);
}

function wave(timeSec: number, periodSec: number, { swing, peakSec }: typeof DAILY): number {
  const perSec = (2 * Math.PI) / periodSec;
  // Sine of the remainder: of seconds since 1970 it would lose the digits that matter.
  return (swing / perSec) * Math.sin(perSec * ((timeSec - peakSec) % periodSec));
}
