import { Random } from './random.ts';

const STEP_SEC = 10;
/** How far back a price can still be asked for. */
const KEPT_SEC = 24 * 3600;
/** The path begins this long before the demo does, so that the first payments have old quotes. */
const LEAD_SEC = 2 * 3600;
const YEAR_SEC = 365.25 * 24 * 3600;

const START_USD_MIN = 45_000;
const START_USD_MAX = 130_000;

/** Yearly volatility of the calm part: its logarithm wanders around this median. */
const VOLATILITY_MEDIAN = 0.4;
const VOLATILITY_LOG_SD = 0.35;
const VOLATILITY_MEMORY_SEC = 12 * 3600;

/** Fast moves: each makes more of them likely for a while, so they come in clusters. */
const MOVES_PER_SEC_BASE = 2.5 / 86_400;
const MOVES_PER_SEC_AFTER_ONE = 1.2 / 3600;
const MOVE_EXCITEMENT_MEMORY_SEC = 1800;
const MOVE_LOG_SD = 0.0035;
/** A fast move takes place over some minutes, its rest shrinking by this each step. */
const MOVE_REST_KEPT = Math.exp(-STEP_SEC / 90);

/**
 * The demo's hidden truth: a price that wanders as bitcoin's does (a yearly volatility of 45 to
 * 60 % in all, calm and wild days, occasional fast moves in clusters). It is a function of the
 * seed and the time of the start alone; ask in rising order of time, or up to a day back.
 */
export class PricePath {
  readonly #random: Random;
  readonly #originSec: number;
  readonly #logs: Float64Array = new Float64Array(KEPT_SEC / STEP_SEC + 2);
  #steps = 0;
  #volatilityLog: number;
  #excitement = 0;
  #moveRest = 0;

  constructor(seed: number, startTimeSec: number) {
    this.#random = new Random(seed, startTimeSec, 1);
    this.#originSec = startTimeSec - LEAD_SEC;
    const range = Math.log(START_USD_MAX / START_USD_MIN);
    this.#logs[0] = Math.log(START_USD_MIN) + range * this.#random.unit();
    this.#volatilityLog = VOLATILITY_LOG_SD * this.#random.normal();
  }

  /** USD per BTC at a unix time; before the path or over a day back: the oldest one kept. */
  priceUsd(timeSec: number): number {
    const at = Math.max(0, (timeSec - this.#originSec) / STEP_SEC);
    const step = Math.floor(at);
    while (this.#steps < step + 1) this.#advance();
    const oldest = Math.max(0, this.#steps - this.#logs.length + 1);
    if (step < oldest) return Math.exp(this.#logAt(oldest));
    const before = this.#logAt(step);
    return Math.exp(before + (at - step) * (this.#logAt(step + 1) - before));
  }

  #logAt(step: number): number {
    return this.#logs[step % this.#logs.length]!;
  }

  #advance(): void {
    const random = this.#random;
    const kept = Math.exp(-STEP_SEC / VOLATILITY_MEMORY_SEC);
    this.#volatilityLog =
      kept * this.#volatilityLog + VOLATILITY_LOG_SD * Math.sqrt(1 - kept * kept) * random.normal();
    const volatility = VOLATILITY_MEDIAN * Math.exp(this.#volatilityLog);
    const calm = volatility * Math.sqrt(STEP_SEC / YEAR_SEC) * random.normal();
    const log = this.#logAt(this.#steps) + calm + this.#fastMove();
    this.#steps++;
    this.#logs[this.#steps % this.#logs.length] = log;
  }

  #fastMove(): number {
    const random = this.#random;
    this.#excitement *= Math.exp(-STEP_SEC / MOVE_EXCITEMENT_MEMORY_SEC);
    const perSec = MOVES_PER_SEC_BASE + this.#excitement;
    if (random.chance(perSec * STEP_SEC)) {
      this.#moveRest += MOVE_LOG_SD * random.normal();
      this.#excitement += MOVES_PER_SEC_AFTER_ONE;
    }
    const moved = this.#moveRest * (1 - MOVE_REST_KEPT);
    this.#moveRest -= moved;
    return moved;
  }
}
