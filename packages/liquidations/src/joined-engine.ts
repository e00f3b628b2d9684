/** An engine whose candles find their open interest by time, and that notes what was missing. */
import type { ByteReader, ByteWriter } from './bytes.ts';
import type { Candle } from './candle.ts';
import { type EngineOptions, engineSettings } from './engine-settings.ts';
import { GapLog } from './gap-log.ts';
import { type CandleOutcome, LiquidationEngine } from './liquidation-engine.ts';
import type { OpenInterestTrack } from './open-interest-track.ts';
import type { HeatmapSnapshot } from './snapshot.ts';

/** After so many half-lives what a gap left out would hardly show: 0.4 % of it would be open. */
const GAP_HALF_LIVES = 8;

export class JoinedEngine {
  readonly #options: EngineOptions;
  readonly #track: OpenInterestTrack;
  #engine: LiquidationEngine;
  #gaps: GapLog;

  constructor(options: EngineOptions, track: OpenInterestTrack) {
    this.#options = options;
    this.#track = track;
    this.#engine = new LiquidationEngine(options);
    const { crowds } = engineSettings(options).parameters;
    const halfLifeSec = Math.max(...crowds.map((crowd) => crowd.halfLifeSec));
    this.#gaps = new GapLog(GAP_HALF_LIVES * halfLifeSec);
  }

  get engine(): LiquidationEngine {
    return this.#engine;
  }

  /** Takes the next candle, see LiquidationEngine.accept. */
  accept(candle: Candle): CandleOutcome {
    const { endSec } = this.#engine;
    if (candle.timeSec > endSec) this.#gaps.note('candles', endSec, candle.timeSec);
    const ownEndSec = candle.timeSec + this.#options.intervalSec;
    const openInterestUsd = this.#track.at(ownEndSec);
    if (openInterestUsd === null && !this.#track.beginsAfter(ownEndSec)) {
      this.#gaps.note('open_interest', candle.timeSec, ownEndSec);
    }
    return this.#engine.accept(candle, openInterestUsd);
  }

  snapshot(bucketUsd?: number): HeatmapSnapshot {
    const snapshot = this.#engine.snapshot(bucketUsd);
    return { ...snapshot, gaps: this.#gaps.at(snapshot.timeSec) };
  }

  /** A copy that goes on by itself, with the same track of open interest. */
  clone(): JoinedEngine {
    const copy = new JoinedEngine(this.#options, this.#track);
    copy.#engine = this.#engine.clone();
    copy.#gaps = this.#gaps.clone();
    return copy;
  }

  /** Writes the state, without that of the track. */
  save(out: ByteWriter): void {
    this.#engine.save(out);
    this.#gaps.save(out);
  }

  restore(from: ByteReader): void {
    this.#engine = LiquidationEngine.restore(this.#options, from);
    this.#gaps.restore(from);
  }
}
