/**
 * Where leveraged positions of one symbol would be liquidated, candle by candle.
 *
 * For each candle, in this order: what the price reaches is consumed, positions are opened at the
 * close, a share of all is closed by its owners. So a position is never consumed by the candle
 * that opened it.
 *
 * Every long has a short: both sides are opened alike, in proportion to a power of the volume,
 * since positions turn over while open interest stands still; a rise of open interest opens more, a
 * fall closes. Volume counts relative to what it usually is and the scale comes from open interest,
 * so it does not matter whether volume is that of one venue or of all, of spot or of perpetuals.
 * All rates are per time: candles of 5 minutes mean what those of an hour mean.
 *
 * Two crowds open at the same levels: one is in and out within hours and is caught when volume is
 * high, the other holds for days.
 *
 * Pure: the result depends on the candles alone. Cost of a candle: what it consumes and what it opens.
 */
import { Buckets } from './buckets.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import type { Candle } from './candle.ts';
import { type CandleRates, candleRates } from './candle-rates.ts';
import { type EngineOptions, type EngineSettings, engineSettings } from './engine-settings.ts';
import { heatmapLevels } from './heatmap-levels.ts';
import type { PastDay } from './past-day.ts';
import { type Ledger, PositionBook } from './position-book.ts';
import type { HeatmapSnapshot } from './snapshot.ts';
import { UsualLevel } from './usual-level.ts';

/** What one candle did. */
export interface CandleOutcome {
  /** When the candle opened, unix seconds. */
  readonly timeSec: number;
  /** Liquidated in the candle. */
  readonly longUsd: number;
  readonly shortUsd: number;
  /** Still open after it. */
  readonly openLongUsd: number;
  readonly openShortUsd: number;
}

export class LiquidationEngine {
  readonly #settings: EngineSettings;
  readonly #rates: CandleRates;
  #longs: PositionBook;
  #shorts: PositionBook;
  #usualVolume: UsualLevel;
  #usualInterest: UsualLevel;
  /** When the last candle ended, and at what price and open interest; NaN when not known. */
  #endSec = Number.NaN;
  #closeUsd = Number.NaN;
  #interestUsd = Number.NaN;

  constructor(options: EngineOptions) {
    this.#settings = engineSettings(options);
    this.#rates = candleRates(this.#settings);
    const { bucketUsd, intervalSec, parameters } = this.#settings;
    this.#longs = new PositionBook('long', bucketUsd);
    this.#shorts = new PositionBook('short', bucketUsd);
    this.#usualVolume = new UsualLevel(parameters.usualHalfLifeSec, intervalSec);
    this.#usualInterest = new UsualLevel(parameters.usualHalfLifeSec, intervalSec);
  }

  /** When the newest candle ended, unix seconds; NaN before the first. */
  get endSec(): number {
    return this.#endSec;
  }

  get longs(): Ledger {
    return this.#longs.ledger;
  }

  get shorts(): Ledger {
    return this.#shorts.ledger;
  }

  /**
   * Learns from days before the first candle which volume and open interest are usual, as if it had
   * taken their candles; what was opened then is left out. To be called before the first candle.
   *
   * @param days - by rising time
   * @param untilSec - when the first candle is due; nothing is known between the last day and then
   */
  beginWith(days: readonly PastDay[], untilSec: number): void {
    let atSec = days[0]?.timeSec ?? untilSec;
    for (const { timeSec, candles, volumeUsd, openInterestUsd } of days) {
      const knownSec = candles * this.#settings.intervalSec;
      this.#waitUsual(timeSec - atSec);
      this.#usualVolume.takeMean(volumeUsd / candles, knownSec);
      if (openInterestUsd !== null && Number.isNaN(this.#usualInterest.mean)) {
        this.#usualInterest.takeFirst(openInterestUsd, this.#usualVolume);
      } else if (openInterestUsd !== null) {
        this.#usualInterest.takeMean(openInterestUsd, knownSec);
      }
      atSec = timeSec + knownSec;
    }
    this.#waitUsual(untilSec - atSec);
  }

  /**
   * Takes the next candle. Time may be missing before it, but it must not begin before the last one
   * ended. Prices have to be above 0 with open and close between low and high.
   *
   * @param openInterestUsd - at the end of the candle; null where it is not known: nothing is opened
   */
  accept(candle: Candle, openInterestUsd: number | null): CandleOutcome {
    const { intervalSec } = this.#settings;
    this.#waitUntil(candle.timeSec);
    const activity = this.#learnVolume(candle);
    const { crowds, fallShare } = this.#rates;
    const share0 = heldShare(activity, crowds[0].escapeVolume);
    const share1 = heldShare(activity, crowds[1].escapeVolume);
    const longUsd = this.#longs.consume(candle.low, share0, share1);
    const shortUsd = this.#shorts.consume(candle.high, share0, share1);
    let kept = 1;
    if (openInterestUsd !== null) {
      const change = this.#learnInterest(openInterestUsd);
      this.#open(candle, activity, change);
      if (change < 0) kept = (1 + Math.max(-1, change)) ** fallShare;
    }
    this.#longs.keep(kept * crowds[0].kept, kept * crowds[1].kept);
    this.#shorts.keep(kept * crowds[0].kept, kept * crowds[1].kept);
    this.#endSec = candle.timeSec + intervalSec;
    this.#closeUsd = candle.close;
    this.#interestUsd = openInterestUsd ?? Number.NaN;
    return {
      timeSec: candle.timeSec,
      longUsd,
      shortUsd,
      openLongUsd: this.#longs.openUsd,
      openShortUsd: this.#shorts.openUsd,
    };
  }

  /** The map as of the last candle's end, in buckets of its own size or another; without gaps. */
  snapshot(bucketUsd: number = this.#settings.bucketUsd): HeatmapSnapshot {
    const buckets = new Buckets(bucketUsd);
    const levels = heatmapLevels(
      this.#longs.usdByBucket(buckets),
      this.#shorts.usdByBucket(buckets),
      buckets,
    );
    return {
      timeSec: this.#endSec,
      bucketUsd,
      currentPriceUsd: this.#closeUsd,
      levels,
      totalLongUsd: this.#longs.openUsd,
      totalShortUsd: this.#shorts.openUsd,
      positionsCreated: this.longs.positionsCreated + this.shorts.positionsCreated,
      positionsConsumed: this.longs.positionsConsumed + this.shorts.positionsConsumed,
      gaps: [],
    };
  }

  /** A copy that goes on by itself. */
  clone(): LiquidationEngine {
    const copy = new LiquidationEngine(this.#settings);
    copy.#longs = this.#longs.clone();
    copy.#shorts = this.#shorts.clone();
    copy.#usualVolume = this.#usualVolume.clone();
    copy.#usualInterest = this.#usualInterest.clone();
    copy.#endSec = this.#endSec;
    copy.#closeUsd = this.#closeUsd;
    copy.#interestUsd = this.#interestUsd;
    return copy;
  }

  /** Writes the state, from which an engine of the same options goes on bit for bit. */
  save(out: ByteWriter): void {
    out.float(this.#endSec);
    out.float(this.#closeUsd);
    out.float(this.#interestUsd);
    this.#usualVolume.save(out);
    this.#usualInterest.save(out);
    this.#longs.save(out);
    this.#shorts.save(out);
  }

  static restore(options: EngineOptions, from: ByteReader): LiquidationEngine {
    const engine = new LiquidationEngine(options);
    engine.#endSec = from.float();
    engine.#closeUsd = from.float();
    engine.#interestUsd = from.float();
    engine.#usualVolume.restore(from);
    engine.#usualInterest.restore(from);
    engine.#longs = PositionBook.restore('long', options.bucketUsd, from);
    engine.#shorts = PositionBook.restore('short', options.bucketUsd, from);
    return engine;
  }

  /** Lets missing time pass: positions are closed in it as ever. */
  #waitUntil(timeSec: number): void {
    const idleSec = timeSec - this.#endSec;
    if (idleSec < 0) {
      throw new RangeError(`a candle at ${timeSec} after one that ended at ${this.#endSec}`);
    }
    if (!(idleSec > 0)) return;
    this.#waitUsual(idleSec);
    const [first, second] = this.#rates.crowds;
    const kept0 = 2 ** (-idleSec / first.halfLifeSec);
    const kept1 = 2 ** (-idleSec / second.halfLifeSec);
    this.#longs.keep(kept0, kept1);
    this.#shorts.keep(kept0, kept1);
  }

  #waitUsual(sec: number): void {
    this.#usualVolume.wait(sec);
    this.#usualInterest.wait(sec);
  }

  /** Returns the volume relative to the usual one. */
  #learnVolume({ volume, close }: Candle): number {
    const usd = volume * close;
    this.#usualVolume.take(usd);
    return usd > 0 ? usd / this.#usualVolume.mean : 0;
  }

  /** Returns the relative change since the last candle, 0 where that is not known. */
  #learnInterest(usd: number): number {
    if (Number.isNaN(this.#usualInterest.mean)) {
      this.#usualInterest.takeFirst(usd, this.#usualVolume);
    } else {
      this.#usualInterest.take(usd);
    }
    return this.#interestUsd > 0 ? usd / this.#interestUsd - 1 : 0;
  }

  #open(candle: Candle, activity: number, change: number): void {
    const { crowds, entryPoints, riseCandles, tiers, volumePower } = this.#rates;
    const turns = activity ** volumePower + riseCandles * Math.max(0, change);
    const usd = this.#usualInterest.mean * turns;
    if (!(usd > 0)) return;
    this.#longs.makeRoom(tiers.weights.length * entryPoints.length);
    this.#shorts.makeRoom(tiers.weights.length * entryPoints.length);
    for (const { at, weight } of entryPoints) {
      const reachUsd = at < 0 ? candle.close - candle.low : candle.high - candle.close;
      const usd0 = usd * weight * crowds[0].turnover;
      const usd1 = usd * weight * crowds[1].turnover;
      this.#openAt(candle.close + at * reachUsd, usd0, usd1, candle.close);
    }
  }

  /**
   * Where the close already lies beyond a position's level it is due at once, and waits at the
   * close, since nothing is consumed by the candle that opened it.
   */
  #openAt(entryUsd: number, usd0: number, usd1: number, closeUsd: number): void {
    const { weights, longFactors, shortFactors } = this.#rates.tiers;
    for (let i = 0; i < weights.length; i += 1) {
      const weight = weights[i]!;
      const longUsd = Math.min(entryUsd * longFactors[i]!, closeUsd);
      this.#longs.open(longUsd, usd0 * weight, usd1 * weight);
      const shortUsd = Math.max(entryUsd * shortFactors[i]!, closeUsd);
      this.#shorts.open(shortUsd, usd0 * weight, usd1 * weight);
    }
  }
}

/** In a quiet market some get out before they are liquidated. */
function heldShare(activity: number, escapeVolume: number): number {
  return escapeVolume === 0 ? 1 : activity / (activity + escapeVolume);
}
