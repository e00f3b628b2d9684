/**
 * The liquidation map of one symbol from live feeds.
 *
 * Candles and samples of open interest may come in any order, twice, and be corrected. They wait
 * until nothing that comes in time can change what they mean; then `settle` commits them for good.
 * What waits, and the candle in progress, counts provisionally in each snapshot. So the result
 * depends on what came and not on the order in which it came, and a restart from saved state goes
 * on as if nothing had happened.
 *
 * A candle is committed when the newest one ended three sampling periods of open interest and the
 * time that data may be late after it. What comes later than that is refused: to take it in, start
 * anew from the stored history.
 */
import { ByteReader, ByteWriter } from './bytes.ts';
import { type Candle, candleProblem, type OpenInterest } from './candle.ts';
import type { EngineOptions } from './engine-settings.ts';
import { JoinedEngine } from './joined-engine.ts';
import type { CandleOutcome } from './liquidation-engine.ts';
import { OpenInterestTrack } from './open-interest-track.ts';
import type { PastDay } from './past-day.ts';
import { PendingCandles } from './pending-candles.ts';
import type { HeatmapSnapshot } from './snapshot.ts';
import { checksum, STATE_FORMAT, settingsFingerprint } from './state-format.ts';

/** What late means, unless open interest is sampled more rarely. */
const LATE_SEC = 3_600;

export interface ModelOptions extends EngineOptions {
  /** Usual time between samples of open interest, seconds: see samplingPeriodSec. */
  readonly openInterestPeriodSec: number;
}

/** What became of something that came in. */
export type Taken = 'taken' | 'unchanged' | 'too_late' | 'malformed';

export type RestoredModel =
  | { readonly ok: true; readonly model: LiquidationModel }
  | { readonly ok: false; readonly problem: string };

/** Format and fingerprint before, a checksum after what is restored. */
const HEAD_BYTES = 8;
const CHECKSUM_BYTES = 4;

/** Why saved state cannot be used; null when it can. */
function stateProblem(bytes: Uint8Array, options: ModelOptions): string | null {
  if (bytes.length < HEAD_BYTES + CHECKSUM_BYTES) {
    return `the state is damaged: it has ${bytes.length} bytes`;
  }
  const head = new ByteReader(bytes);
  const format = head.uint();
  if (format !== STATE_FORMAT) {
    return `the state has format ${format}, this version reads ${STATE_FORMAT}`;
  }
  const body = bytes.subarray(0, -CHECKSUM_BYTES);
  if (new ByteReader(bytes.subarray(-CHECKSUM_BYTES)).uint() !== checksum(body)) {
    return 'the state is damaged: its checksum does not fit';
  }
  return head.uint() === settingsFingerprint(options)
    ? null
    : 'the state was made with other settings or parameters';
}

export class LiquidationModel {
  readonly #options: ModelOptions;
  readonly #track: OpenInterestTrack;
  readonly #settled: JoinedEngine;
  readonly #pending: PendingCandles = new PendingCandles();
  readonly #settleSec: number;

  constructor(options: ModelOptions) {
    this.#options = options;
    this.#track = new OpenInterestTrack(options.openInterestPeriodSec);
    this.#settled = new JoinedEngine(options, this.#track);
    this.#settleSec = this.#track.reachSec + Math.max(LATE_SEC, options.openInterestPeriodSec);
  }

  /** When the newest committed candle ended, unix seconds; NaN when none is committed. */
  get settledSec(): number {
    return this.#settled.engine.endSec;
  }

  /** When the newest candle ends, unix seconds; NaN before any. */
  get newestSec(): number {
    const newest = this.#pending.newest;
    return newest === undefined
      ? this.settledSec
      : newest.candle.timeSec + this.#options.intervalSec;
  }

  /** Learns what is usual before the first candle, see LiquidationEngine.beginWith. */
  beginWith(days: readonly PastDay[], untilSec: number): void {
    this.#settled.engine.beginWith(days, untilSec);
  }

  /**
   * Takes a candle. A closed one replaces what was known of its time, which is how corrections are
   * taken; one in progress replaces only another in progress.
   */
  takeCandle(candle: Candle, closed: boolean): Taken {
    if (candleProblem(candle, this.#options.intervalSec) !== null) return 'malformed';
    if (candle.timeSec < this.settledSec) return 'too_late';
    return this.#pending.take(candle, closed) ? 'taken' : 'unchanged';
  }

  takeOpenInterest(sample: OpenInterest): Taken {
    const { timeSec, usd } = sample;
    if (!(Number.isFinite(timeSec) && usd >= 0 && Number.isFinite(usd))) return 'malformed';
    // A committed candle may have been read from the samples around this one.
    if (timeSec <= this.settledSec + this.#track.reachSec) return 'too_late';
    this.#track.take(sample);
    return 'taken';
  }

  /** Commits what is old enough and returns what each candle did, in order. */
  settle(): CandleOutcome[] {
    const untilSec = this.newestSec - this.#settleSec - this.#options.intervalSec;
    const ready = this.#pending.takeBefore(untilSec);
    const outcomes = ready.map(({ candle }) => this.#settled.accept(candle));
    if (ready.length > 0) this.#track.forgetBefore(this.settledSec);
    return outcomes;
  }

  /** The map with everything that came in so far; null before the first candle. */
  snapshot(bucketUsd: number = this.#options.bucketUsd): HeatmapSnapshot | null {
    if (Number.isNaN(this.newestSec)) return null;
    if (this.#pending.length === 0) return this.#settled.snapshot(bucketUsd);
    const provisional = this.#settled.clone();
    for (const { candle } of this.#pending) provisional.accept(candle);
    return provisional.snapshot(bucketUsd);
  }

  /** The whole state: a model restored from it with the same options goes on bit for bit. */
  save(): Uint8Array {
    const out = new ByteWriter();
    out.uint(STATE_FORMAT);
    out.uint(settingsFingerprint(this.#options));
    out.float(this.#options.bucketUsd);
    this.#track.save(out);
    this.#pending.save(out);
    this.#settled.save(out);
    out.uint(checksum(out.bytes()));
    return out.bytes();
  }

  /** A model from saved state, or why it cannot be had: then start from the stored history. */
  static restore(bytes: Uint8Array, options: ModelOptions): RestoredModel {
    const problem = stateProblem(bytes, options);
    if (problem !== null) return { ok: false, problem };
    const from = new ByteReader(bytes.subarray(HEAD_BYTES, -CHECKSUM_BYTES));
    const model = new LiquidationModel({ ...options, bucketUsd: from.float() });
    model.#track.restore(from);
    model.#pending.restore(from);
    model.#settled.restore(from);
    return { ok: true, model };
  }
}
