import { encodePriceHistory, REFUSALS } from '@tidegauge/protocol';
import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import { type Answer, polledAnswer, refusalAnswer } from './answer.ts';
import { ClientTurns } from './client-turns.ts';
import { type HistoryRange, intervalsWithin, readRange } from './history-range.ts';
import { fittingInterval, PRICE_INTERVALS_SEC } from './intervals.ts';
import { HISTORY_DEADLINE_MS, PRICE_POINTS_MAX, SHORT_ANSWER_TURNS } from './limits.ts';
import { QueryReader } from './query-reader.ts';
import type { Route, RouteRequest } from './router.ts';

/** As many as a chart has room for. */
const POINTS_WANTED = 1_500;
const SPAN_SEC = 86_400;

/** What the history of the price is read from. */
export interface PriceHistoryView {
  /** True when the price is made up. */
  readonly demo: boolean;
  readonly store: Store;
  nowSec(): number;
}

/** Live prices of the past. */
export function priceHistoryRoute(view: PriceHistoryView, clock: Clock): Route {
  const turns = new ClientTurns(clock, SHORT_ANSWER_TURNS);
  return {
    path: '/api/v1/price/history',
    parameters: ['from', 'to', 'interval'],
    answer: async (request) => {
      const reader = new QueryReader(request.query);
      const range = readPriceRange(reader, view.nowSec());
      if (range === null) {
        return refusalAnswer(REFUSALS.invalidParameter, reader.problems.join('; '));
      }
      return turns.run(request, () => priceHistoryAnswer(view, range, request));
    },
  };
}

/** Null when something is wrong: the reader then has the problems. */
function readPriceRange(reader: QueryReader, nowSec: number): HistoryRange | null {
  const range = readRange(reader, {
    names: { from: 'from', to: 'to', interval: 'interval' },
    pieces: 'points',
    piecesMax: PRICE_POINTS_MAX,
    nowSec,
    intervalsSec: PRICE_INTERVALS_SEC,
    interval: (spanSec) => fittingInterval(PRICE_INTERVALS_SEC, spanSec ?? SPAN_SEC, POINTS_WANTED),
    spanSec: () => SPAN_SEC,
  });
  return range === null ? null : intervalsWithin(range);
}

async function priceHistoryAnswer(
  view: PriceHistoryView,
  { fromSec, toSec, intervalSec }: HistoryRange,
  { ifNoneMatch, signal }: RouteRequest,
): Promise<Answer> {
  const options = { signal, deadlineMs: HISTORY_DEADLINE_MS };
  const points = await view.store.prices({ fromSec, toSec }, intervalSec, options);
  return polledAnswer(encodePriceHistory(view.demo, points), ifNoneMatch);
}
