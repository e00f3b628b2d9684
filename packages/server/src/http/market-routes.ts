import { encodeSymbols, REFUSALS } from '@tidegauge/protocol';
import type { Clock } from '../clock.ts';
import { type Answer, polledAnswer, refusalAnswer } from './answer.ts';
import { intervalName } from './intervals.ts';
import { klinesRoute } from './klines-route.ts';
import { type MarketView, marketOf, unknownSymbolAnswer } from './market-view.ts';
import type { Route } from './router.ts';

/** Symbols, the newest map of each, and their candles. */
export function marketRoutes(view: MarketView, clock: Clock): readonly Route[] {
  return [
    {
      path: '/api/v1/symbols',
      parameters: [],
      answer: ({ ifNoneMatch }) => polledAnswer(symbolsText(view), ifNoneMatch),
    },
    {
      path: '/api/v1/heatmap/{symbol}',
      parameters: [],
      answer: ({ pathValue, ifNoneMatch }) => heatmapAnswer(view, pathValue, ifNoneMatch),
    },
    klinesRoute(view, clock),
  ];
}

function symbolsText(view: MarketView): string {
  const markets = view.markets().map(({ symbol, venues, intervalSec, bucketUsd }) => {
    return { symbol, venues, interval: intervalName(intervalSec), bucketUsd };
  });
  return encodeSymbols(view.demo, markets);
}

function heatmapAnswer(view: MarketView, symbol: string, ifNoneMatch: string | undefined): Answer {
  if (marketOf(view, symbol) === undefined) return unknownSymbolAnswer(view, symbol);
  const message = view.heatmap(symbol);
  if (message !== null) return polledAnswer(message, ifNoneMatch);
  return refusalAnswer(REFUSALS.nothingYet, `no candle of ${symbol} has come yet`);
}
