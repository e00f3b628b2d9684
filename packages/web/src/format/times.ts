/**
 * Moments in UTC: blocks and servers have no time zone of their own. Where a person asks for one
 * moment it is told in the zone of the device, too.
 */
import { onFirstUse } from './on-first-use.ts';

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
  /** `14:05:59 UTC · 15:05:59 CET`; only the first where clocks here show the same. */
  readonly secondHere: (timeSec: number) => string;
  /** `20 Nov, 23:30 UTC · 21 Nov, 00:30 CET`, with the day only where it is another one here. */
  readonly dayAndMinuteHere: (timeSec: number, nowSec: number) => string;
}

const DAY_SEC = 86_400;
const MINUTE = { hour: '2-digit', minute: '2-digit' } as const;
const SECOND = { ...MINUTE, second: '2-digit' } as const;
const DAY = { day: 'numeric', month: 'short' } as const;
/** Marks that stand further apart are months. */
const DAYS_STEP_MAX_SEC = 20 * DAY_SEC;

/**
 * @param locale a BCP 47 tag; the browser's own when left out
 * @param zone an IANA time zone; the device's own when left out
 */
export function timeFormats(locale?: string, zone?: string): TimeFormats {
  const minute = formatIn('UTC', locale, MINUTE);
  const second = formatIn('UTC', locale, SECOND);
  const day = formatIn('UTC', locale, DAY);
  const month = formatIn('UTC', locale, { month: 'short', year: 'numeric' });
  const dayOfYear = formatIn('UTC', locale, { ...DAY, year: 'numeric' });
  const local = onFirstUse(() => ({
    minute: formatIn(zone, locale, MINUTE),
    day: formatIn(zone, locale, DAY),
    zonedMinute: formatIn(zone, locale, { ...MINUTE, timeZoneName: 'short' }),
    zonedSecond: formatIn(zone, locale, { ...SECOND, timeZoneName: 'short' }),
  }));
  const formats = {
    tick: (timeSec: number, stepSec: number) => {
      const isDay = timeSec % DAY_SEC === 0;
      const clock = stepSec < 60 ? second : minute;
      return (isDay ? (stepSec > DAYS_STEP_MAX_SEC ? month : day) : clock).format(timeSec * 1000);
    },
    dayAndMinute: (timeSec: number, nowSec: number) => {
      const date = yearOf(timeSec) === yearOf(nowSec) ? day : dayOfYear;
      return `${date.format(timeSec * 1000)}, ${minute.format(timeSec * 1000)} UTC`;
    },
    minute: (timeSec: number) => minute.format(timeSec * 1000),
    second: (timeSec: number) => `${second.format(timeSec * 1000)} UTC`,
  };
  /** No zone is a whole day apart, so the same time of day is the same time. */
  const isSameHere = (timeMs: number): boolean =>
    local().minute.format(timeMs) === minute.format(timeMs);
  return {
    ...formats,
    secondHere: (timeSec) => {
      const utc = formats.second(timeSec);
      if (isSameHere(timeSec * 1000)) return utc;
      return beside(utc, local().zonedSecond.format(timeSec * 1000));
    },
    dayAndMinuteHere: (timeSec, nowSec) => {
      const timeMs = timeSec * 1000;
      const utc = formats.dayAndMinute(timeSec, nowSec);
      if (isSameHere(timeMs)) return utc;
      const date = local().day.format(timeMs);
      const time = local().zonedMinute.format(timeMs);
      return beside(utc, date === day.format(timeMs) ? time : `${date}, ${time}`);
    },
  };
}

/** Held together by spaces that do not break, so that a narrow box breaks between the two. */
function beside(utc: string, here: string): string {
  return [utc, here].map((text) => text.replaceAll(' ', '\u00a0')).join(' · ');
}

function yearOf(timeSec: number): number {
  return new Date(timeSec * 1000).getUTCFullYear();
}

function formatIn(
  timeZone: string | undefined,
  locale: string | undefined,
  fields: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale, {
    ...fields,
    ...(timeZone === undefined ? {} : { timeZone }),
    hourCycle: 'h23',
  });
}
