const DAY_SEC = 86_400;
/** 9999-12-31T23:59:59Z: later years have more digits than the form. */
const LAST_SEC = 253_402_300_799;

/**
 * A moment in the form of ISO 8601, in UTC: `2026-01-05T10:00:00Z`, with milliseconds where it has
 * them. Done by arithmetic, as this package has no clock and thus no Date.
 *
 * @param timeSec unix seconds, from 1970 to the end of 9999; else a RangeError
 */
export function isoTime(timeSec: number): string {
  const timeMs = Math.round(timeSec * 1000);
  const wholeSec = Math.floor(timeMs / 1000);
  if (!(wholeSec >= 0 && wholeSec <= LAST_SEC)) {
    throw new RangeError(`a time of a message is ${timeSec}`);
  }
  const ms = timeMs - wholeSec * 1000;
  const dayNumber = Math.floor(wholeSec / DAY_SEC);
  const ofDay = wholeSec - dayNumber * DAY_SEC;
  const clock = [Math.floor(ofDay / 3600), Math.floor(ofDay / 60) % 60, ofDay % 60];
  const fraction = ms === 0 ? '' : `.${digits(ms, 3)}`;
  return `${isoDate(dayNumber)}T${clock.map((part) => digits(part, 2)).join(':')}${fraction}Z`;
}

/**
 * Days since 1970-01-01 as a date. Years are counted from March, so that the day that comes and
 * goes is the last one, and in eras of 400 of them, which all are alike: Howard Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
 */
function isoDate(dayNumber: number): string {
  const sinceMarch0 = dayNumber + 719_468;
  const era = Math.floor(sinceMarch0 / 146_097);
  const ofEra = sinceMarch0 - era * 146_097;
  const leapDays =
    Math.floor(ofEra / 1_460) - Math.floor(ofEra / 36_524) + Math.floor(ofEra / 146_096);
  const yearOfEra = Math.floor((ofEra - leapDays) / 365);
  const ofYear = ofEra - 365 * yearOfEra - Math.floor(yearOfEra / 4) + Math.floor(yearOfEra / 100);
  const monthFromMarch = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + 400 * era + (month <= 2 ? 1 : 0);
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, '0');
}
