import type { Move } from '../chart-mark.ts';
import type { ChartGestures } from './chart-gestures.ts';

/** What is used of a `KeyboardEvent`. */
export interface Key {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

export interface KeyTarget {
  moved(move: Move): void;
  left(): void;
}

const MOVES: Readonly<Record<string, Move>> = {
  ArrowLeft: 'older',
  ArrowRight: 'newer',
  ArrowUp: 'higher',
  ArrowDown: 'lower',
  Home: 'first',
  End: 'last',
};

const ZOOM_FACTOR = 0.7;
const STEP_SHARE = 0.25;

type Act = (chart: ChartGestures) => void;

/** Without Shift the plus of many keyboards is an equals sign. */
const ACTS: Readonly<Record<string, Act>> = {
  '+': (chart) => chart.zoomed(ZOOM_FACTOR, null),
  '=': (chart) => chart.zoomed(ZOOM_FACTOR, null),
  '-': (chart) => chart.zoomed(1 / ZOOM_FACTOR, null),
  '0': (chart) => chart.reset(),
};

const SHIFT_ACTS: Readonly<Record<string, Act>> = {
  ...ACTS,
  ArrowLeft: (chart) => chart.stepped(-STEP_SHARE),
  ArrowRight: (chart) => chart.stepped(STEP_SHARE),
};

/** Does what the key stands for. @returns whether it stands for anything */
export function pressKey(key: Key, target: KeyTarget, chart: ChartGestures): boolean {
  // The browser's own: with Ctrl these zoom the page, with Alt they go back in its history.
  if (key.ctrlKey || key.metaKey || key.altKey) return false;
  const act = (key.shiftKey ? SHIFT_ACTS : ACTS)[key.key];
  const move = MOVES[key.key];
  if (act) act(chart);
  else if (move) target.moved(move);
  else if (key.key === 'Escape') target.left();
  else return false;
  return true;
}
