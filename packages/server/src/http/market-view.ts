import type { Candle } from '@tidegauge/liquidations';
import { REFUSALS } from '@tidegauge/protocol';
import { nearMiss } from '../near-miss.ts';
import type { HeatmapMarket } from '../pipelines/heatmap-feed.ts';
import type { Store } from '../store/store.ts';
import { type Answer, refusalAnswer } from './answer.ts';
import { shorten } from './router.ts';

/** What the routes of the heatmap read, at the moment of a request. */
export interface MarketView {
  /** True when the data is made up. */
  readonly demo: boolean;
  readonly store: Store;
  nowSec(): number;
  /** In the order they are offered. */
  markets(): readonly HeatmapMarket[];
  /** The text of a market's newest snapshot message; null before its first candle. */
  heatmap(symbol: string): string | null;
  /** A market's newest candle while it is not closed; null: none. */
  candleInProgress(symbol: string): Candle | null;
}

/** Undefined for a symbol that is not carried. */
export function marketOf(view: MarketView, symbol: string): HeatmapMarket | undefined {
  return view.markets().find((market) => market.symbol === symbol);
}

/** 404 naming the symbols that there are, and the one that was probably meant. */
export function unknownSymbolAnswer(view: MarketView, symbol: string): Answer {
  const symbols = view.markets().map((market) => market.symbol);
  const sameLetters = symbols.find((each) => each === symbol.toUpperCase());
  const meant = sameLetters ?? nearMiss(shorten(symbol), symbols);
  const hint = meant === null ? '' : ` (did you mean ${meant}?)`;
  const allowed = symbols.length === 0 ? 'none at present' : symbols.join(', ');
  const message = `symbol '${shorten(symbol)}' is not carried here${hint}; allowed is ${allowed}`;
  return refusalAnswer(REFUSALS.unknownSymbol, message);
}
