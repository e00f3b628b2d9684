import type { Candle, Liquidation, OpenInterest } from '@tidegauge/liquidations';
import { type Clock, systemClock } from '../clock.ts';
import type { Cells } from './cells.ts';
import {
  openInterestByDayQuery,
  readOpenInterestDay,
  readVolumeDay,
  volumeByDayQuery,
} from './day-sums.ts';
import { Database } from './duckdb-database.ts';
import type { DuckDbModule } from './duckdb-module.ts';
import { DuckDbReader, LANES } from './duckdb-reader.ts';
import { DuckDbWriter } from './duckdb-writer.ts';
import { engineStateQuery, readEngineState, saveEngineState } from './engine-states.ts';
import { forgetRows } from './forget-rows.ts';
import { migrate } from './migrations.ts';
import { makeStage, putRows, type ScopeValues } from './put-rows.ts';
import { pricesQuery, type Query, readSeries, seriesQuery } from './queries.ts';
import { readEverything } from './read-everything.ts';
import { ReadingTerms } from './reading-terms.ts';
import { bytesOf, type TimedRow } from './row-kind.ts';
import type {
  CandleSeries,
  EngineRecord,
  OpenInterestDay,
  PriceRecord,
  PutCounts,
  PutOptions,
  ReadOptions,
  SeriesSummary,
  SnapshotRecord,
  Store,
  TimeRange,
  VolumeDay,
} from './store.ts';
import { checkIntervalSec } from './store-errors.ts';
import { StoreTroubles } from './store-troubles.ts';
import { CANDLES, LIQUIDATIONS, OPEN_INTERESTS, PRICES, SNAPSHOTS, type Table } from './tables.ts';

export interface DuckDbStoreOptions {
  readonly duckDb: DuckDbModule;
  /** The file, which one process at a time may open; null keeps everything in memory. */
  readonly file: string | null;
  readonly clock?: Clock;
  /** What `problem` says from the beginning on. */
  readonly problem?: string | null;
  /** Rows that a reading asks for at once. */
  readonly pageRows?: number;
}

interface Parts {
  readonly duckDb: DuckDbModule;
  readonly place: string;
  readonly clock: Clock;
  readonly database: Database;
  readonly reader: DuckDbReader;
  readonly writer: DuckDbWriter;
  readonly troubles: StoreTroubles;
}

/** History in an embedded DuckDB database. */
export class DuckDbStore implements Store {
  readonly #parts: Parts;
  #closing: Promise<void> | null = null;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws StoreError `locked`, `damaged`, `newer`, `full` or `failed`; the file is left as is */
  static async open({
    duckDb,
    file,
    clock = systemClock,
    problem = null,
    ...reading
  }: DuckDbStoreOptions): Promise<DuckDbStore> {
    const place = file ?? 'in memory, until the program ends';
    const troubles = new StoreTroubles(problem);
    const database = await Database.open({
      duckDb,
      path: file ?? ':memory:',
      place,
      lanes: LANES,
      prepare: async (connection) => {
        await migrate(connection, place);
        await readEverything(connection);
        await makeStage(connection, CANDLES);
        await makeStage(connection, OPEN_INTERESTS);
        await makeStage(connection, LIQUIDATIONS);
        await makeStage(connection, PRICES);
        await makeStage(connection, SNAPSHOTS);
      },
    });
    const reader = new DuckDbReader({ database, place, clock, troubles, ...reading });
    const writer = new DuckDbWriter(database, troubles);
    return new DuckDbStore({ duckDb, place, clock, database, reader, writer, troubles });
  }

  get place(): string {
    return this.#parts.place;
  }

  get problem(): string | null {
    return this.#parts.troubles.text;
  }

  async putCandles(
    { symbol, intervalSec }: CandleSeries,
    candles: readonly Candle[],
    { keep }: PutOptions,
  ): Promise<PutCounts> {
    return await this.#put(CANDLES, [symbol, intervalSec], candles, keep);
  }

  async putOpenInterest(
    symbol: string,
    samples: readonly OpenInterest[],
    { keep }: PutOptions,
  ): Promise<PutCounts> {
    return await this.#put(OPEN_INTERESTS, [symbol], samples, keep);
  }

  async putLiquidations(
    symbol: string,
    liquidations: readonly Liquidation[],
    { keep }: PutOptions,
  ): Promise<PutCounts> {
    return await this.#put(LIQUIDATIONS, [symbol], liquidations, keep);
  }

  async putPrices(prices: readonly PriceRecord[]): Promise<PutCounts> {
    return await this.#put(PRICES, [], prices, false);
  }

  async putSnapshots(snapshots: readonly SnapshotRecord[]): Promise<PutCounts> {
    return await this.#put(SNAPSHOTS, [], snapshots, false);
  }

  async saveEngine(record: EngineRecord): Promise<void> {
    const { duckDb, writer } = this.#parts;
    // A copy, as it may wait while the caller goes on with its own.
    const copy = { ...record, state: record.state.slice() };
    await writer.run(copy.state.length, (connection) => saveEngineState(duckDb, connection, copy));
  }

  candles(
    { symbol, intervalSec }: CandleSeries,
    range: TimeRange,
    options?: ReadOptions,
  ): AsyncIterable<readonly Candle[]> {
    return this.#rows(CANDLES, [symbol, intervalSec], range, options);
  }

  openInterest(
    symbol: string,
    range: TimeRange,
    options?: ReadOptions,
  ): AsyncIterable<readonly OpenInterest[]> {
    return this.#rows(OPEN_INTERESTS, [symbol], range, options);
  }

  liquidations(
    symbol: string,
    range: TimeRange,
    options?: ReadOptions,
  ): AsyncIterable<readonly Liquidation[]> {
    return this.#rows(LIQUIDATIONS, [symbol], range, options);
  }

  snapshots(
    symbol: string,
    range: TimeRange,
    options?: ReadOptions,
  ): AsyncIterable<readonly SnapshotRecord[]> {
    return this.#rows(SNAPSHOTS, [symbol], range, options);
  }

  async prices(
    range: TimeRange,
    intervalSec: number,
    options?: ReadOptions,
  ): Promise<readonly PriceRecord[]> {
    checkIntervalSec(intervalSec);
    return await this.#all(pricesQuery(range, intervalSec), PRICES.readRow, options);
  }

  async volumeByDay(
    { symbol, intervalSec }: CandleSeries,
    range: TimeRange,
    options?: ReadOptions,
  ): Promise<readonly VolumeDay[]> {
    return await this.#all(volumeByDayQuery([symbol, intervalSec], range), readVolumeDay, options);
  }

  async openInterestByDay(
    symbol: string,
    range: TimeRange,
    options?: ReadOptions,
  ): Promise<readonly OpenInterestDay[]> {
    return await this.#all(openInterestByDayQuery([symbol], range), readOpenInterestDay, options);
  }

  async loadEngine(series: CandleSeries): Promise<EngineRecord | null> {
    const query = engineStateQuery(series);
    for await (const cells of this.#parts.reader.query(query, this.#terms())) {
      return readEngineState(series, cells);
    }
    return null;
  }

  async series(): Promise<readonly SeriesSummary[]> {
    return await this.#all(seriesQuery(), readSeries);
  }

  async forgetBefore(timeSec: number): Promise<number> {
    const { writer } = this.#parts;
    const gone = await writer.run(0, (connection) => forgetRows(connection, timeSec));
    if (gone > 0) await writer.checkpoint();
    return gone;
  }

  /** Puts that were taken are finished, readings are ended. */
  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    const { reader, writer, database } = this.#parts;
    await Promise.all([reader.close(), writer.close()]);
    await database.close();
  }

  async #put<Row extends TimedRow>(
    table: Table<Row>,
    scope: ScopeValues,
    rows: readonly Row[],
    keep: boolean,
  ): Promise<PutCounts> {
    const { duckDb, writer } = this.#parts;
    const bytes = rows.reduce((sum, row) => sum + bytesOf(table.kind, row), 0);
    return await writer.run(bytes, (connection) =>
      putRows(duckDb, connection, table, scope, rows, keep),
    );
  }

  #rows<Row extends TimedRow>(
    table: Table<Row>,
    filter: readonly (string | number)[],
    range: TimeRange,
    options: ReadOptions | undefined,
  ): AsyncIterable<readonly Row[]> {
    return this.#parts.reader.rows(table, filter, range, this.#terms(options));
  }

  /** What a query gives, where that is little. */
  async #all<Row>(
    query: Query,
    readRow: (cells: Cells, row: number) => Row,
    options?: ReadOptions,
  ): Promise<Row[]> {
    const rows: Row[] = [];
    for await (const cells of this.#parts.reader.query(query, this.#terms(options))) {
      for (let row = 0; row < cells.rowCount; row += 1) rows.push(readRow(cells, row));
    }
    return rows;
  }

  #terms(options?: ReadOptions): ReadingTerms {
    return new ReadingTerms(this.#parts.clock, options);
  }
}
