import type { MarketRows, RefusedRow } from './market-row.ts';

/** Rows of one batch: one put to the store. What it costs there is mostly per batch. */
const BATCH_ROWS_MAX = 20_000;
const REFUSED_MAX = 256;

/** Gathers what a file brings into batches by symbol. */
export class RowBatches<Row> {
  readonly #wrap: (symbol: string, rows: readonly Row[]) => MarketRows;
  readonly #where: (number: number) => string;
  #bySymbol = new Map<string, Row[]>();
  #refused: RefusedRow[] = [];
  #count = 0;

  constructor(
    wrap: (symbol: string, rows: readonly Row[]) => MarketRows,
    where: (number: number) => string,
  ) {
    this.#wrap = wrap;
    this.#where = where;
  }

  /** Whether it is time to drain. */
  get full(): boolean {
    return this.#count >= BATCH_ROWS_MAX || this.#refused.length >= REFUSED_MAX;
  }

  add(symbol: string, row: Row): void {
    const rows = this.#bySymbol.get(symbol);
    if (rows === undefined) this.#bySymbol.set(symbol, [row]);
    else rows.push(row);
    this.#count += 1;
  }

  refuse(number: number, reason: string): void {
    this.#refused.push({ kind: 'refused', where: this.#where(number), reason });
  }

  /** What was gathered; nothing is left of it here. */
  drain(): (MarketRows | RefusedRow)[] {
    const batches = Array.from(this.#bySymbol, ([symbol, rows]) => this.#wrap(symbol, rows));
    const drained = [...this.#refused, ...batches];
    this.#bySymbol = new Map();
    this.#refused = [];
    this.#count = 0;
    return drained;
  }
}
