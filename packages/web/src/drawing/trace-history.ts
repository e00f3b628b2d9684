import { type PriceColumns, SAMPLE_ROW } from '../model/price-history.ts';
import { type PriceScale, priceToY } from '../model/price-scale.ts';
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

/** The corners of one line through a run, left to right, as `x, y, x, y`. */
export function corners(panel: Panel, scale: PriceScale, run: Run, column: Column): number[] {
  const { history, timeScale, line } = panel;
  const { fromSec, toSec, leftPx, widthPx } = timeScale;
  const { rows } = history;
  const path: number[] = [];
  for (const row of cornerRows(rows, run, SAMPLE_ROW[column], (toSec - fromSec) / widthPx)) {
    const x = timeToX(timeScale, rows[row]!);
    if (line === 'held' && path.length > 0) path.push(x, path.at(-1)!);
    path.push(x, priceToY(scale, rows[row + SAMPLE_ROW[column]]!));
  }
  if (line === 'held' && run[1] === history.length - 1) path.push(leftPx + widthPx, path.at(-1)!);
  return path;
}

/**
 * Where the rows begin that the line turns at. Of the samples on one pixel only the first, the
 * lowest, the highest and the last: the others lie between them (Jugel et al., M4, VLDB 2014).
 * Pixels are counted from the year 1970, so that the same samples are left out while time moves on.
 */
function cornerRows(rows: Float64Array, run: Run, column: number, secPerPx: number): number[] {
  const picked: number[] = [];
  const end = (run[1] + 1) * SAMPLE_ROW.length;
  for (let row = run[0] * SAMPLE_ROW.length; row < end; ) {
    const nextSec = (Math.floor(rows[row]! / secPerPx) + 1) * secPerPx;
    const first = row;
    let lowest = row;
    let highest = row;
    let last = row;
    for (row += SAMPLE_ROW.length; row < end && rows[row]! < nextSec; row += SAMPLE_ROW.length) {
      if (rows[row + column]! < rows[lowest + column]!) lowest = row;
      if (rows[row + column]! > rows[highest + column]!) highest = row;
      last = row;
    }
    for (const next of [first, Math.min(lowest, highest), Math.max(lowest, highest), last]) {
      if (picked.at(-1) !== next) picked.push(next);
    }
  }
  return picked;
}
