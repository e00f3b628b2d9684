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
}

/** Holds the first rows back until they tell how long a row's period is, then keeps to its grid. */
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
    if (row.timeSec % periodSec === 0) {
      this.#parts.pass(row, symbol, periodSec);
      return;
    }
    const name = intervalName(periodSec);
    this.#parts.refuse(
      number,
      `time ${isoText(row.timeSec)} is off the grid, allowed: multiples of ${name}`,
    );
  }
}
