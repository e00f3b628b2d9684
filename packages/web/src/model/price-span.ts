/** How far back the chart of the price looks. */
import type { TimeWindow } from './time-window.ts';

/** `auto`: as far as there is anything to show, up to three hours; each panel by itself. */
export type PriceSpanName = 'auto' | '30m' | '1h' | '3h' | '6h' | '12h' | '24h';

export const PRICE_SPAN_DEFAULT: PriceSpanName = 'auto';

/** Null for `auto`. */
const SPANS_MIN: Readonly<Record<PriceSpanName, number | null>> = {
  auto: null,
  '30m': 30,
  '1h': 60,
  '3h': 180,
  '6h': 360,
  '12h': 720,
  '24h': 1440,
};

export function isPriceSpanName(text: string): text is PriceSpanName {
  return Object.hasOwn(SPANS_MIN, text);
}

/** Null for `auto`, which goes by what a panel has to show. */
export function priceSpanSec(name: PriceSpanName): number | null {
  const minutes = SPANS_MIN[name];
  return minutes === null ? null : minutes * 60;
}

/** What a person wants to see of the price. */
export interface PriceChoice {
  readonly span: PriceSpanName;
  /** Null: the span as it is. */
  readonly zoom: TimeWindow | null;
}

export const PRICE_CHOICE_DEFAULT: PriceChoice = { span: PRICE_SPAN_DEFAULT, zoom: null };
