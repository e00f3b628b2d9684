import type { Cells } from './cells.ts';
import type { TimedRow } from './row-kind.ts';
import type { SeriesSummary, TimeRange } from './store.ts';
import { cellOf, fieldColumns, PRICES, type Table } from './tables.ts';

export type FilterValues = readonly (string | number)[];

export interface Query {
  readonly sql: string;
  readonly values: (string | number)[];
}

/** How many rows a reading has, and the times of its first and last. */
export interface Extent {
  readonly count: number;
  readonly firstSec: number;
  readonly lastSec: number;
}

/** Gives one row for `readExtent`. */
export function extentQuery<Row extends TimedRow>(
  table: Table<Row>,
  filter: FilterValues,
  range: TimeRange,
): Query {
  const sql = `
    SELECT count(*)::DOUBLE, coalesce(min(time_sec), 0), coalesce(max(time_sec), 0)
    FROM ${table.name} WHERE ${within(table).join(' AND ')}`;
  return { sql, values: [...filter, range.fromSec, range.toSec] };
}

export function readExtent(cells: Cells): Extent {
  return {
    count: cells.number(0, 0),
    firstSec: cells.number(1, 0),
    lastSec: cells.number(2, 0),
  };
}

/**
 * Parts of the range, in order and without gaps, with about `rowsMax` rows each where rows are
 * spread evenly. DuckDB sorts all that lies in a range to give the first page of it, so readings
 * go part by part: 2.5 million candles took 26 s in pages of the whole.
 */
export function slices(
  { count, firstSec, lastSec }: Extent,
  toSec: number,
  rowsMax: number,
): TimeRange[] {
  if (count === 0) return [];
  const parts = firstSec < lastSec ? Math.ceil(count / rowsMax) : 1;
  const edge = (i: number): number => firstSec + ((lastSec - firstSec) / parts) * i;
  return Array.from({ length: parts }, (_, i) => ({
    fromSec: edge(i),
    toSec: i === parts - 1 ? toSec : edge(i + 1),
  }));
}

/**
 * A page of a reading: at most `rowsMax` rows of the range by rising key, behind `after` if given.
 * Readings go by pages so that none of them holds memory or a transaction of the database for as
 * long as its reader takes.
 */
export function pageQuery<Row extends TimedRow>(
  table: Table<Row>,
  filter: FilterValues,
  range: TimeRange,
  after: Row | null,
  rowsMax: number,
): Query {
  const columns = fieldColumns(table);
  const keyFields = table.kind.fields.slice(0, table.kind.keyCount);
  const keys = columns.slice(0, table.kind.keyCount);
  const values = [...filter, after?.timeSec ?? range.fromSec, range.toSec];
  const where = within(table);
  if (after !== null) {
    const places = keyFields.map((field) => {
      values.push(cellOf(after, field));
      return `$${values.length}`;
    });
    where.push(`(${keys.join(', ')}) > (${places.join(', ')})`);
  }
  const sql = `
    SELECT ${columns.join(', ')} FROM ${table.name}
    WHERE ${where.join(' AND ')} ORDER BY ${keys.join(', ')} LIMIT ${rowsMax}`;
  return { sql, values };
}

/** Conditions on the columns of the filter, the beginning and the end, as parameters. */
export function within<Row extends TimedRow>({ filter }: Table<Row>): string[] {
  return [
    ...filter.map((column, i) => `${column} = $${i + 1}`),
    `time_sec >= $${filter.length + 1}`,
    `time_sec < $${filter.length + 2}`,
  ];
}

/** The last price of each interval that has one. */
export function pricesQuery({ fromSec, toSec }: TimeRange, intervalSec: number): Query {
  return {
    sql: `
      SELECT ${fieldColumns(PRICES).join(', ')} FROM price_estimates
      WHERE time_sec IN (
        SELECT max(time_sec) FROM price_estimates
        WHERE time_sec >= $1 AND time_sec < $2 GROUP BY floor(time_sec / $3))
      ORDER BY time_sec`,
    values: [fromSec, toSec, intervalSec],
  };
}

export function seriesQuery(): Query {
  return {
    sql: `
      SELECT symbol, interval_sec, count(*)::DOUBLE, min(time_sec), max(time_sec)
      FROM candles GROUP BY symbol, interval_sec ORDER BY symbol, interval_sec`,
    values: [],
  };
}

export function readSeries(cells: Cells, row: number): SeriesSummary {
  return {
    symbol: cells.text(0, row),
    intervalSec: cells.number(1, row),
    count: cells.number(2, row),
    firstSec: cells.number(3, row),
    lastSec: cells.number(4, row),
  };
}
