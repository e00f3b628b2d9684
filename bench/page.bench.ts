/**
 * The page in headless Chromium, before a stand-in of the server that says what is needed over a
 * real WebSocket: frames, first load, shifts, answers to input, eight hours of updates. Every row
 * prints what it found, its bar, and whether that was met.
 *
 * `npm run bench -- page` runs all rows, `npm run bench -- page load shift` some. PAGE_DIST names
 * the folder of another build of the page, to be measured in the place of this one.
 */
import { dayRow } from './page/day-row.ts';
import { framesRow } from './page/frames-row.ts';
import { heatmapRow } from './page/heatmap-row.ts';
import { hiddenRow } from './page/hidden-row.ts';
import { inputRow } from './page/input-row.ts';
import { loadRow } from './page/load-row.ts';
import { closeAll, LAPTOP, WALL } from './page/screens.ts';
import { shiftRow } from './page/shift-row.ts';
import { type Row, runTable } from './table.ts';

const WEBGL = { ...LAPTOP, renderer: 'webgl' } as const;
const CANVAS = { ...LAPTOP, renderer: 'canvas' } as const;

const ROWS: readonly Row[] = [
  framesRow('frames-2000', { points: 2_000, sight: LAPTOP, leastFps: 60 }),
  framesRow('frames-50000-webgl', { points: 50_000, sight: WEBGL, leastFps: 60 }),
  framesRow('frames-50000-canvas', { points: 50_000, sight: CANVAS, leastFps: 30 }),
  framesRow('frames-wall', { points: 50_000, sight: WALL, leastFps: null }),
  heatmapRow(),
  loadRow(),
  shiftRow(),
  inputRow('input-webgl', WEBGL),
  inputRow('input-canvas', CANVAS),
  hiddenRow(),
  dayRow(),
];

await runTable(ROWS, closeAll);
