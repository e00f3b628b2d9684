/**
 * What the address says is to be seen: `#/price/3h` or `#/heatmap/BTCUSDT/1d`, and behind that what
 * a person zoomed to: `/1200s` for the newest 1,200 seconds, `/1763650000-1763660000` for a stretch
 * between two unix seconds. `?embed=price` or `?embed=heatmap` shows one chart for another page.
 */
import type { HeatChoice } from './heatmap/heatmap.ts';
import { isRangeName, RANGE_DEFAULT } from './heatmap/time-plan.ts';
import { isPriceSpanName, PRICE_SPAN_DEFAULT, type PriceChoice } from './price-span.ts';
import type { TimeWindow } from './time-window.ts';

export type ViewName = 'price' | 'heatmap';

export interface Route {
  readonly view: ViewName;
  /** What the address says of the price, where it does. */
  readonly price: PriceChoice | null;
  /** What the address says of the map, where it does. */
  readonly heatmap: HeatChoice | null;
}

/** Longer names are no symbols. */
const SYMBOL_MAX = 40;
/** A second of the year 2200; anything later is a slip. */
const TIME_MAX_SEC = 7_258_118_400;

/** Null for an address that names neither view. Never throws. */
export function readRoute(hash: string): Route | null {
  const view = readView(hash);
  if (view === null) return null;
  const parts = hash.split('/').slice(2);
  return view === 'price'
    ? { view, price: readPrice(parts), heatmap: null }
    : { view, price: null, heatmap: readHeatmap(parts) };
}

/** The same, for the view alone. */
export function readView(hash: string): ViewName | null {
  const [start, name] = hash.split('/');
  return start === '#' ? viewNamed(name) : null;
}

export function priceHash({ span, zoom }: PriceChoice): string {
  return `#/price/${span}${zoomText(zoom)}`;
}

export function heatmapHash({ symbol, range, zoom }: HeatChoice): string {
  if (symbol === null) return '#/heatmap';
  return `#/heatmap/${encodeURIComponent(symbol)}/${range}${zoomText(zoom)}`;
}

/** @param search the query of the address; null where the page stands by itself */
export function readEmbed(search: string): ViewName | null {
  return viewNamed(new URLSearchParams(search).get('embed'));
}

function viewNamed(name: unknown): ViewName | null {
  return name === 'price' || name === 'heatmap' ? name : null;
}

function readPrice([span = '', zoom = '']: readonly string[]): PriceChoice | null {
  if (span === '') return null;
  return { span: isPriceSpanName(span) ? span : PRICE_SPAN_DEFAULT, zoom: readZoom(zoom) };
}

function readHeatmap([symbol = '', range = '', zoom = '']: readonly string[]): HeatChoice | null {
  const name = decoded(symbol);
  if (name === '' || name.length > SYMBOL_MAX) return null;
  return {
    symbol: name,
    range: isRangeName(range) ? range : RANGE_DEFAULT,
    zoom: readZoom(zoom),
  };
}

function readZoom(text: string): TimeWindow | null {
  const [, last, from, to] = /^(?:(\d{1,9})s|(\d{1,10})-(\d{1,10}))$/.exec(text) ?? [];
  if (last !== undefined) return Number(last) > 0 ? { spanSec: Number(last), endSec: null } : null;
  const spanSec = Number(to) - Number(from);
  return spanSec > 0 && Number(to) <= TIME_MAX_SEC ? { spanSec, endSec: Number(to) } : null;
}

function zoomText(zoom: TimeWindow | null): string {
  if (zoom === null) return '';
  const spanSec = Math.max(1, Math.round(zoom.spanSec));
  if (zoom.endSec === null) return `/${spanSec}s`;
  const endSec = Math.round(zoom.endSec);
  return `/${endSec - spanSec}-${endSec}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: no symbol has one.
    return '';
  }
}
