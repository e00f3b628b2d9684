/** What the address says is to be seen: `#/price` or `#/heatmap/BTCUSDT/1d`. */
import type { HeatChoice } from './heatmap.ts';
import { isRangeName, RANGE_DEFAULT } from './time-plan.ts';

export type ViewName = 'price' | 'heatmap';

export interface Route {
  readonly view: ViewName;
  /** What the address says of the map, where it names it. */
  readonly choice: HeatChoice | null;
}

/** Longer names are no symbols. */
const SYMBOL_MAX = 40;

/** Never throws; an address that says nothing of use shows the price. */
export function readRoute(hash: string): Route {
  const [start, view, symbol = '', range = ''] = hash.split('/');
  if (start !== '#' || view !== 'heatmap') return { view: 'price', choice: null };
  const name = decoded(symbol);
  return {
    view,
    choice: {
      symbol: name !== '' && name.length <= SYMBOL_MAX ? name : null,
      range: isRangeName(range) ? range : RANGE_DEFAULT,
    },
  };
}

export function heatmapHash({ symbol, range }: HeatChoice): string {
  return symbol === null ? '#/heatmap' : `#/heatmap/${encodeURIComponent(symbol)}/${range}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: no symbol has one.
    return '';
  }
}
