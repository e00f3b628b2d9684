/** Moments in UTC: blocks and servers have no time zone of their own. */

export interface TimeFormats {
  /** `14:05` */
  readonly minute: (timeSec: number) => string;
  /** `14:05:59 UTC` */
  readonly second: (timeSec: number) => string;
  /** `14:05`, but at midnight the day that begins: `20 Nov`. */
  readonly minuteOrDay: (timeSec: number) => string;
  /** `20 Nov, 14:05 UTC`, with its year where that is not the one of now. */
  readonly dayAndMinute: (timeSec: number, nowSec: number) => string;
}

const DAY_SEC = 86_400;

/** @param locale a BCP 47 tag; the browser's own when left out */
export function timeFormats(locale?: string): TimeFormats {
  const minute = utcFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const second = utcFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const day = utcFormat(locale, { day: 'numeric', month: 'short' });
  const dayOfYear = utcFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
  return {
    minuteOrDay: (timeSec) => (timeSec % DAY_SEC === 0 ? day : minute).format(timeSec * 1000),
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
