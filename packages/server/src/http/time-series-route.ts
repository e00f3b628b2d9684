import type { LeverageWeights } from '@tidegauge/liquidations';
import { REFUSALS } from '@tidegauge/protocol';
import type { Clock } from '../clock.ts';
import { columnSteps, readHistory } from '../pipelines/heatmap-history-columns.ts';
import { EndingSlices } from '../pipelines/heatmap-history-slices.ts';
import { type Answer, jsonAnswer, refusalAnswer } from './answer.ts';
import { ClientTurns } from './client-turns.ts';
import { HistoryGate } from './history-gate.ts';
import { intervalName } from './intervals.ts';
import { LONG_HISTORY_GATE, LONG_HISTORY_TURNS } from './limits.ts';
import type { MarketView } from './market-view.ts';
import { binBounds, usualBinUsd } from './price-bins.ts';
import type { Route } from './router.ts';
import { SharedAnswers } from './shared-answers.ts';
import { emptyTimeSeriesBody, timeSeriesBody } from './time-series-body.ts';
import {
  readTimeSeriesRequest,
  TIME_SERIES_PARAMETERS,
  type TimeSeriesRequest,
} from './time-series-request.ts';

export interface TimeSeriesOptions {
  readonly clock: Clock;
  /** What is taken where a request gives none; null: what was learned. */
  readonly leverageWeights: LeverageWeights | null;
}

/** The heatmap of the past: computed anew from candles and open interest. */
export function timeSeriesRoute(view: MarketView, options: TimeSeriesOptions): Route {
  const { clock, leverageWeights } = options;
  const gate = new HistoryGate(clock, LONG_HISTORY_GATE);
  const shared = new SharedAnswers(clock);
  const turns = new ClientTurns(clock, LONG_HISTORY_TURNS);
  return {
    path: '/liquidations/heatmap-timeseries',
    parameters: TIME_SERIES_PARAMETERS,
    answer: async (request) => {
      const read = readTimeSeriesRequest(view, request.query, clock.nowSec());
      if ('status' in read) return read;
      const asked = { ...read, leverageWeights: read.leverageWeights ?? leverageWeights };
      return turns.run(request, () =>
        shared.answer(JSON.stringify(asked), request.signal, (ending) =>
          gate.run(ending, (signal) => timeSeriesAnswer(view, asked, new EndingSlices(signal))),
        ),
      );
    },
  };
}

async function timeSeriesAnswer(
  view: MarketView,
  { market, times, binUsd, leverageWeights }: TimeSeriesRequest,
  slices: EndingSlices,
): Promise<Answer> {
  const { symbol, intervalSec } = market;
  const head = { symbol, interval: intervalName(times.columnSec), demo: view.demo };
  const columns = Math.max(0, (times.lastSec - times.firstSec) / times.columnSec + 1);
  const series = { symbol, intervalSec };
  const history = columns > 0 ? await readHistory(view.store, series, times, slices) : null;
  if (history === null || history.candles.length === 0) {
    const unused = binUsd ?? market.bucketUsd;
    return jsonAnswer(200, emptyTimeSeriesBody({ ...head, bucketUsd: unused }));
  }
  const highestUsd = history.candles.reduce((highest, { high }) => Math.max(highest, high), 0);
  const bounds = binBounds(highestUsd, columns);
  const bucketUsd = binUsd ?? usualBinUsd(market.bucketUsd, highestUsd, bounds);
  if (bucketUsd < bounds.minUsd || bucketUsd > bounds.maxUsd) {
    const allowed = `a number from ${bounds.minUsd} to ${bounds.maxUsd}`;
    return refusalAnswer(
      REFUSALS.invalidParameter,
      `price_bin_size '${bucketUsd}' is not allowed; at these prices allowed is ${allowed}, ` +
        `for a series of ${columns} columns`,
    );
  }
  const steps = columnSteps(history, times, { bucketUsd, leverageWeights });
  return jsonAnswer(200, await timeSeriesBody({ ...head, bucketUsd }, steps, slices));
}
