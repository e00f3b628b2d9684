/** What a person chose, kept from one visit to the next. What the address says comes first. */
import { isRangeName, RANGE_DEFAULT, type RangeName } from './heatmap/time-plan.ts';
import { isPriceSpanName, PRICE_SPAN_DEFAULT, type PriceSpanName } from './price-span.ts';
import type { ViewName } from './route.ts';

export interface Settings {
  readonly view: ViewName;
  readonly priceSpan: PriceSpanName;
  /** Null for whatever the server offers first. */
  readonly symbol: string | null;
  readonly heatRange: RangeName;
  /** 0 to 1: how much of the map is hidden as too faint. */
  readonly threshold: number;
}

export const SETTINGS_DEFAULT: Settings = {
  view: 'price',
  priceSpan: PRICE_SPAN_DEFAULT,
  symbol: null,
  heatRange: RANGE_DEFAULT,
  threshold: 0,
};

/** Takes each field that can be used, of whatever age the text is; the others are the defaults. */
export function readSettings(text: string | null): Settings {
  const { priceSpan, symbol, heatRange, threshold } = fieldsOf(text);
  return {
    ...SETTINGS_DEFAULT,
    ...(typeof priceSpan === 'string' && isPriceSpanName(priceSpan) && { priceSpan }),
    ...(typeof symbol === 'string' && symbol !== '' && { symbol }),
    ...(typeof heatRange === 'string' && isRangeName(heatRange) && { heatRange }),
    ...(typeof threshold === 'number' && threshold >= 0 && threshold <= 1 && { threshold }),
    view: readKeptView(text),
  };
}

/** The same, for the view alone. */
export function readKeptView(text: string | null): ViewName {
  return fieldsOf(text).view === 'heatmap' ? 'heatmap' : 'price';
}

export function settingsText(settings: Settings): string {
  return JSON.stringify(settings);
}

function fieldsOf(text: string | null): Partial<Record<keyof Settings, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // Written by something else, or cut short.
    return {};
  }
}
