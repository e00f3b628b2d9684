/** A symbol's map through time: columns at even distances, made in small steps. */
import type { Candle, OpenInterest } from './candle.ts';
import type { EngineOptions } from './engine-settings.ts';
import { JoinedEngine } from './joined-engine.ts';
import { OpenInterestTrack } from './open-interest-track.ts';
import type { Gap, HeatmapLevel } from './snapshot.ts';

export const COLUMNS_MAX = 2_000;
/** Candles between two moments at which the caller has its turn: well below a millisecond. */
const CANDLES_A_STEP = 256;

export interface TimeSeriesRequest extends EngineOptions {
  /** In order of time; those before `fromSec` only fill the map. */
  readonly candles: Iterable<Candle>;
  readonly openInterest: readonly OpenInterest[];
  readonly openInterestPeriodSec: number;
  /** The first column, unix seconds, and the last at the latest. */
  readonly fromSec: number;
  readonly toSec: number;
  /** From one column to the next. */
  readonly columnSec: number;
}

/** The map at one moment. */
export interface HeatmapColumn {
  readonly timeSec: number;
  readonly levels: readonly HeatmapLevel[];
}

/** Columns and what happened from the first to the last of them. */
export interface HeatmapTimeSeries {
  readonly columns: readonly HeatmapColumn[];
  /** Of all levels; null when there are none. */
  readonly priceRangeUsd: { readonly low: number; readonly high: number } | null;
  readonly openedLongUsd: number;
  readonly openedShortUsd: number;
  readonly consumedLongUsd: number;
  readonly consumedShortUsd: number;
  readonly gaps: readonly Gap[];
}

/**
 * Makes the columns. The caller has its turn at each `yield` and goes on when it likes; the value
 * yielded is the number of candles taken so far.
 *
 * A column at a time shows the map after the last candle that ended by then; where a candle is
 * missing it repeats what was known. Columns before the first candle are left out.
 */
export function* heatmapTimeSeries(
  request: TimeSeriesRequest,
): Generator<number, HeatmapTimeSeries> {
  const { columnSec, toSec, fromSec, intervalSec } = request;
  if (!(columnSec > 0)) throw new RangeError(`columns each ${columnSec} s: it has to be above 0`);
  if ((toSec - fromSec) / columnSec >= COLUMNS_MAX) {
    throw new RangeError(`more than ${COLUMNS_MAX} columns from ${fromSec} to ${toSec}`);
  }
  const track = new OpenInterestTrack(request.openInterestPeriodSec);
  for (const sample of request.openInterest) track.take(sample);
  const joined = new JoinedEngine(request, track);
  const sheet = new ColumnSheet(joined);
  let dueSec = fromSec;
  let taken = 0;
  for (const candle of request.candles) {
    const endSec = candle.timeSec + intervalSec;
    if (endSec > toSec) break;
    for (; dueSec < endSec; dueSec += columnSec) sheet.add(dueSec);
    joined.accept(candle);
    taken += 1;
    if (taken % CANDLES_A_STEP === 0) yield taken;
  }
  for (; dueSec <= toSec; dueSec += columnSec) sheet.add(dueSec);
  return sheet.finish();
}

class ColumnSheet {
  readonly #joined: JoinedEngine;
  readonly #columns: HeatmapColumn[] = [];
  #low = Number.POSITIVE_INFINITY;
  #high = Number.NEGATIVE_INFINITY;
  #start: { opened: [number, number]; consumed: [number, number] } | null = null;

  constructor(joined: JoinedEngine) {
    this.#joined = joined;
  }

  add(timeSec: number): void {
    const { engine } = this.#joined;
    if (Number.isNaN(engine.endSec)) return;
    this.#start ??= this.#totals();
    const { levels, bucketUsd } = engine.snapshot();
    this.#columns.push({ timeSec, levels });
    if (levels.length === 0) return;
    this.#low = Math.min(this.#low, levels[0]!.priceUsd);
    this.#high = Math.max(this.#high, levels.at(-1)!.priceUsd + bucketUsd);
  }

  finish(): HeatmapTimeSeries {
    const end = this.#totals();
    const start = this.#start ?? end;
    const some = this.#low <= this.#high;
    return {
      columns: this.#columns,
      priceRangeUsd: some ? { low: this.#low, high: this.#high } : null,
      openedLongUsd: end.opened[0] - start.opened[0],
      openedShortUsd: end.opened[1] - start.opened[1],
      consumedLongUsd: end.consumed[0] - start.consumed[0],
      consumedShortUsd: end.consumed[1] - start.consumed[1],
      gaps: this.#joined.snapshot().gaps,
    };
  }

  #totals(): { opened: [number, number]; consumed: [number, number] } {
    const { longs, shorts } = this.#joined.engine;
    return {
      opened: [longs.createdUsd, shorts.createdUsd],
      consumed: [longs.consumedUsd, shorts.consumedUsd],
    };
  }
}
