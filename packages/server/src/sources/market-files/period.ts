import { intervalName } from '../../interval-name.ts';
import { INTERVAL_NAMES, isInterval } from './candle-interval.ts';
import { intervalInName } from './file-name.ts';

/** So many rows are enough to tell. */
export const FIRST_ROWS: number = 512;

/** What tells how long a candle, or a bar of open interest, lasts. */
export interface PeriodHints {
  /** Opening times of the first rows. */
  readonly timesSec: readonly number[];
  readonly names: readonly string[];
  /** What the caller says; null: nothing. */
  readonly givenSec: number | null;
}

/**
 * The length of the rows' periods: as given, else the most common distance between two rows that is
 * a length of candles, which must not contradict the name of the file; of a single row what the
 * name says.
 *
 * @throws Error when it cannot be told, or what tells it disagrees
 */
export function tellPeriod({ timesSec, names, givenSec }: PeriodHints): number {
  const distances = distancesOf(timesSec);
  const lengths = new Map([...distances].filter(([distance]) => isInterval(distance)));
  const spacing = mostCommon(lengths) ?? mostCommon(distances);
  if (givenSec !== null) {
    // Of a file with many gaps most rows may lie further apart than they are long.
    if (spacing === null || distances.has(givenSec)) return givenSec;
    throw disagreement(spacing, `--interval says ${intervalName(givenSec)}`);
  }
  const named = names.map(intervalInName).find((seconds) => seconds !== null) ?? null;
  if (spacing === null) {
    if (named !== null) return named;
    throw new Error(
      'one row does not tell how long its period is; say it in the name of the file, such as ' +
        'BTCUSDT-5m.csv',
    );
  }
  if (!isInterval(spacing)) {
    const allowed = INTERVAL_NAMES.join(', ');
    throw new Error(`its rows lie ${intervalName(spacing)} apart; allowed: ${allowed}`);
  }
  if (named === null || named === spacing) return spacing;
  throw disagreement(spacing, `its name says ${intervalName(named)}`);
}

function disagreement(spacingSec: number, other: string): Error {
  return new Error(`its rows lie ${intervalName(spacingSec)} apart, but ${other}`);
}

/** How often each distance between neighbouring times occurs. */
function distancesOf(timesSec: readonly number[]): ReadonlyMap<number, number> {
  const sorted = timesSec.toSorted((a, b) => a - b);
  const counts = new Map<number, number>();
  for (let i = 1; i < sorted.length; i += 1) {
    const distance = sorted[i]! - sorted[i - 1]!;
    if (distance > 0) counts.set(distance, (counts.get(distance) ?? 0) + 1);
  }
  return counts;
}

/** Of equally common ones the shortest. */
function mostCommon(distances: ReadonlyMap<number, number>): number | null {
  let best: number | null = null;
  let bestCount = 0;
  for (const [distance, count] of distances) {
    if (count > bestCount || (count === bestCount && distance < best!)) {
      [best, bestCount] = [distance, count];
    }
  }
  return best;
}
