import {
  type Candle,
  type HeatmapLevel,
  type LeverageWeights,
  LiquidationEngine,
  maintenanceRate,
  type OpenInterest,
  OpenInterestTrack,
  samplingPeriodSec,
} from '@tidegauge/liquidations';
import type { CandleSeries, Store, TimeRange } from '../store/store.ts';
import type { EndingSlices } from './heatmap-history-slices.ts';

/**
 * How much before the first column the model begins. Positions are left open for hours or a few
 * days, so that of what was open 30 days ago next to nothing is left; and a month of candles knows
 * what volume is usual.
 */
const WARM_UP_SEC = 30 * 86_400;
/** Open interest around the candles, so that it is known at their edges at any sampling period. */
const INTEREST_MARGIN_SEC = 86_400;

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
  const range: TimeRange = { fromSec: Math.max(0, firstSec - WARM_UP_SEC), toSec: lastSec };
  const around: TimeRange = {
    fromSec: range.fromSec - INTEREST_MARGIN_SEC,
    toSec: range.toSec + INTEREST_MARGIN_SEC,
  };
  const { signal } = slices;
  const [candles, openInterest] = await Promise.all([
    gathered(store.candles(series, range, { signal }), slices),
    gathered(store.openInterest(series.symbol, around, { signal }), slices),
  ]);
  return { series, candles, openInterest };
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
  { series, candles, openInterest }: MarketHistory,
  { firstSec, lastSec, columnSec }: ColumnTimes,
  { bucketUsd, leverageWeights }: ColumnModel,
): Generator<Column | null, number> {
  const { intervalSec } = series;
  const track = new OpenInterestTrack(samplingPeriodSec(openInterest) ?? intervalSec);
  for (const sample of openInterest) track.take(sample);
  const weights = leverageWeights === null ? {} : { leverageWeights };
  const engine = new LiquidationEngine({
    intervalSec,
    bucketUsd,
    maintenanceRate: maintenanceRate(series.symbol),
    ...weights,
  });
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
