const MINUTE_SEC = 60;
const HOUR_SEC = 3600;
const DAY_SEC = 86_400;

/** `5m` for 300: in the largest unit of d, h, m, s that it is a whole number of. */
export function intervalName(intervalSec: number): string {
  if (intervalSec % DAY_SEC === 0) return `${intervalSec / DAY_SEC}d`;
  if (intervalSec % HOUR_SEC === 0) return `${intervalSec / HOUR_SEC}h`;
  if (intervalSec % MINUTE_SEC === 0) return `${intervalSec / MINUTE_SEC}m`;
  return `${intervalSec}s`;
}
