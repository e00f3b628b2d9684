import type { Candle, Liquidation, OpenInterest } from '@tidegauge/liquidations';
import { type PriceRecord, type SnapshotRecord, StoreError } from './store.ts';

/** A row of any table: all have a time. */
export interface TimedRow {
  readonly timeSec: number;
}

/** What tells rows of one kind apart and what they hold; the order of fields is that of sorting. */
export interface RowKind<Row extends TimedRow> {
  /** For a person, in the singular. */
  readonly name: string;
  readonly fields: readonly (keyof Row & string)[];
  /** How many of the first fields are the key: rows that agree in them replace each other. */
  readonly keyCount: number;
}

export const CANDLE: RowKind<Candle> = {
  name: 'candle',
  fields: ['timeSec', 'open', 'high', 'low', 'close', 'volume'],
  keyCount: 1,
};

export const OPEN_INTEREST: RowKind<OpenInterest> = {
  name: 'open interest',
  fields: ['timeSec', 'usd'],
  keyCount: 1,
};

/** Exchanges give liquidations no number, so only one that differs in nothing is the same. */
export const LIQUIDATION: RowKind<Liquidation> = {
  name: 'liquidation',
  fields: ['timeSec', 'side', 'priceUsd', 'usd'],
  keyCount: 4,
};

export const PRICE: RowKind<PriceRecord> = {
  name: 'price',
  fields: ['timeSec', 'priceUsd', 'lowUsd', 'highUsd', 'confidence'],
  keyCount: 1,
};

export const SNAPSHOT: RowKind<SnapshotRecord> = {
  name: 'snapshot',
  fields: ['timeSec', 'symbol', 'dataJson'],
  keyCount: 2,
};

/** Negative, 0 or positive, as rows sort by their keys. */
export function compareKeys<Row extends TimedRow>(kind: RowKind<Row>, a: Row, b: Row): number {
  for (let i = 0; i < kind.keyCount; i += 1) {
    const field = kind.fields[i]!;
    if (a[field] < b[field]) return -1;
    if (a[field] > b[field]) return 1;
  }
  return 0;
}

/** Of two rows of equal key: whether they agree in all the rest as well. */
export function sameValues<Row extends TimedRow>(kind: RowKind<Row>, a: Row, b: Row): boolean {
  for (let i = kind.keyCount; i < kind.fields.length; i += 1) {
    const field = kind.fields[i]!;
    if (a[field] !== b[field]) return false;
  }
  return true;
}

/** About how many bytes a row takes in memory: 8 a field, 2 a letter, and those of the object. */
export function bytesOf<Row extends TimedRow>(kind: RowKind<Row>, row: Row): number {
  let bytes = 56;
  for (const field of kind.fields) {
    const value = row[field];
    bytes += typeof value === 'string' ? 2 * value.length : 8;
  }
  return bytes;
}

export interface DistinctRows<Row> {
  /** Sorted by key, each key once. */
  readonly rows: readonly Row[];
  /** Rows that another one of the same put replaces. */
  readonly changed: number;
  /** Rows that stand in the put once more, alike. */
  readonly same: number;
}

/**
 * Sorts the rows of one put. Of those with equal key the last one stays; the others count as
 * `same` where they are like it, else as `changed`.
 * @throws StoreError `failed` for a number that is not finite
 */
export function distinctRows<Row extends TimedRow>(
  kind: RowKind<Row>,
  given: readonly Row[],
): DistinctRows<Row> {
  for (const row of given) checkRow(kind, row);
  // Sorting is stable, so the last of equal keys in the put is the last of them here as well.
  const sorted = given.toSorted((a, b) => compareKeys(kind, a, b));
  const rows: Row[] = [];
  let [changed, same] = [0, 0];
  for (let i = sorted.length - 1; i >= 0; i -= 1) {
    const row = sorted[i]!;
    const winner = rows.at(-1);
    if (winner === undefined || compareKeys(kind, row, winner) !== 0) rows.push(row);
    else if (sameValues(kind, row, winner)) same += 1;
    else changed += 1;
  }
  return { rows: rows.reverse(), changed, same };
}

function checkRow<Row extends TimedRow>(kind: RowKind<Row>, row: Row): void {
  for (const field of kind.fields) {
    const value = row[field];
    if (typeof value !== 'number' || Number.isFinite(value)) continue;
    const when = field === 'timeSec' ? '' : ` at ${row.timeSec}`;
    throw new StoreError(
      'failed',
      `${kind.name}${when}: ${field} is ${value}, only finite numbers can be stored. ` +
        'Nothing of this put was taken.',
    );
  }
}
