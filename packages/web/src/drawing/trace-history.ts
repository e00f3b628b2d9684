import type { PriceColumns } from '../model/price-history.ts';
import { type PriceScale, priceToY } from '../model/price-scale.ts';
import { timeToX } from '../model/time-scale.ts';
import type { Panel } from './scene.ts';

/** A stretch of samples without a break between them: first and last index. */
export type Run = readonly [first: number, last: number];

export function runsOf(history: PriceColumns): readonly Run[] {
  const runs: Run[] = [];
  let first = -1;
  for (let i = 0; i <= history.length; i += 1) {
    const present = i < history.length && !Number.isNaN(history.priceUsd(i));
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
  const rightPx = timeScale.leftPx + timeScale.widthPx;
  const path: number[] = [];
  for (let i = run[0]; i <= run[1]; i += 1) {
    const x = timeToX(timeScale, history.timeSec(i));
    const y = priceToY(scale, history[column](i));
    if (line === 'held' && path.length > 0) path.push(x, path.at(-1)!);
    path.push(x, y);
  }
  if (line === 'held' && run[1] === history.length - 1) path.push(rightPx, path.at(-1)!);
  return path;
}
