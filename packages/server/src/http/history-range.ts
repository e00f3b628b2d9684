import { isoTime } from '@tidegauge/protocol';
import { intervalName } from './intervals.ts';
import type { QueryReader } from './query-reader.ts';

/** A stretch of time, from `fromSec` up to but without `toSec`, in pieces of a length. */
export interface HistoryRange {
  readonly fromSec: number;
  readonly toSec: number;
  readonly intervalSec: number;
}

/** What a route takes, and what it does for those who leave it to the server. */
export interface RangeRules {
  /** Of the parameters. */
  readonly names: { readonly from: string; readonly to: string; readonly interval: string };
  /** What it is cut into, for a person: `candles`. */
  readonly pieces: string;
  readonly piecesMax: number;
  readonly nowSec: number;
  readonly intervalsSec: readonly number[];
  /** The length where none is given. `spanSec` is null where no beginning is given either. */
  interval(spanSec: number | null): number;
  /** How much before the end it begins where that is not given. */
  spanSec(intervalSec: number): number;
}

/**
 * Reads beginning, end and length of a history. The end is now where none is given. Null when
 * something is wrong: the reader then has the problems.
 */
export function readRange(reader: QueryReader, rules: RangeRules): HistoryRange | null {
  const { names, nowSec, intervalsSec } = rules;
  const givenFromSec = reader.timeSec(names.from);
  const toSec = reader.timeSec(names.to) ?? nowSec;
  const givenIntervalSec = reader.intervalSec(names.interval, intervalsSec);
  if (reader.problems.length > 0) return null;
  const givenSpanSec = givenFromSec === null ? null : toSec - givenFromSec;
  const intervalSec = givenIntervalSec ?? rules.interval(givenSpanSec);
  const fromSec = givenFromSec ?? Math.max(0, toSec - rules.spanSec(intervalSec));
  const range = { fromSec, toSec, intervalSec };
  const problem = orderProblem(range, rules) ?? lengthProblem(range, rules);
  return problem === null ? range : reader.refuse(problem);
}

/** The intervals that begin within the range; they begin at multiples of their length. */
export function intervalsWithin({ fromSec, toSec, intervalSec }: HistoryRange): HistoryRange {
  const up = (timeSec: number): number => Math.ceil(timeSec / intervalSec) * intervalSec;
  return { fromSec: up(fromSec), toSec: up(toSec), intervalSec };
}

function orderProblem({ fromSec, toSec }: HistoryRange, { names }: RangeRules): string | null {
  if (fromSec < toSec) return null;
  const given = `${names.from} (${isoTime(fromSec)}) is not before ${names.to} (${isoTime(toSec)})`;
  return `${given}; allowed is an earlier ${names.from} or a later ${names.to}`;
}

function lengthProblem(range: HistoryRange, rules: RangeRules): string | null {
  const { fromSec, toSec, intervalSec } = range;
  const { names, pieces, piecesMax } = rules;
  const asked = Math.ceil((toSec - fromSec) / intervalSec);
  if (asked <= piecesMax) return null;
  return (
    `${names.from} (${isoTime(fromSec)}), ${names.to} (${isoTime(toSec)}) and ${names.interval} ` +
    `(${intervalName(intervalSec)}) ask for ${asked} ${pieces}; ` +
    `allowed are ${piecesMax}: a longer ${names.interval} or a shorter time`
  );
}
