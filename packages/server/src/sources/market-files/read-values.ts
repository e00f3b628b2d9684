/** Fields of text read as values. A reason is what to say of a value that cannot be taken. */

/** Milliseconds, microseconds: from these on a number of that unit is meant. In between lie years. */
const MILLISECONDS_FROM = 1e11;
const MICROSECONDS_FROM = 1e14;
const NANOSECONDS_FROM = 1e17;
/** 2009-01-01: there was no Bitcoin before. */
const FIRST_TIME_SEC = 1_230_768_000;
/** By so much the clock of an exchange may be ahead of the one here. */
const CLOCK_DIFFERENCE_SEC = 300;
const ISO = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?))?(Z|[+-]\d\d:?\d\d)?$/;
const SHOWN_CHARS_MAX = 40;

/** A number, or NaN for what is none; absent and empty fields are none. */
export function readNumber(text: string | undefined): number {
  return text === undefined || text.trim() === '' ? Number.NaN : Number(text);
}

/** The value as it stands in the file, shortened, for a reason. */
export function shown(text: string | undefined): string {
  if (text === undefined || text === '') return 'missing';
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= SHOWN_CHARS_MAX ? `'${line}'` : `'${line.slice(0, SHOWN_CHARS_MAX)}…'`;
}

/**
 * A time: unix seconds, milliseconds or microseconds, told apart by their size, or ISO 8601, which
 * counts as UTC unless it names another zone.
 * @param nowSec a little later than this may be
 * @returns unix seconds with their fraction, or the reason
 */
export function readTime(name: string, text: string | undefined, nowSec: number): number | string {
  const timeSec = timeIn(text);
  if (Number.isNaN(timeSec)) {
    return `${name} is ${shown(text)}, allowed: unix s, ms or us, or ISO 8601 (UTC)`;
  }
  if (timeSec < FIRST_TIME_SEC || timeSec > nowSec + CLOCK_DIFFERENCE_SEC) {
    const read =
      Number.isFinite(timeSec) && Math.abs(timeSec) < 1e12 ? isoText(timeSec) : 'no time';
    return `${name} is ${shown(text)} (${read}), allowed: from 2009 to now, ${isoText(nowSec)}`;
  }
  return timeSec;
}

/** Whether the text is a time that a row may be of, or may be of later on. */
export function looksLikeTime(text: string | undefined): boolean {
  return timeIn(text) >= FIRST_TIME_SEC;
}

/** `2026-01-05T10:00:00Z`, with milliseconds where there are any. */
export function isoText(timeSec: number): string {
  return new Date(Math.round(timeSec * 1000)).toISOString().replace('.000Z', 'Z');
}

/** NaN for what is none. */
function timeIn(text: string | undefined): number {
  const number = readNumber(text);
  return Number.isNaN(number) ? isoSec(text ?? '') : unixSec(number);
}

function unixSec(value: number): number {
  if (value < MILLISECONDS_FROM) return value;
  if (value < MICROSECONDS_FROM) return value / 1e3;
  return value < NANOSECONDS_FROM ? value / 1e6 : value / 1e9;
}

function isoSec(text: string): number {
  const parts = ISO.exec(text.trim());
  if (parts === null) return Number.NaN;
  const [, day, clock = '00:00', zone = 'Z'] = parts;
  const dayMs = Date.parse(`${day}T00:00Z`);
  // Date.parse takes 30 February for 2 March.
  if (Number.isNaN(dayMs) || new Date(dayMs).toISOString().slice(0, 10) !== day) return Number.NaN;
  const colonZone = zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  return Date.parse(`${day}T${clock}${colonZone}`) / 1000;
}
