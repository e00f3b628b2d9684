import type { Candle, Liquidation, OpenInterest } from '@tidegauge/liquidations';

/** Candles of one symbol and one length. */
export interface CandleSeries {
  /** Such as BTCUSDT. */
  readonly symbol: string;
  readonly intervalSec: number;
}

/** From `fromSec` on, up to but without `toSec`; unix seconds. */
export interface TimeRange {
  readonly fromSec: number;
  readonly toSec: number;
}

/** What became of rows that were put. */
export interface PutCounts {
  /** Rows whose key was not there. */
  readonly added: number;
  /** Rows that replaced another one of the same key. */
  readonly changed: number;
  /** Rows that were there already, with the same values. */
  readonly same: number;
}

export interface PutOptions {
  /**
   * True for what a person gave from a file: retention never takes it. A row once kept stays
   * kept, also when a venue brings it again.
   */
  readonly keep: boolean;
}

export interface ReadOptions {
  /** Ends the reading: the query is interrupted and the iteration throws a StoreError `stopped`. */
  readonly signal?: AbortSignal;
  /** Time for the whole reading; after it the iteration throws a StoreError `deadline`. */
  readonly deadlineMs?: number;
}

/** What there is of a series. */
export interface SeriesSummary extends CandleSeries {
  readonly count: number;
  /** Opening times of its first and last candle. */
  readonly firstSec: number;
  readonly lastSec: number;
}

/** What was traded in the candles that open on one day, counted from midnight UTC. */
export interface VolumeDay {
  /** When the day began, unix seconds. */
  readonly timeSec: number;
  /** How many there are, at least one. */
  readonly candles: number;
  /** In all of them; each candle's volume at its close. */
  readonly volumeUsd: number;
}

/** The samples of open interest of one day, counted from midnight UTC. */
export interface OpenInterestDay {
  /** When the day began, unix seconds. */
  readonly timeSec: number;
  /** How many there are, at least one. */
  readonly samples: number;
  /** Times of the first and the last of them. */
  readonly firstSec: number;
  readonly lastSec: number;
  readonly meanUsd: number;
}

/** A live price as it was published. */
export interface PriceRecord {
  readonly timeSec: number;
  readonly priceUsd: number;
  readonly lowUsd: number;
  readonly highUsd: number;
  /** 0 to 1 */
  readonly confidence: number;
}

/** A model's state after a candle, to go on from. */
export interface EngineRecord extends CandleSeries {
  /** The end of the newest candle in it. */
  readonly timeSec: number;
  readonly state: Uint8Array;
}

/** A heatmap as it stood when an hour ended. */
export interface SnapshotRecord {
  readonly symbol: string;
  readonly timeSec: number;
  /** The `data` of the snapshot message, as JSON. */
  readonly dataJson: string;
}

/**
 * History on disk, or in memory where there is no disk. Contract, held by one suite for every
 * implementation:
 * - a put is durable and visible to every read that begins after it resolved; it takes all of its
 *   rows or none;
 * - rows of equal key replace each other: candles by series and time, open interest by symbol and
 *   time, liquidations by all of their values, prices and snapshots by time;
 * - reads give rows by rising time, in chunks of at most 2,048, each chunk its own array; rows put
 *   while a read goes on may or may not be in it;
 * - every failure is a StoreError; after `close` everything throws `closed`.
 */
export interface Store {
  /** For a person: where the history is kept. */
  readonly place: string;
  /** What is wrong with the store, for a person (such as a damaged file set aside); else null. */
  readonly problem: string | null;

  putCandles(
    series: CandleSeries,
    candles: readonly Candle[],
    options: PutOptions,
  ): Promise<PutCounts>;
  putOpenInterest(
    symbol: string,
    samples: readonly OpenInterest[],
    options: PutOptions,
  ): Promise<PutCounts>;
  putLiquidations(
    symbol: string,
    liquidations: readonly Liquidation[],
    options: PutOptions,
  ): Promise<PutCounts>;
  putPrices(prices: readonly PriceRecord[]): Promise<PutCounts>;
  putSnapshots(snapshots: readonly SnapshotRecord[]): Promise<PutCounts>;
  /** Replaces the series' older record. */
  saveEngine(record: EngineRecord): Promise<void>;

  candles(
    series: CandleSeries,
    range: TimeRange,
    options?: ReadOptions,
  ): AsyncIterable<readonly Candle[]>;
  openInterest(
    symbol: string,
    range: TimeRange,
    options?: ReadOptions,
  ): AsyncIterable<readonly OpenInterest[]>;
  liquidations(
    symbol: string,
    range: TimeRange,
    options?: ReadOptions,
  ): AsyncIterable<readonly Liquidation[]>;
  snapshots(
    symbol: string,
    range: TimeRange,
    options?: ReadOptions,
  ): AsyncIterable<readonly SnapshotRecord[]>;
  /** The last price of each interval that has one; intervals begin at multiples of their length. */
  prices(
    range: TimeRange,
    intervalSec: number,
    options?: ReadOptions,
  ): Promise<readonly PriceRecord[]>;
  /** Days that have candles, by rising time. */
  volumeByDay(
    series: CandleSeries,
    range: TimeRange,
    options?: ReadOptions,
  ): Promise<readonly VolumeDay[]>;
  /** Days that have samples, by rising time. */
  openInterestByDay(
    symbol: string,
    range: TimeRange,
    options?: ReadOptions,
  ): Promise<readonly OpenInterestDay[]>;
  loadEngine(series: CandleSeries): Promise<EngineRecord | null>;
  /** By symbol, then by interval. */
  series(): Promise<readonly SeriesSummary[]>;

  /** Drops what is older and was not kept, states of models too. @returns how many rows went */
  forgetBefore(timeSec: number): Promise<number>;
  close(): Promise<void>;
}

/**
 * - `locked`: another process has the file open.
 * - `damaged`: the file is no usable database.
 * - `newer`: a newer version of this program made the file.
 * - `no_package`: the database's native part is not installed.
 * - `full`: no space or memory is left.
 * - `busy`: too many wait for the database already.
 * - `deadline`, `stopped`: a reading that took too long or was called off.
 * - `closed`: used after `close`.
 * - `failed`: anything else; the cause says what.
 */
export type StoreErrorKind =
  | 'locked'
  | 'damaged'
  | 'newer'
  | 'no_package'
  | 'full'
  | 'busy'
  | 'deadline'
  | 'stopped'
  | 'closed'
  | 'failed';

/** The message is for a person: what happened to which file, and what to do. */
export class StoreError extends Error {
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.kind = kind;
  }
}
