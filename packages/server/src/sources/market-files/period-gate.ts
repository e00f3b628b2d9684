import { intervalName } from '../../interval-name.ts';
import { FIRST_ROWS } from './period.ts';
import { isoText } from './read-values.ts';

interface Waiting<Row> {
  readonly row: Row;
  readonly symbol: string;
  readonly number: number;
}

export interface PeriodGateParts<Row> {
  /** Says from the first rows how long each is, seconds; throws when it cannot. */
  readonly tell: (first: readonly Row[]) => number;
  readonly pass: (row: Row, symbol: string, periodSec: number) => void;
  readonly refuse: (number: number, reason: string) => void;
  readonly nowSec: number;
}

/**
 * Holds the first rows back until they tell how long a row's period is. Then lets those through
 * that are on its grid and whose period is over: exchanges give the one in progress as well, which
 * would stay as it was when it was asked for.
 */
export class PeriodGate<Row extends { readonly timeSec: number }> {
  readonly #parts: PeriodGateParts<Row>;
  #waiting: Waiting<Row>[] = [];
  #periodSec: number | null = null;

  constructor(parts: PeriodGateParts<Row>) {
    this.#parts = parts;
  }

  take(row: Row, symbol: string, number: number): void {
    if (this.#periodSec !== null) {
      this.#check(row, symbol, number, this.#periodSec);
      return;
    }
    this.#waiting.push({ row, symbol, number });
    if (this.#waiting.length >= FIRST_ROWS) this.#open();
  }

  /** No more rows come. */
  end(): void {
    if (this.#periodSec === null && this.#waiting.length > 0) this.#open();
  }

  #open(): void {
    const periodSec = this.#parts.tell(this.#waiting.map(({ row }) => row));
    this.#periodSec = periodSec;
    for (const { row, symbol, number } of this.#waiting) {
      this.#check(row, symbol, number, periodSec);
    }
    this.#waiting = [];
  }

  #check(row: Row, symbol: string, number: number, periodSec: number): void {
    const problem = this.#problem(row.timeSec, periodSec);
    if (problem === null) this.#parts.pass(row, symbol, periodSec);
    else this.#parts.refuse(number, problem);
  }

  #problem(timeSec: number, periodSec: number): string | null {
    if (timeSec % periodSec !== 0) {
      const name = intervalName(periodSec);
      return `time ${isoText(timeSec)} is off the grid, allowed: multiples of ${name}`;
    }
    const [endSec, { nowSec }] = [timeSec + periodSec, this.#parts];
    if (endSec <= nowSec) return null;
    return `not closed yet: it ends at ${isoText(endSec)}; now is ${isoText(nowSec)}`;
  }
}
