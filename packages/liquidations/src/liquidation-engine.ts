/**
 * Where leveraged positions of one symbol would be liquidated, candle by candle.
 *
 * For each candle, in this order: what the price reaches is consumed, positions are opened at the
 * close, a share of all is closed by its owners. So a position is never consumed by the candle
 * that opened it.
 *
 * Every long has a short: both sides are opened alike, in proportion to volume, since positions
 * turn over while open interest stands still. Volume counts relative to what it usually is and the
 * scale comes from open interest, so it does not matter whether volume is that of one venue or of
 * all, of spot or of perpetuals. All rates are per time: candles of 5 minutes mean what those of an
 * hour mean.
 *
 * Pure: the result depends on the candles alone. Cost of a candle: what it consumes and what it opens.
 */
import { Buckets } from './buckets.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import type { Candle } from './candle.ts';
import { type EngineOptions, type EngineSettings, engineSettings } from './engine-settings.ts';
import { liquidationFactor } from './liquidation-price.ts';
import { CENT_USD, type Ledger, PositionBook } from './position-book.ts';
import type { HeatmapLevel, HeatmapSnapshot } from './snapshot.ts';
import { UsualLevel } from './usual-level.ts';

const HOUR_SEC = 3_600;

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

interface Tier {
  readonly weight: number;
  readonly longFactor: number;
  readonly shortFactor: number;
}

function tiersOf({ parameters, maintenanceRate }: EngineSettings): Tier[] {
  return parameters.leverageWeights.map(({ leverage, weight }) => ({
    weight,
    longFactor: liquidationFactor('long', leverage, maintenanceRate),
    shortFactor: liquidationFactor('short', leverage, maintenanceRate),
  }));
}

export class LiquidationEngine {
  readonly #settings: EngineSettings;
  readonly #tiers: readonly Tier[];
  #longs: PositionBook;
  #shorts: PositionBook;
  #usualVolume: UsualLevel;
  #usualInterest: UsualLevel;
  /** When the last candle ended, and at what price; NaN before the first. */
  #endSec = Number.NaN;
  #closeUsd = Number.NaN;

  constructor(options: EngineOptions) {
    this.#settings = engineSettings(options);
    this.#tiers = tiersOf(this.#settings);
    const { bucketUsd, parameters } = this.#settings;
    this.#longs = new PositionBook('long', bucketUsd);
    this.#shorts = new PositionBook('short', bucketUsd);
    this.#usualVolume = new UsualLevel(parameters.usualHalfLifeSec);
    this.#usualInterest = new UsualLevel(parameters.usualHalfLifeSec);
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
   * Takes the next candle. Time may be missing before it, but it must not begin before the last one
   * ended. Prices have to be above 0 with open and close between low and high.
   *
   * @param openInterestUsd - at the end of the candle; null where it is not known: nothing is opened
   */
  accept(candle: Candle, openInterestUsd: number | null): CandleOutcome {
    const { intervalSec } = this.#settings;
    const activity = this.#prepare(candle, openInterestUsd);
    const share = this.#liquidatedShare(activity);
    const longUsd = this.#longs.consume(candle.low, share);
    const shortUsd = this.#shorts.consume(candle.high, share);
    if (openInterestUsd !== null) this.#open(candle, activity);
    this.#close(intervalSec);
    this.#endSec = candle.timeSec + intervalSec;
    this.#closeUsd = candle.close;
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
    const longs = this.#longs.usdByBucket(buckets);
    const shorts = this.#shorts.usdByBucket(buckets);
    const levels: HeatmapLevel[] = [];
    const end = Math.max(longs.length, shorts.length);
    for (let index = 0; index < end; index += 1) {
      const longUsd = longs[index] ?? 0;
      const shortUsd = shorts[index] ?? 0;
      if (longUsd < CENT_USD && shortUsd < CENT_USD) continue;
      levels.push({ priceUsd: buckets.edgeUsd(index), longUsd, shortUsd });
    }
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
    return copy;
  }

  /** Writes the state, from which an engine of the same options goes on bit for bit. */
  save(out: ByteWriter): void {
    out.float(this.#endSec);
    out.float(this.#closeUsd);
    this.#usualVolume.save(out);
    this.#usualInterest.save(out);
    this.#longs.save(out);
    this.#shorts.save(out);
  }

  /** @throws TruncatedBytes */
  static restore(options: EngineOptions, from: ByteReader): LiquidationEngine {
    const engine = new LiquidationEngine(options);
    engine.#endSec = from.float();
    engine.#closeUsd = from.float();
    engine.#usualVolume.restore(from);
    engine.#usualInterest.restore(from);
    engine.#longs = PositionBook.restore('long', options.bucketUsd, from);
    engine.#shorts = PositionBook.restore('short', options.bucketUsd, from);
    return engine;
  }

  /** Lets missing time pass and learns what is usual; returns the volume relative to that. */
  #prepare(candle: Candle, openInterestUsd: number | null): number {
    const { intervalSec } = this.#settings;
    const first = Number.isNaN(this.#endSec);
    const idleSec = first ? 0 : candle.timeSec - this.#endSec;
    if (idleSec < 0) {
      throw new RangeError(`a candle at ${candle.timeSec} after one that ended at ${this.#endSec}`);
    }
    if (idleSec > 0) this.#close(idleSec);
    const volumeUsd = (candle.volume * candle.close) / intervalSec;
    this.#usualVolume.take(volumeUsd, intervalSec, idleSec);
    if (openInterestUsd !== null) this.#usualInterest.take(openInterestUsd, intervalSec, idleSec);
    return volumeUsd > 0 ? volumeUsd / this.#usualVolume.mean : 0;
  }

  /** In a fast market fewer get out by themselves before they are liquidated. */
  #liquidatedShare(activity: number): number {
    const { escapeVolume } = this.#settings.parameters;
    return escapeVolume === 0 ? 1 : activity / (activity + escapeVolume);
  }

  #open(candle: Candle, activity: number): void {
    const { intervalSec, parameters } = this.#settings;
    const { turnoverPerHour, volumePower, entryPoints } = parameters;
    const usualUsd = this.#usualInterest.mean * turnoverPerHour * (intervalSec / HOUR_SEC);
    const usd = usualUsd * activity ** volumePower;
    if (!(usd > 0)) return;
    const positions = this.#tiers.length * entryPoints.length;
    this.#longs.makeRoom(positions);
    this.#shorts.makeRoom(positions);
    for (const { at, weight } of entryPoints) {
      const reachUsd = at < 0 ? candle.close - candle.low : candle.high - candle.close;
      this.#openAt(candle.close + at * reachUsd, usd * weight, candle.close);
    }
  }

  /** Positions whose level the close already lies beyond are gone: they are not opened at all. */
  #openAt(entryUsd: number, usd: number, closeUsd: number): void {
    for (const { weight, longFactor, shortFactor } of this.#tiers) {
      const longLevelUsd = entryUsd * longFactor;
      if (longLevelUsd < closeUsd) this.#longs.open(longLevelUsd, usd * weight);
      const shortLevelUsd = entryUsd * shortFactor;
      if (shortLevelUsd > closeUsd) this.#shorts.open(shortLevelUsd, usd * weight);
    }
  }

  #close(sec: number): void {
    const kept = 2 ** (-sec / this.#settings.parameters.halfLifeSec);
    this.#longs.keep(kept);
    this.#shorts.keep(kept);
  }
}
