import type { Candle, Liquidation, OpenInterest, Side } from '@tidegauge/liquidations';
import type { Cells } from './cells.ts';
import {
  CANDLE,
  LIQUIDATION,
  OPEN_INTEREST,
  PRICE,
  type RowKind,
  SNAPSHOT,
  type TimedRow,
} from './row-kind.ts';
import type { PriceRecord, SnapshotRecord } from './store.ts';

/**
 * How rows of a kind lie in the database: a column for each field, called like it in snake case,
 * beside those of the scope, which are the same for all rows of a put.
 */
export interface Table<Row extends TimedRow> {
  readonly name: string;
  readonly kind: RowKind<Row>;
  /** Columns that a put is told beside the rows. */
  readonly scope: readonly string[];
  /** Columns by which a reading asks for a part of the table. */
  readonly filter: readonly string[];
  /** Fields that are text; the others are numbers. */
  readonly texts: readonly (keyof Row & string)[];
  /** Whether it has the column `kept`: rows that retention spares. */
  readonly keeps: boolean;
  /** Makes a row of cells that lie in the order of the kind's fields. */
  readonly readRow: (cells: Cells, row: number) => Row;
}

export const CANDLES: Table<Candle> = {
  name: 'candles',
  kind: CANDLE,
  scope: ['symbol', 'interval_sec'],
  filter: ['symbol', 'interval_sec'],
  texts: [],
  keeps: true,
  readRow: (cells, row) => ({
    timeSec: cells.number(0, row),
    open: cells.number(1, row),
    high: cells.number(2, row),
    low: cells.number(3, row),
    close: cells.number(4, row),
    volume: cells.number(5, row),
  }),
};

export const OPEN_INTERESTS: Table<OpenInterest> = {
  name: 'open_interest',
  kind: OPEN_INTEREST,
  scope: ['symbol'],
  filter: ['symbol'],
  texts: [],
  keeps: true,
  readRow: (cells, row) => ({ timeSec: cells.number(0, row), usd: cells.number(1, row) }),
};

export const LIQUIDATIONS: Table<Liquidation> = {
  name: 'liquidations',
  kind: LIQUIDATION,
  scope: ['symbol'],
  filter: ['symbol'],
  texts: ['side'],
  keeps: true,
  readRow: (cells, row) => ({
    timeSec: cells.number(0, row),
    side: sideOf(cells.text(1, row)),
    priceUsd: cells.number(2, row),
    usd: cells.number(3, row),
  }),
};

export const PRICES: Table<PriceRecord> = {
  name: 'price_estimates',
  kind: PRICE,
  scope: [],
  filter: [],
  texts: [],
  keeps: false,
  readRow: (cells, row) => ({
    timeSec: cells.number(0, row),
    priceUsd: cells.number(1, row),
    lowUsd: cells.number(2, row),
    highUsd: cells.number(3, row),
    confidence: cells.number(4, row),
  }),
};

export const SNAPSHOTS: Table<SnapshotRecord> = {
  name: 'snapshots',
  kind: SNAPSHOT,
  scope: [],
  filter: ['symbol'],
  texts: ['symbol', 'dataJson'],
  keeps: false,
  readRow: (cells, row) => ({
    timeSec: cells.number(0, row),
    symbol: cells.text(1, row),
    dataJson: cells.text(2, row),
  }),
};

/** The names of the columns that the fields lie in. */
export function fieldColumns<Row extends TimedRow>({ kind }: Table<Row>): string[] {
  return kind.fields.map((field) =>
    field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
}

/** A field's value as the database takes it. */
export function cellOf<Row extends TimedRow>(row: Row, field: keyof Row & string): string | number {
  const value: unknown = row[field];
  if (typeof value === 'number' || typeof value === 'string') return value;
  throw new TypeError(`${field} is ${String(value)}, neither a number nor text`);
}

function sideOf(text: string): Side {
  if (text === 'long' || text === 'short') return text;
  throw new TypeError(`a liquidation has the side ${text}, not long or short`);
}
