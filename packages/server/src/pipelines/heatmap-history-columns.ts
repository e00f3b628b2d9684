import {
  type Candle,
  type HeatmapLevel,
  type LeverageWeights,
  LiquidationEngine,
  maintenanceRate,
  type OpenInterest,
  OpenInterestTrack,
} from '@tidegauge/liquidations';
import type { CandleSeries, Store, TimeRange } from '../store/store.ts';
import {
  INTEREST_MARGIN_SEC,
  type MarketPast,
  readPast,
  warmUpFromSec,
} from './heatmap-history-past.ts';
import type { EndingSlices } from './heatmap-history-slices.ts';

/** Well under a millisecond of work. */
const CANDLES_A_STEP = 256;

/** Moments at even distances, each a multiple of it. */
export interface ColumnTimes {
  readonly firstSec: number;
  readonly lastSec: number;
  readonly columnSec: number;
}

/** What the columns are made from, by rising time. */
export interface MarketHistory {
  readonly series: CandleSeries;
  /** Of before the candles. */
  readonly past: MarketPast;
  readonly candles: readonly Candle[];
  readonly openInterest: readonly OpenInterest[];
}

/** Reads what the columns of a time are made from. @throws StoreError */
export async function readHistory(
  store: Store,
  series: CandleSeries,
  { firstSec, lastSec }: ColumnTimes,
  slices: EndingSlices,
): Promise<MarketHistory> {
  const range: TimeRange = { fromSec: warmUpFromSec(firstSec), toSec: lastSec };
  const around: TimeRange = {
    fromSec: range.fromSec - INTEREST_MARGIN_SEC,
    toSec: range.toSec + INTEREST_MARGIN_SEC,
  };
  const { signal } = slices;
  const [past, candles, openInterest] = await Promise.all([
    readPast(store, series, range, { signal }),
    gathered(store.candles(series, range, { signal }), slices),
    gathered(store.openInterest(series.symbol, around, { signal }), slices),
  ]);
  return { series, past, candles, openInterest };
}

/** What a series of columns is made with. */
export interface ColumnModel {
  readonly bucketUsd: number;
  /** Null: what was learned. */
  readonly leverageWeights: LeverageWeights | null;
}

/** The map at one moment, to be used before the next one is asked for. */
export interface Column {
  readonly timeSec: number;
  readonly levels: readonly HeatmapLevel[];
}

/**
 * The map at each moment that a candle ended at or, within one distance, before. Others are left
 * out: what they would show is not known. In small steps: null is a step without a column.
 *
 * @returns what was liquidated within the columns, USD
 */
export function* columnSteps(
  { series, past, candles, openInterest }: MarketHistory,
  { firstSec, lastSec, columnSec }: ColumnTimes,
  { bucketUsd, leverageWeights }: ColumnModel,
): Generator<Column | null, number> {
  const { intervalSec } = series;
  const track = new OpenInterestTrack(past.openInterestPeriodSec);
  for (const sample of openInterest) track.take(sample);
  const weights = leverageWeights === null ? {} : { leverageWeights };
  const engine = new LiquidationEngine({
    intervalSec,
    bucketUsd,
    maintenanceRate: maintenanceRate(series.symbol),
    ...weights,
  });
  engine.beginWith(past.days, candles[0]?.timeSec ?? past.untilSec);
  const column = (timeSec: number): Column => ({ timeSec, levels: engine.snapshot().levels });

  let dueSec = Number.NEGATIVE_INFINITY;
  let consumedUsd = 0;
  for (const [index, candle] of candles.entries()) {
    const endSec = candle.timeSec + intervalSec;
    const ownSec = Math.ceil(endSec / columnSec) * columnSec;
    if (ownSec > dueSec && dueSec >= firstSec) yield column(dueSec);
    dueSec = ownSec;
    const { longUsd, shortUsd } = engine.accept(candle, track.at(endSec));
    if (dueSec >= firstSec) consumedUsd += longUsd + shortUsd;
    if (index % CANDLES_A_STEP === 0) yield null;
  }
  if (dueSec >= firstSec && dueSec <= lastSec) yield column(dueSec);
  return consumedUsd;
}

async function gathered<Row>(
  chunks: AsyncIterable<readonly Row[]>,
  slices: EndingSlices,
): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const chunk of chunks) {
    rows.push(...chunk);
    await slices.breathe();
  }
  return rows;
}
