import { intervalName } from './intervals.ts';
import { shorten } from './router.ts';

/** Numbers above this are taken for milliseconds: as seconds they would be the year 5138. */
const SECONDS_MAX = 1e11;
/** 2100-01-01. Later times come from mistaken units. */
const TIME_SEC_MAX = 4_102_444_800;
const PLAIN_NUMBER = /^(\d+\.?\d*|\.\d+)$/;
/** JavaScript and others write what is under a millionth with an exponent. */
const NUMBER = /^(\d+\.?\d*|\.\d+)(e-?\d{1,3})?$/i;
const ISO_TIME = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::(\d\d)(\.\d{1,9})?)?)?Z?$/;
const TIME_ALLOWED =
  'a time in UTC from 1970 to 2100, such as 2026-01-05T10:00:00Z or, in unix seconds, 1767607200';

/**
 * Reads the parameters of a query, and gathers what is wrong with them: each problem names the
 * parameter, what was given and what is allowed. Every reading gives null for what is absent and
 * for what is wrong.
 */
export class QueryReader {
  readonly problems: string[] = [];
  readonly #query: URLSearchParams;

  constructor(query: URLSearchParams) {
    this.#query = query;
  }

  /** Also true for what is wrong. */
  has(name: string): boolean {
    return this.#query.has(name);
  }

  text(name: string): string | null {
    const values = this.#query.getAll(name);
    if (values.length <= 1) return values[0] ?? null;
    this.problems.push(`${name} is given ${values.length} times; allowed is once`);
    return null;
  }

  /** Unix seconds, from ISO 8601 in UTC or from a number of seconds or milliseconds. */
  timeSec(name: string): number | null {
    const given = this.text(name);
    if (given === null) return null;
    const timeSec = readTimeSec(given);
    if (timeSec !== null) return timeSec;
    return this.refuse(`${name} '${shorten(given)}' is no time; allowed is ${TIME_ALLOWED}`);
  }

  /** The length that the parameter names, out of those allowed. */
  intervalSec(name: string, allowedSec: readonly number[]): number | null {
    const given = this.text(name);
    if (given === null) return null;
    const intervalSec = allowedSec.find((sec) => intervalName(sec) === given);
    if (intervalSec !== undefined) return intervalSec;
    const allowed = allowedSec.map(intervalName).join(', ');
    return this.refuse(`${name} '${shorten(given)}' is not served here; allowed is ${allowed}`);
  }

  /** A number without a sign; its exponent may have one, but no plus: in a query that is a space. */
  number(name: string, { min, max }: { min: number; max: number }): number | null {
    const given = this.text(name);
    if (given === null) return null;
    const value = NUMBER.test(given) ? Number(given) : Number.NaN;
    if (value >= min && value <= max) return value;
    const allowed = `a number from ${min} to ${max}`;
    return this.refuse(`${name} '${shorten(given)}' is not allowed; allowed is ${allowed}`);
  }

  /** Adds a problem that shows only beside other parameters. */
  refuse(problem: string): null {
    this.problems.push(problem);
    return null;
  }
}

/** Null for what is no time, or none between 1970 and 2100. */
export function readTimeSec(text: string): number | null {
  const timeSec = PLAIN_NUMBER.test(text) ? secondsOf(Number(text)) : isoTimeSec(text);
  return timeSec >= 0 && timeSec <= TIME_SEC_MAX ? timeSec : null;
}

function secondsOf(value: number): number {
  return value > SECONDS_MAX ? value / 1000 : value;
}

/** NaN for what is no time. */
function isoTimeSec(text: string): number {
  const [found, date, minutes = '00:00', seconds = '00', fraction = ''] = ISO_TIME.exec(text) ?? [];
  if (found === undefined) return Number.NaN;
  const wholeMs = Date.parse(`${date}T${minutes}:${seconds}Z`);
  // Date takes 31 April for 1 May, and 24:00 for the next day.
  const meant = new Date(wholeMs || 0).toISOString().startsWith(`${date}T${minutes}:${seconds}`);
  return meant ? wholeMs / 1000 + Number(`0${fraction}`) : Number.NaN;
}
