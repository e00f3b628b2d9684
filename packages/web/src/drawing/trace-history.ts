import type { PriceColumns } from '../model/price-history.ts';
import { type PriceScale, priceToY } from '../model/price-scale.ts';
import { SAMPLE_ROW } from '../model/sample-row.ts';
import { type TimeScale, timeToX } from '../model/time-scale.ts';
import type { Panel } from './scene.ts';

/** A stretch of samples without a break between them: first and last index. */
export type Run = readonly [first: number, last: number];

/** The runs that are in sight, each with one sample more where it goes on beyond an edge. */
export function runsOf(history: PriceColumns, { fromSec, toSec }: TimeScale): readonly Run[] {
  const { rows } = history;
  const start = Math.max(0, history.indexFrom(fromSec) - 1);
  const end = Math.min(history.length, history.indexFrom(toSec) + 1);
  const runs: Run[] = [];
  let first = -1;
  for (let i = start; i <= end; i += 1) {
    const present = i < end && !Number.isNaN(rows[i * SAMPLE_ROW.length + SAMPLE_ROW.priceUsd]);
    if (present && first === -1) first = i;
    if (!present && first !== -1) {
      runs.push([first, i - 1]);
      first = -1;
    }
  }
  return runs;
}

export type Column = 'priceUsd' | 'lowUsd' | 'highUsd';

/**
 * The corners of one line through a run, left to right, as `x, y, x, y`.
 * @param stepPx samples closer together than this are drawn as one
 */
export function corners(
  panel: Panel,
  scale: PriceScale,
  run: Run,
  column: Column,
  stepPx: number,
): number[] {
  const { history, timeScale, line } = panel;
  const { fromSec, toSec, leftPx, widthPx } = timeScale;
  const { rows } = history;
  const path: number[] = [];
  for (const row of cornerRows(rows, run, column, ((toSec - fromSec) / widthPx) * stepPx)) {
    const x = timeToX(timeScale, rows[row]!);
    if (line === 'held' && path.length > 0) path.push(x, path.at(-1)!);
    path.push(x, priceToY(scale, rows[row + SAMPLE_ROW[column]]!));
  }
  if (line === 'held' && run[1] === history.length - 1) path.push(leftPx + widthPx, path.at(-1)!);
  return path;
}

/**
 * Where the rows begin that a line turns at: of the samples within a step, the price turns at the
 * lowest and the highest, an end of the interval at the outermost; and the run begins and ends
 * where it does. Steps are counted from 1970, so that the choice stays while time moves on.
 */
function cornerRows(rows: Float64Array, run: Run, column: Column, stepSec: number): number[] {
  const at = SAMPLE_ROW[column];
  const start = run[0] * SAMPLE_ROW.length;
  const end = run[1] * SAMPLE_ROW.length;
  const picked = [start];
  const pick = (row: number): void => {
    if (picked.at(-1)! < row) picked.push(row);
  };
  for (let row = start; row <= end; ) {
    const nextSec = (Math.floor(rows[row]! / stepSec) + 1) * stepSec;
    let lowest = row;
    let highest = row;
    for (row += SAMPLE_ROW.length; row <= end && rows[row]! < nextSec; row += SAMPLE_ROW.length) {
      if (rows[row + at]! < rows[lowest + at]!) lowest = row;
      if (rows[row + at]! > rows[highest + at]!) highest = row;
    }
    if (column === 'lowUsd') highest = lowest;
    if (column === 'highUsd') lowest = highest;
    pick(Math.min(lowest, highest));
    pick(Math.max(lowest, highest));
  }
  pick(end);
  return picked;
}
