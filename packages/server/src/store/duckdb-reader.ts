import type { DuckDBResult } from '@duckdb/node-api';
import type { Clock } from '../clock.ts';
import { Cells } from './cells.ts';
import type { Database } from './duckdb-database.ts';
import { storeErrorOf } from './duckdb-errors.ts';
import {
  extentQuery,
  type FilterValues,
  pageQuery,
  type Query,
  readExtent,
  slices,
} from './queries.ts';
import { QueryGate } from './query-gate.ts';
import type { ReadingTerms } from './reading-terms.ts';
import type { TimedRow } from './row-kind.ts';
import type { TimeRange } from './store.ts';
import { closedError } from './store-errors.ts';
import type { StoreTroubles } from './store-troubles.ts';
import type { Table } from './tables.ts';

/** Queries that run at once: each takes a thread of libuv's pool and up to a core. */
export const LANES = 2;
/** Over which a server does better to say that it is busy than to answer late. */
const WAITING_MAX = 32;
/** Of one page: 3 MB for candles. 180 days of 5 minutes are one page. */
const PAGE_ROWS = 65_536;

export interface ReaderOptions {
  readonly database: Database;
  readonly place: string;
  readonly clock: Clock;
  readonly troubles: StoreTroubles;
  readonly pageRows?: number;
}

/** Queries through the gate, with results in chunks. Every failure is a StoreError. */
export class DuckDbReader {
  readonly #options: ReaderOptions;
  readonly #gate: QueryGate;
  #closed = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
    const { database, clock } = options;
    this.#gate = new QueryGate({
      lanes: LANES,
      waitingMax: WAITING_MAX,
      clock,
      interrupt: (lane) => database.interrupt(lane),
    });
  }

  /** The rows of one query, a chunk at a time. */
  async *query(
    { sql, values }: Query,
    terms: ReadingTerms,
    goesOn = false,
  ): AsyncGenerator<Cells, void, undefined> {
    const { database, place } = this.#options;
    try {
      const result = await this.#gate.run({ terms, goesOn }, (lane) =>
        database.read(lane, (reader) => reader.run(sql, values)),
      );
      for (;;) {
        if (this.#closed) throw closedError();
        terms.check();
        const cells = await nextCells(result);
        if (cells === null) return;
        yield cells;
      }
    } catch (error) {
      const failure = storeErrorOf(error, place);
      this.#options.troubles.note('read', failure);
      throw failure;
    }
  }

  /** The rows of a table within a range, page after page. */
  async *rows<Row extends TimedRow>(
    table: Table<Row>,
    filter: FilterValues,
    range: TimeRange,
    terms: ReadingTerms,
  ): AsyncGenerator<readonly Row[], void, undefined> {
    const { pageRows = PAGE_ROWS } = this.#options;
    for await (const cells of this.query(extentQuery(table, filter, range), terms)) {
      for (const slice of slices(readExtent(cells), range.toSec, pageRows)) {
        yield* this.#pages(table, filter, slice, terms, pageRows);
      }
    }
  }

  async *#pages<Row extends TimedRow>(
    table: Table<Row>,
    filter: FilterValues,
    range: TimeRange,
    terms: ReadingTerms,
    pageRows: number,
  ): AsyncGenerator<readonly Row[], void, undefined> {
    let last: Row | null = null;
    for (;;) {
      const page: Query = pageQuery(table, filter, range, last, pageRows);
      let count = 0;
      for await (const cells of this.query(page, terms, true)) {
        const rows = rowsOf(table, cells);
        count += rows.length;
        last = rows.at(-1) ?? last;
        yield rows;
      }
      if (count < pageRows) return;
    }
  }

  /** Interrupts what runs; readings that have begun throw `closed` when they go on. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#gate.close();
  }
}

function rowsOf<Row extends TimedRow>(table: Table<Row>, cells: Cells): Row[] {
  return Array.from({ length: cells.rowCount }, (_, row) => table.readRow(cells, row));
}

async function nextCells(result: DuckDBResult): Promise<Cells | null> {
  const chunk = await result.fetchChunk();
  return chunk === null || chunk.rowCount === 0 ? null : new Cells(chunk);
}
