import { encodeKlines, REFUSALS } from '@tidegauge/protocol';
import type { Clock } from '../clock.ts';
import type { HeatmapMarket } from '../pipelines/heatmap-feed.ts';
import { readCandles } from '../pipelines/heatmap-history-candles.ts';
import { type Answer, jsonAnswer, polledAnswer, refusalAnswer } from './answer.ts';
import { ClientTurns } from './client-turns.ts';
import { type HistoryRange, intervalsWithin, readRange } from './history-range.ts';
import { intervalName, intervalsFrom } from './intervals.ts';
import { HISTORY_DEADLINE_MS, KLINES_MAX, SHORT_ANSWER_TURNS } from './limits.ts';
import { type MarketView, marketOf, unknownSymbolAnswer } from './market-view.ts';
import { QueryReader } from './query-reader.ts';
import type { Route } from './router.ts';
import { SharedAnswers } from './shared-answers.ts';

const KLINES_DEFAULT = 500;

/** The candles of a market. */
export function klinesRoute(view: MarketView, clock: Clock): Route {
  const shared = new SharedAnswers(clock);
  const turns = new ClientTurns(clock, SHORT_ANSWER_TURNS);
  return {
    path: '/api/v1/klines/{symbol}',
    parameters: ['interval', 'from', 'to'],
    answer: async (request) => {
      const { pathValue, query } = request;
      const market = marketOf(view, pathValue);
      if (market === undefined) return unknownSymbolAnswer(view, pathValue);
      const reader = new QueryReader(query);
      const range = readKlineRange(reader, market, view.nowSec());
      if (range === null) {
        return refusalAnswer(REFUSALS.invalidParameter, reader.problems.join('; '));
      }
      const name = JSON.stringify([market.symbol, range]);
      return turns.run(request, async () => {
        const { body } = await shared.answer(name, request.signal, (ending) =>
          klinesAnswer(view, market, range, ending),
        );
        return polledAnswer(body, request.ifNoneMatch);
      });
    },
  };
}

/** Null when something is wrong: the reader then has the problems. */
function readKlineRange(
  reader: QueryReader,
  { intervalSec: storedSec }: HeatmapMarket,
  nowSec: number,
): HistoryRange | null {
  const range = readRange(reader, {
    names: { from: 'from', to: 'to', interval: 'interval' },
    pieces: 'candles',
    piecesMax: KLINES_MAX,
    nowSec,
    intervalsSec: intervalsFrom(storedSec),
    interval: () => storedSec,
    spanSec: (intervalSec) => KLINES_DEFAULT * intervalSec,
  });
  return range === null ? null : intervalsWithin(range);
}

async function klinesAnswer(
  view: MarketView,
  { symbol, intervalSec: storedSec }: HeatmapMarket,
  range: HistoryRange,
  signal: AbortSignal,
): Promise<Answer> {
  const candles = await readCandles(
    view.store,
    {
      series: { symbol, intervalSec: storedSec },
      range,
      intervalSec: range.intervalSec,
      inProgress: view.candleInProgress(symbol),
    },
    { signal, deadlineMs: HISTORY_DEADLINE_MS },
  );
  const head = { symbol, interval: intervalName(range.intervalSec), demo: view.demo };
  return jsonAnswer(200, encodeKlines(head, candles));
}
