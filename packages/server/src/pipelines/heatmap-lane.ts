import {
  bucketSizeUsd,
  type Candle,
  candleProblem,
  type HeatmapSnapshot,
  type LeverageWeights,
  LiquidationModel,
  type ModelOptions,
  maintenanceRate,
  type OpenInterest,
  type Taken,
} from '@tidegauge/liquidations';
import type { Market } from '../sources/venue.ts';
import type { MarketPast } from './heatmap-history-past.ts';

/** Closed candles that are remembered, to tell a correction from one that was missing. */
const RECENT_CANDLES = 256;
/** Samples that wait for the first candle at most, the newest of them. */
const EARLY_SAMPLES_MAX = 10_000;

export interface LaneOptions {
  readonly market: Market;
  /** Usual time between two samples of open interest. */
  readonly openInterestPeriodSec: number;
  /** Instead of the learned mix. */
  readonly leverageWeights: LeverageWeights | null;
}

/**
 * - `new`: a closed candle after all the others; `in_progress`: one that is not closed.
 * - `out_of_order`: closed, after a later one, and missing until now.
 * - `corrected`: closed, and another one than before.
 * - `unchanged`, `too_late`, `malformed`: it changed nothing.
 */
export type CandleFate = 'new' | 'in_progress' | 'out_of_order' | 'corrected' | Refused;
type Refused = Exclude<Taken, 'taken'>;

/** One market: its model, its newest candle, and its map, computed when it is asked for. */
export class HeatmapLane {
  readonly market: Market;
  readonly #options: LaneOptions;
  #model: LiquidationModel | null = null;
  #bucketUsd: number | null = null;
  /** Open interest from before the first candle. */
  #early: OpenInterest[] = [];
  readonly #recentSec: Set<number> = new Set();
  #newestClosedSec: number | null = null;
  #inProgress: Candle | null = null;
  /** When the newest news of a candle came. */
  #takenSec: number = Number.POSITIVE_INFINITY;
  /** Null when something came since. */
  #snapshot: HeatmapSnapshot | null = null;
  /** Whether the model holds more than its saved state; a candle in progress comes again anyway. */
  unsaved = false;

  constructor(options: LaneOptions) {
    this.market = options.market;
    this.#options = options;
  }

  /** Opening time of the newest closed candle; null: none. */
  get newestClosedSec(): number | null {
    return this.#newestClosedSec;
  }

  /** The newest candle while it is not closed. */
  get inProgress(): Candle | null {
    return this.#inProgress;
  }

  /** Null before the first candle. */
  get bucketUsd(): number | null {
    return this.#bucketUsd;
  }

  /** Candles from here on may still change something; null: all. */
  get settledSec(): number | null {
    const settledSec = this.#model?.settledSec ?? Number.NaN;
    return Number.isNaN(settledSec) ? null : settledSec;
  }

  /** Begins anew, with buckets that suit a price and what is known of the time before. */
  begin(priceUsd: number, past: Pick<MarketPast, 'days' | 'untilSec'> | null = null): void {
    this.#bucketUsd = bucketSizeUsd(priceUsd);
    this.#model = new LiquidationModel(this.#modelOptions(this.#bucketUsd));
    if (past !== null) this.#model.beginWith(past.days, past.untilSec);
    for (const sample of this.#early) this.#model.takeOpenInterest(sample);
    this.#early = [];
    this.#snapshot = null;
  }

  /** Goes on from saved state. @returns why it cannot; null when it does */
  restore(state: Uint8Array): string | null {
    const restored = LiquidationModel.restore(state, this.#modelOptions(1));
    if (!restored.ok) return restored.problem;
    this.#model = restored.model;
    this.#bucketUsd = restored.model.snapshot()?.bucketUsd ?? null;
    this.#snapshot = null;
    return null;
  }

  /** The model's state and the end of its newest candle; null while there is none. */
  save(): { readonly state: Uint8Array; readonly timeSec: number } | null {
    const model = this.#model;
    if (model === null || Number.isNaN(model.newestSec)) return null;
    return { state: model.save(), timeSec: model.newestSec };
  }

  takeCandle(candle: Candle, closed: boolean, nowSec: number): CandleFate {
    if (candleProblem(candle, this.market.intervalSec) !== null) return 'malformed';
    if (this.#model === null) this.begin(candle.close);
    const taken = this.#model!.takeCandle(candle, closed);
    if (taken === 'taken') {
      this.#snapshot = null;
      this.#takenSec = nowSec;
      if (closed) this.unsaved = true;
    }
    if (closed) {
      // Also what saved state held already: it is the newest one that is here.
      const fate = taken === 'too_late' ? taken : this.#noteClosed(candle);
      return taken === 'taken' ? fate : taken;
    }
    const newest = candle.timeSec > (this.#newestClosedSec ?? Number.NEGATIVE_INFINITY);
    if (taken === 'taken' && newest) this.#inProgress = candle;
    return taken === 'taken' ? 'in_progress' : taken;
  }

  takeOpenInterest(sample: OpenInterest): Taken {
    if (this.#model === null) {
      this.#early.push(sample);
      if (this.#early.length > EARLY_SAMPLES_MAX) this.#early.shift();
      return 'taken';
    }
    const taken = this.#model.takeOpenInterest(sample);
    if (taken === 'taken') {
      this.#snapshot = null;
      this.unsaved = true;
    }
    return taken;
  }

  /** Commits what nothing can change any more; to be called after what came in. */
  settle(): void {
    this.#model?.settle();
  }

  /** The same object as before when nothing came since. */
  snapshot(): HeatmapSnapshot | null {
    if (this.#snapshot !== null || this.#model === null) return this.#snapshot;
    const snapshot = this.#model.snapshot();
    if (snapshot === null) return null;
    // The model dates a map to the end of its newest candle, which for one in progress is to come.
    this.#snapshot = { ...snapshot, timeSec: Math.min(snapshot.timeSec, this.#takenSec) };
    return this.#snapshot;
  }

  #noteClosed({ timeSec }: Candle): CandleFate {
    const before = this.#newestClosedSec;
    const isNew = before === null || timeSec > before;
    const seen = this.#recentSec.has(timeSec);
    if (isNew) this.#newestClosedSec = timeSec;
    if (!seen) this.#recentSec.add(timeSec);
    if (this.#recentSec.size > RECENT_CANDLES) {
      this.#recentSec.delete(this.#recentSec.values().next().value!);
    }
    if (this.#inProgress !== null && timeSec >= this.#inProgress.timeSec) this.#inProgress = null;
    if (isNew) return 'new';
    return seen ? 'corrected' : 'out_of_order';
  }

  #modelOptions(bucketUsd: number): ModelOptions {
    const { market, openInterestPeriodSec, leverageWeights } = this.#options;
    return {
      intervalSec: market.intervalSec,
      bucketUsd,
      openInterestPeriodSec,
      maintenanceRate: maintenanceRate(market.symbol),
      ...(leverageWeights === null ? {} : { leverageWeights }),
    };
  }
}
