import { Random } from '../demo/random.ts';
import { activity } from './rhythm.ts';

/** Length of the demo's candles. */
export const CANDLE_SEC = 300;
/** Steps of the path in one candle: a power of two, so that a candle is a branch of the tree. */
export const STEPS = 64;
const STEP_LEVELS = 6;
/** A root is 2,048 candles long, about a week. */
const ROOT_LEVELS = 11;
const ROOT_CANDLES = 2 ** ROOT_LEVELS;
const ROOT_SEC = ROOT_CANDLES * CANDLE_SEC;
const YEAR_SEC = 365.25 * 86_400;

/** Standard deviation of the log-odds by which a stretch's variance falls to its two halves. */
const SPLIT_LOG_ODDS_SD = 0.75;
/** Within a candle shares are uniform from here to one less this: as wild, at half the cost. */
const INNER_SHARE_MIN = 0.15;
/** Of the logarithm of a week's variance: there are calm weeks and wild ones. */
const WEEK_VARIANCE_LOG_SD = 0.35;

/** What a path does in one candle. */
export interface CandlePath {
  /** Its values at the start, at each step, and at the end; natural logarithms. */
  readonly logs: Float64Array;
  /** The variance that the cascade gave to this candle, over the mean of all candles. */
  readonly wildness: number;
}

/**
 * A random path through time whose value at any moment is a function of seed and stream alone, so
 * it is the same however often and in whatever order it is asked for.
 *
 * It is a Brownian motion in a time that runs unevenly (a multifractal model of returns, after
 * Mandelbrot, Fisher and Calvet, 1997). From root to step each stretch is cut into halves; its
 * variance V falls to them in the shares m and 1 - m, drawn around the market's rhythm, and the
 * value in the middle is drawn as a Brownian bridge has it:
 * `left + m (right - left) + sqrt(m (1 - m) V) N(0, 1)`. Shares that multiply along the tree give
 * what returns of markets show: wild hours in clusters at every scale, and fat tails. The values
 * between roots are independent, so that the path wanders around zero for ever.
 */
export class CascadePath {
  readonly #seed: number;
  readonly #stream: number;
  readonly #rootVariance: number;
  /** The branch that was walked last, by level: index of the stretch, its ends, its variance. */
  readonly #indexes: Int32Array = new Int32Array(ROOT_LEVELS + 1).fill(-1);
  readonly #lefts: Float64Array = new Float64Array(ROOT_LEVELS + 1);
  readonly #rights: Float64Array = new Float64Array(ROOT_LEVELS + 1);
  readonly #variances: Float64Array = new Float64Array(ROOT_LEVELS + 1);
  readonly #stepVariances: Float64Array = new Float64Array(STEPS);
  /** Asked for by each market that follows this path, one after another. */
  #lastIndex = -1;
  #last: CandlePath | null = null;

  /** @param volatility yearly, such as 0.5; `stream` tells paths of one seed apart */
  constructor(seed: number, stream: number, volatility: number) {
    this.#seed = seed;
    this.#stream = stream;
    this.#rootVariance = volatility ** 2 * (ROOT_SEC / YEAR_SEC);
  }

  /** The value at the end of a candle, which is counted from 1970; a natural logarithm. */
  logAtEnd(candleIndex: number): number {
    this.#walkTo(candleIndex);
    return this.#rights[ROOT_LEVELS]!;
  }

  /** Not to be changed: the next one who asks for the same candle gets the same object. */
  candle(candleIndex: number): CandlePath {
    if (this.#last === null || this.#lastIndex !== candleIndex) {
      this.#last = this.#drawCandle(candleIndex);
      this.#lastIndex = candleIndex;
    }
    return this.#last;
  }

  #drawCandle(candleIndex: number): CandlePath {
    this.#walkTo(candleIndex);
    const variance = this.#variances[ROOT_LEVELS]!;
    const logs = new Float64Array(STEPS + 1);
    logs[0] = this.#lefts[ROOT_LEVELS]!;
    logs[STEPS] = this.#rights[ROOT_LEVELS]!;
    this.#fill(logs, variance, candleIndex);
    return { logs, wildness: (variance / this.#rootVariance) * ROOT_CANDLES };
  }

  /** The steps within a candle, all from one generator: level by level, from left to right. */
  #fill(logs: Float64Array, variance: number, candleIndex: number): void {
    const random = new Random(this.#seed, this.#stream, ROOT_LEVELS, candleIndex);
    const variances = this.#stepVariances;
    variances[0] = variance;
    for (let level = 0; level < STEP_LEVELS; level++) {
      const width = STEPS >> level;
      for (let at = 0; at < STEPS; at += width) {
        const share = INNER_SHARE_MIN + (1 - 2 * INNER_SHARE_MIN) * random.unit();
        const middle = at + width / 2;
        const whole = variances[at]!;
        logs[middle] = drawMiddle(random, logs[at]!, logs[at + width]!, whole, share);
        variances[at] = whole * share;
        variances[middle] = whole * (1 - share);
      }
    }
  }

  /** Consecutive candles share most of their branch: only what differs is drawn. */
  #walkTo(candleIndex: number): void {
    for (let level = 0; level <= ROOT_LEVELS; level++) {
      const index = Math.floor(candleIndex / 2 ** (ROOT_LEVELS - level));
      if (this.#indexes[level] === index) continue;
      if (level === 0) this.#drawRoot(index);
      else this.#drawChild(level, index);
      this.#indexes[level] = index;
    }
  }

  #drawRoot(index: number): void {
    // Ends of half the variance each, so that their difference has that of a week.
    const endSd = Math.sqrt(this.#rootVariance / 2);
    const random = new Random(this.#seed, this.#stream, 0, index);
    const next = new Random(this.#seed, this.#stream, 0, index + 1);
    this.#lefts[0] = endSd * random.normal();
    this.#rights[0] = endSd * next.normal();
    const log = WEEK_VARIANCE_LOG_SD * random.normal() - WEEK_VARIANCE_LOG_SD ** 2 / 2;
    this.#variances[0] = this.#rootVariance * Math.exp(log);
  }

  #drawChild(level: number, index: number): void {
    const parent = level - 1;
    const widthSec = ROOT_SEC / 2 ** level;
    const parentIndex = Math.floor(index / 2);
    const fromSec = parentIndex * 2 * widthSec;
    const busyLeft = activity(fromSec, fromSec + widthSec);
    const busyRight = activity(fromSec + widthSec, fromSec + 2 * widthSec);
    const random = new Random(this.#seed, this.#stream, level, parentIndex);
    const share = drawShare(random, Math.log(busyLeft / busyRight));
    const left = this.#lefts[parent]!;
    const right = this.#rights[parent]!;
    const whole = this.#variances[parent]!;
    const middle = drawMiddle(random, left, right, whole, share);
    const isLeft = index % 2 === 0;
    this.#lefts[level] = isLeft ? left : middle;
    this.#rights[level] = isLeft ? middle : right;
    this.#variances[level] = whole * (isLeft ? share : 1 - share);
  }
}

function drawShare(random: Random, logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds - SPLIT_LOG_ODDS_SD * random.normal()));
}

function drawMiddle(
  random: Random,
  left: number,
  right: number,
  variance: number,
  share: number,
): number {
  const sd = Math.sqrt(share * (1 - share) * variance);
  return left + share * (right - left) + sd * random.normal();
}
