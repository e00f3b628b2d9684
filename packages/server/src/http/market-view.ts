import type { Candle } from '@tidegauge/liquidations';
import { REFUSALS } from '@tidegauge/protocol';
import { unknownSymbol } from '../hub/unknown-symbol.ts';
import type { HeatmapMarket } from '../pipelines/heatmap-feed.ts';
import type { Store } from '../store/store.ts';
import { type Answer, refusalAnswer } from './answer.ts';

/** What the routes of the heatmap read, at the moment of a request. */
export interface MarketView {
  /** True when the data is made up. */
  readonly demo: boolean;
  readonly store: Store;
  nowSec(): number;
  /** In the order they are offered. */
  markets(): readonly HeatmapMarket[];
  /** A market's newest snapshot message, as /ws/heatmap sends it; null before its first candle. */
  heatmap(symbol: string): Buffer | null;
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
  const { message, ...details } = unknownSymbol(symbol, symbols);
  return refusalAnswer(REFUSALS.unknownSymbol, message, details);
}
