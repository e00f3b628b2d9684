import { encodeStaleSince, encodeSymbols, REFUSALS } from '@tidegauge/protocol';
import type { Clock } from '../clock.ts';
import type { StaleSource } from '../hub/heatmap-endpoint.ts';
import { type Answer, polledAnswer, refusalAnswer } from './answer.ts';
import { intervalName } from './intervals.ts';
import { klinesRoute } from './klines-route.ts';
import { type MarketView, marketOf, unknownSymbolAnswer } from './market-view.ts';
import type { Route } from './router.ts';

/**
 * Symbols, the newest map of each, and their candles.
 * @param staleSources the venues that are silent at a time, unix seconds
 */
export function marketRoutes(
  view: MarketView,
  clock: Clock,
  staleSources: (nowSec: number) => readonly StaleSource[] = () => [],
): readonly Route[] {
  return [
    {
      path: '/api/v1/symbols',
      parameters: [],
      answer: ({ ifNoneMatch }) => polledAnswer(symbolsText(view), ifNoneMatch),
    },
    {
      path: '/api/v1/heatmap/{symbol}',
      parameters: [],
      answer: ({ pathValue, ifNoneMatch }) =>
        heatmapAnswer(view, staleSources(clock.nowSec()), pathValue, ifNoneMatch),
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

function heatmapAnswer(
  view: MarketView,
  stale: readonly StaleSource[],
  symbol: string,
  ifNoneMatch: string | undefined,
): Answer {
  const market = marketOf(view, symbol);
  if (market === undefined) return unknownSymbolAnswer(view, symbol);
  const message = view.heatmap(symbol);
  const silent = stale.find(({ name }) => market.venues.includes(name));
  if (message !== null) return polledAnswer(withSilence(message, silent), ifNoneMatch);
  return refusalAnswer(REFUSALS.nothingYet, `no candle of ${symbol} has come yet`);
}

function withSilence(message: Buffer, silent: StaleSource | undefined): Buffer {
  if (silent === undefined) return message;
  return Buffer.concat([message.subarray(0, -1), Buffer.from(encodeStaleSince(silent.sinceSec))]);
}
