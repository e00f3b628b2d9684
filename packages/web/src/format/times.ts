/** Moments in UTC: blocks and servers have no time zone of their own. */

export interface TimeFormats {
  /** `14:05` */
  readonly minute: (timeSec: number) => string;
  /** `14:05:59 UTC` */
  readonly second: (timeSec: number) => string;
  /**
   * A mark on an axis of which the marks stand so far apart: `14:05:30`, `14:05`, at midnight the
   * day that begins, `20 Nov`, or a month, `Nov 2026`.
   */
  readonly tick: (timeSec: number, stepSec: number) => string;
  /** `20 Nov, 14:05 UTC`, with its year where that is not the one of now. */
  readonly dayAndMinute: (timeSec: number, nowSec: number) => string;
}

const DAY_SEC = 86_400;
/** Marks that stand further apart are months. */
const DAYS_STEP_MAX_SEC = 20 * DAY_SEC;

/** @param locale a BCP 47 tag; the browser's own when left out */
export function timeFormats(locale?: string): TimeFormats {
  const minute = utcFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const second = utcFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const day = utcFormat(locale, { day: 'numeric', month: 'short' });
  const month = utcFormat(locale, { month: 'short', year: 'numeric' });
  const dayOfYear = utcFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
  return {
    tick: (timeSec, stepSec) => {
      const isDay = timeSec % DAY_SEC === 0;
      const clock = stepSec < 60 ? second : minute;
      return (isDay ? (stepSec > DAYS_STEP_MAX_SEC ? month : day) : clock).format(timeSec * 1000);
    },
    dayAndMinute: (timeSec, nowSec) => {
      const date = yearOf(timeSec) === yearOf(nowSec) ? day : dayOfYear;
      return `${date.format(timeSec * 1000)}, ${minute.format(timeSec * 1000)} UTC`;
    },
    minute: (timeSec) => minute.format(timeSec * 1000),
    second: (timeSec) => `${second.format(timeSec * 1000)} UTC`,
  };
}

function yearOf(timeSec: number): number {
  return new Date(timeSec * 1000).getUTCFullYear();
}

function utcFormat(
  locale: string | undefined,
  fields: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale, { ...fields, timeZone: 'UTC', hourCycle: 'h23' });
}
