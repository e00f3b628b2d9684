/** What a store says of whole days: the sums by which DuckDB and the memory store give it. */
import type { Candle, OpenInterest } from '@tidegauge/liquidations';
import type { Cells } from './cells.ts';
import { type FilterValues, type Query, within } from './queries.ts';
import type { TimedRow } from './row-kind.ts';
import type { OpenInterestDay, TimeRange, VolumeDay } from './store.ts';
import { CANDLES, OPEN_INTERESTS, type Table } from './tables.ts';

const DAY_SEC = 86_400;

export function volumeByDayQuery(filter: FilterValues, range: TimeRange): Query {
  return byDayQuery(CANDLES, 'count(*)::DOUBLE, sum(volume * close)', filter, range);
}

export function readVolumeDay(cells: Cells, row: number): VolumeDay {
  return {
    timeSec: cells.number(0, row),
    candles: cells.number(1, row),
    volumeUsd: cells.number(2, row),
  };
}

export function openInterestByDayQuery(filter: FilterValues, range: TimeRange): Query {
  const columns = 'count(*)::DOUBLE, min(time_sec), max(time_sec), avg(usd)';
  return byDayQuery(OPEN_INTERESTS, columns, filter, range);
}

export function readOpenInterestDay(cells: Cells, row: number): OpenInterestDay {
  return {
    timeSec: cells.number(0, row),
    samples: cells.number(1, row),
    firstSec: cells.number(2, row),
    lastSec: cells.number(3, row),
    meanUsd: cells.number(4, row),
  };
}

function byDayQuery<Row extends TimedRow>(
  table: Table<Row>,
  columns: string,
  filter: FilterValues,
  range: TimeRange,
): Query {
  const sql = `
    SELECT floor(time_sec / ${DAY_SEC}) * ${DAY_SEC} AS day_sec, ${columns}
    FROM ${table.name} WHERE ${within(table).join(' AND ')} GROUP BY day_sec ORDER BY day_sec`;
  return { sql, values: [...filter, range.fromSec, range.toSec] };
}

/** @param chunks by rising time */
export async function volumeDays(
  chunks: AsyncIterable<readonly Candle[]>,
): Promise<readonly VolumeDay[]> {
  const days: VolumeDay[] = [];
  for await (const chunk of chunks) {
    for (const { timeSec, volume, close } of chunk) {
      const day = lastOf(days, timeSec) ?? { candles: 0, volumeUsd: 0 };
      const { candles, volumeUsd } = day;
      const usd = volumeUsd + volume * close;
      days.push({ timeSec: dayOf(timeSec), candles: candles + 1, volumeUsd: usd });
    }
  }
  return days;
}

/** @param chunks by rising time */
export async function openInterestDays(
  chunks: AsyncIterable<readonly OpenInterest[]>,
): Promise<readonly OpenInterestDay[]> {
  const days: OpenInterestDay[] = [];
  for await (const chunk of chunks) {
    for (const { timeSec, usd } of chunk) {
      const day = lastOf(days, timeSec) ?? { samples: 0, firstSec: timeSec, meanUsd: 0 };
      const samples = day.samples + 1;
      const meanUsd = day.meanUsd + (usd - day.meanUsd) / samples;
      days.push({ ...day, timeSec: dayOf(timeSec), samples, lastSec: timeSec, meanUsd });
    }
  }
  return days;
}

/** Takes the newest day out if it is that of a time. */
function lastOf<Day extends TimedRow>(days: Day[], timeSec: number): Day | undefined {
  return days.at(-1)?.timeSec === dayOf(timeSec) ? days.pop() : undefined;
}

function dayOf(timeSec: number): number {
  return Math.floor(timeSec / DAY_SEC) * DAY_SEC;
}
