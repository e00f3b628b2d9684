import type { Candle, Liquidation, OpenInterest } from '@tidegauge/liquidations';
import { type Clock, systemClock } from '../clock.ts';
import { openInterestDays, volumeDays } from './day-sums.ts';
import { ReadingTerms } from './reading-terms.ts';
import {
  bytesOf,
  CANDLE,
  distinctRows,
  LIQUIDATION,
  OPEN_INTEREST,
  PRICE,
  type RowKind,
  SNAPSHOT,
  type TimedRow,
} from './row-kind.ts';
import { READ_CHUNK_ROWS_MAX, SortedRows } from './sorted-rows.ts';
import {
  type CandleSeries,
  type EngineRecord,
  type OpenInterestDay,
  type PriceRecord,
  type PutCounts,
  type PutOptions,
  type ReadOptions,
  type SeriesSummary,
  type SnapshotRecord,
  type Store,
  StoreError,
  type TimeRange,
  type VolumeDay,
} from './store.ts';
import { checkIntervalSec, closedError } from './store-errors.ts';

export interface MemoryStoreOptions {
  readonly clock?: Clock;
  /** What `problem` says: why there is no database, where there should be one. */
  readonly problem?: string;
  /** About how much memory the rows may take; a put beyond it is refused. */
  readonly bytesMax?: number;
}

/** As much as the database in memory has: some 2 million candles. */
const BYTES_MAX = 256 * 1024 * 1024;

/** Rows of one kind, apart by symbol or series. */
class Shelf<Row extends TimedRow> {
  readonly #kind: RowKind<Row>;
  readonly byName: Map<string, SortedRows<Row>> = new Map();

  constructor(kind: RowKind<Row>) {
    this.#kind = kind;
  }

  get bytes(): number {
    let bytes = 0;
    for (const rows of this.byName.values()) bytes += rows.bytes;
    return bytes;
  }

  put(name: string, rows: readonly Row[], keep: boolean): PutCounts {
    const held = this.byName.get(name) ?? new SortedRows(this.#kind);
    const counts = held.put(rows, keep);
    if (held.size > 0) this.byName.set(name, held);
    return counts;
  }

  forgetBefore(timeSec: number): number {
    let gone = 0;
    for (const [name, rows] of this.byName) {
      gone += rows.forgetBefore(timeSec);
      if (rows.size === 0) this.byName.delete(name);
    }
    return gone;
  }

  clear(): void {
    this.byName.clear();
  }
}

/** History that lasts as long as the process: for the demo and for tests. */
export class MemoryStore implements Store {
  readonly place = 'in memory, until the program ends';
  readonly problem: string | null;
  readonly #clock: Clock;
  readonly #candles = new Shelf(CANDLE);
  readonly #openInterest = new Shelf(OPEN_INTEREST);
  readonly #liquidations = new Shelf(LIQUIDATION);
  readonly #prices = new Shelf(PRICE);
  readonly #snapshots = new Shelf(SNAPSHOT);
  readonly #engines: Map<string, EngineRecord> = new Map();
  readonly #bytesMax: number;
  #closed = false;

  constructor({ clock = systemClock, problem, bytesMax = BYTES_MAX }: MemoryStoreOptions = {}) {
    this.#clock = clock;
    this.#bytesMax = bytesMax;
    this.problem = problem ?? null;
  }

  async putCandles(
    series: CandleSeries,
    candles: readonly Candle[],
    { keep }: PutOptions,
  ): Promise<PutCounts> {
    this.#checkRoom(CANDLE, candles);
    return this.#candles.put(seriesName(series), candles, keep);
  }

  async putOpenInterest(
    symbol: string,
    samples: readonly OpenInterest[],
    { keep }: PutOptions,
  ): Promise<PutCounts> {
    this.#checkRoom(OPEN_INTEREST, samples);
    return this.#openInterest.put(symbol, samples, keep);
  }

  async putLiquidations(
    symbol: string,
    liquidations: readonly Liquidation[],
    { keep }: PutOptions,
  ): Promise<PutCounts> {
    this.#checkRoom(LIQUIDATION, liquidations);
    return this.#liquidations.put(symbol, liquidations, keep);
  }

  async putPrices(prices: readonly PriceRecord[]): Promise<PutCounts> {
    this.#checkRoom(PRICE, prices);
    return this.#prices.put('', prices, false);
  }

  async putSnapshots(snapshots: readonly SnapshotRecord[]): Promise<PutCounts> {
    this.#checkRoom(SNAPSHOT, snapshots);
    // Checked as a whole first, so that a bad row of one symbol leaves the others out as well.
    const { rows, ...inPut } = distinctRows(SNAPSHOT, snapshots);
    const bySymbol: Map<string, SnapshotRecord[]> = new Map();
    for (const row of rows) {
      const others = bySymbol.get(row.symbol);
      if (others === undefined) bySymbol.set(row.symbol, [row]);
      else others.push(row);
    }
    let { changed, same } = inPut;
    let added = 0;
    for (const [symbol, own] of bySymbol) {
      const counts = this.#snapshots.put(symbol, own, false);
      added += counts.added;
      changed += counts.changed;
      same += counts.same;
    }
    return { added, changed, same };
  }

  async saveEngine(record: EngineRecord): Promise<void> {
    this.#checkOpen();
    this.#engines.set(seriesName(record), copyEngine(record));
  }

  candles(
    series: CandleSeries,
    range: TimeRange,
    options?: ReadOptions,
  ): AsyncIterable<readonly Candle[]> {
    return this.#read(this.#candles, seriesName(series), range, options);
  }

  openInterest(
    symbol: string,
    range: TimeRange,
    options?: ReadOptions,
  ): AsyncIterable<readonly OpenInterest[]> {
    return this.#read(this.#openInterest, symbol, range, options);
  }

  liquidations(
    symbol: string,
    range: TimeRange,
    options?: ReadOptions,
  ): AsyncIterable<readonly Liquidation[]> {
    return this.#read(this.#liquidations, symbol, range, options);
  }

  snapshots(
    symbol: string,
    range: TimeRange,
    options?: ReadOptions,
  ): AsyncIterable<readonly SnapshotRecord[]> {
    return this.#read(this.#snapshots, symbol, range, options);
  }

  async prices(
    range: TimeRange,
    intervalSec: number,
    options?: ReadOptions,
  ): Promise<readonly PriceRecord[]> {
    checkIntervalSec(intervalSec);
    const lastOf: Map<number, PriceRecord> = new Map();
    for await (const chunk of this.#read(this.#prices, '', range, options)) {
      for (const price of chunk) lastOf.set(Math.floor(price.timeSec / intervalSec), price);
    }
    return [...lastOf.values()];
  }

  async volumeByDay(
    series: CandleSeries,
    range: TimeRange,
    options?: ReadOptions,
  ): Promise<readonly VolumeDay[]> {
    return await volumeDays(this.candles(series, range, options));
  }

  async openInterestByDay(
    symbol: string,
    range: TimeRange,
    options?: ReadOptions,
  ): Promise<readonly OpenInterestDay[]> {
    return await openInterestDays(this.openInterest(symbol, range, options));
  }

  async loadEngine(series: CandleSeries): Promise<EngineRecord | null> {
    this.#checkOpen();
    const record = this.#engines.get(seriesName(series));
    return record === undefined ? null : copyEngine(record);
  }

  async series(): Promise<readonly SeriesSummary[]> {
    this.#checkOpen();
    const summaries = Array.from(this.#candles.byName, ([name, rows]) => ({
      ...seriesNamed(name),
      count: rows.size,
      firstSec: rows.first!.timeSec,
      lastSec: rows.last!.timeSec,
    }));
    return summaries.sort(
      (a, b) => compareText(a.symbol, b.symbol) || a.intervalSec - b.intervalSec,
    );
  }

  async forgetBefore(timeSec: number): Promise<number> {
    this.#checkOpen();
    let gone = 0;
    for (const shelf of this.#shelves()) gone += shelf.forgetBefore(timeSec);
    for (const [name, record] of this.#engines) {
      if (record.timeSec < timeSec && this.#engines.delete(name)) gone += 1;
    }
    return gone;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const shelf of this.#shelves()) shelf.clear();
    this.#engines.clear();
  }

  #checkRoom<Row extends TimedRow>(kind: RowKind<Row>, rows: readonly Row[]): void {
    this.#checkOpen();
    let bytes = 0;
    for (const row of rows) bytes += bytesOf(kind, row);
    for (const shelf of this.#shelves()) bytes += shelf.bytes;
    if (bytes <= this.#bytesMax) return;
    throw new StoreError(
      'full',
      `there is no room left in memory (${this.#bytesMax} bytes): nothing new can be kept until ` +
        'something older is forgotten',
    );
  }

  #shelves(): readonly {
    readonly bytes: number;
    clear(): void;
    forgetBefore(timeSec: number): number;
  }[] {
    return [this.#candles, this.#openInterest, this.#liquidations, this.#prices, this.#snapshots];
  }

  async *#read<Row extends TimedRow>(
    shelf: Shelf<Row>,
    name: string,
    range: TimeRange,
    options?: ReadOptions,
  ): AsyncGenerator<readonly Row[], void, undefined> {
    const terms = new ReadingTerms(this.#clock, options);
    let last: Row | null = null;
    for (;;) {
      this.#checkOpen();
      terms.check();
      const rows: Row[] = shelf.byName.get(name)?.read(range, last, READ_CHUNK_ROWS_MAX) ?? [];
      const end = rows.at(-1);
      if (end === undefined) return;
      last = end;
      yield rows;
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw closedError();
  }
}

function seriesName({ symbol, intervalSec }: CandleSeries): string {
  return `${intervalSec} ${symbol}`;
}

function seriesNamed(name: string): CandleSeries {
  const space = name.indexOf(' ');
  return { symbol: name.slice(space + 1), intervalSec: Number(name.slice(0, space)) };
}

function copyEngine({ symbol, intervalSec, timeSec, state }: EngineRecord): EngineRecord {
  return { symbol, intervalSec, timeSec, state: state.slice() };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
