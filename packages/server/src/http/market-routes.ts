import { encodeKlines, encodeSymbols, REFUSALS } from '@tidegauge/protocol';
import type { HeatmapMarket } from '../pipelines/heatmap-feed.ts';
import { readCandles } from '../pipelines/heatmap-history-candles.ts';
import { type Answer, polledAnswer, refusalAnswer } from './answer.ts';
import { HISTORY_DEADLINE_MS, intervalsWithin, readRange } from './history-range.ts';
import { intervalName, intervalsFrom } from './intervals.ts';
import { type MarketView, marketOf, unknownSymbolAnswer } from './market-view.ts';
import { QueryReader } from './query-reader.ts';
import type { Route, RouteRequest } from './router.ts';

const KLINES_MAX = 5_000;
const KLINES_DEFAULT = 500;

/** Symbols, the newest map of each, and their candles. */
export function marketRoutes(view: MarketView): readonly Route[] {
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
    {
      path: '/api/v1/klines/{symbol}',
      parameters: ['interval', 'from', 'to'],
      answer: async (request) => {
        const market = marketOf(view, request.pathValue);
        if (market === undefined) return unknownSymbolAnswer(view, request.pathValue);
        return klinesAnswer(view, market, request);
      },
    },
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

async function klinesAnswer(
  view: MarketView,
  { symbol, intervalSec: storedSec }: HeatmapMarket,
  { query, ifNoneMatch, signal }: RouteRequest,
): Promise<Answer> {
  const reader = new QueryReader(query);
  const range = readRange(reader, {
    names: { from: 'from', to: 'to', interval: 'interval' },
    pieces: 'candles',
    piecesMax: KLINES_MAX,
    nowSec: view.nowSec(),
    intervalsSec: intervalsFrom(storedSec),
    interval: () => storedSec,
    spanSec: (intervalSec) => KLINES_DEFAULT * intervalSec,
  });
  if (range === null) return refusalAnswer(REFUSALS.invalidParameter, reader.problems.join('; '));
  const candles = await readCandles(
    view.store,
    {
      series: { symbol, intervalSec: storedSec },
      range: intervalsWithin(range),
      intervalSec: range.intervalSec,
      inProgress: view.candleInProgress(symbol),
    },
    { signal, deadlineMs: HISTORY_DEADLINE_MS },
  );
  const head = { symbol, interval: intervalName(range.intervalSec), demo: view.demo };
  return polledAnswer(encodeKlines(head, candles), ifNoneMatch);
}
