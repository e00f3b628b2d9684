import {
  type LeverageWeights,
  maintenanceRate,
  parseLeverageWeights,
} from '@tidegauge/liquidations';
import { isoTime, REFUSALS } from '@tidegauge/protocol';
import type { HeatmapMarket } from '../pipelines/heatmap-feed.ts';
import type { ColumnTimes } from '../pipelines/heatmap-history-columns.ts';
import { type Answer, refusalAnswer } from './answer.ts';
import { type HistoryRange, readRange } from './history-range.ts';
import { CHART_INTERVALS_SEC, fittingInterval, intervalsFrom } from './intervals.ts';
import { CANDLES_MAX, COLUMNS_MAX } from './limits.ts';
import { type MarketView, marketOf, unknownSymbolAnswer } from './market-view.ts';
import { QueryReader } from './query-reader.ts';

/** As many as a chart has room for. */
const COLUMNS_WANTED = 500;
const SPAN_SEC = 86_400;
/** What no price needs; what is allowed at the prices of a time is known once they are read. */
const ANY_BIN_USD = { min: 1e-9, max: 1e9 } as const;

export const TIME_SERIES_PARAMETERS: readonly string[] = [
  'symbol',
  'start_time',
  'end_time',
  'interval',
  'price_bin_size',
  'leverage_weights',
];

/** What a request asks for, once everything is as it is allowed. */
export interface TimeSeriesRequest {
  readonly market: HeatmapMarket;
  readonly times: ColumnTimes;
  /** Null: the usual size at these prices. */
  readonly binUsd: number | null;
  /** Null: those of the server. */
  readonly leverageWeights: LeverageWeights | null;
}

/** What is asked for, or the refusal of it. */
export function readTimeSeriesRequest(
  view: MarketView,
  query: URLSearchParams,
  nowSec: number,
): TimeSeriesRequest | Answer {
  const reader = new QueryReader(query);
  const symbol = reader.text('symbol');
  const market = marketOf(view, symbol ?? '');
  if (symbol !== null && market === undefined) return unknownSymbolAnswer(view, symbol);
  if (!query.has('symbol')) {
    const symbols = view.markets().map((each) => each.symbol);
    reader.refuse(`symbol is missing; allowed is ${symbols.join(', ')}`);
  }
  const binUsd = reader.number('price_bin_size', ANY_BIN_USD);
  const leverageWeights = readWeights(reader, symbol ?? '');
  const range = readColumnRange(reader, market, nowSec);
  if (range === null || market === undefined) {
    return refusalAnswer(REFUSALS.invalidParameter, reader.problems.join('; '));
  }
  return { market, times: columnTimes(range, nowSec), binUsd, leverageWeights };
}

function readWeights(reader: QueryReader, symbol: string): LeverageWeights | null {
  const given = reader.text('leverage_weights');
  if (given === null) return null;
  const parsed = parseLeverageWeights(given, maintenanceRate(symbol));
  return parsed.ok ? parsed.weights : reader.refuse(`leverage_weights: ${parsed.problem}`);
}

function readColumnRange(
  reader: QueryReader,
  market: HeatmapMarket | undefined,
  nowSec: number,
): HistoryRange | null {
  const intervalsSec =
    market === undefined ? CHART_INTERVALS_SEC : intervalsFrom(market.intervalSec);
  const range = readRange(reader, {
    names: { from: 'start_time', to: 'end_time', interval: 'interval' },
    pieces: 'columns',
    piecesMax: COLUMNS_MAX,
    nowSec,
    intervalsSec,
    interval: (spanSec) => fittingInterval(intervalsSec, spanSec ?? SPAN_SEC, COLUMNS_WANTED),
    spanSec: () => SPAN_SEC,
  });
  if (range === null || market === undefined) return null;
  const candles = Math.ceil((range.toSec - range.fromSec) / market.intervalSec);
  if (candles <= CANDLES_MAX) return range;
  return reader.refuse(
    `start_time (${isoTime(range.fromSec)}) to end_time (${isoTime(range.toSec)}) is ${candles} ` +
      `candles; allowed are ${CANDLES_MAX}: a shorter time`,
  );
}

/** Columns end at the multiples of their length within the range, but never in the future. */
function columnTimes({ fromSec, toSec, intervalSec }: HistoryRange, nowSec: number): ColumnTimes {
  const down = (timeSec: number): number => Math.floor(timeSec / intervalSec) * intervalSec;
  return {
    firstSec: down(fromSec) + intervalSec,
    lastSec: down(Math.min(toSec, nowSec)),
    columnSec: intervalSec,
  };
}
