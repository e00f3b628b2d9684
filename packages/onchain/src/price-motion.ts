/**
 * How far the price moves in a time: a variance that adapts to what was seen, rarer large moves
 * and rarest jumps to anywhere.
 */
import { convolve, gaussianKernel, normalise, spreadExponentially } from './diffusion.ts';
import type { PriceParameters } from './price-parameters.ts';

const DAY_SEC = 86_400;
/** Moves are measured over at least this long, so that what is measured is not the filter's noise. */
const SAMPLE_SEC = 600;
/** After a silence this long the move says nothing about the volatility of now. */
const SAMPLE_SEC_MAX = 7_200;
/** A single sample counts at most as this many standard deviations. */
const SAMPLE_SIGMAS_MAX = 4;
/** A chance of a large move below this is not worth a pass over the lattice. */
const LARGE_MOVE_MIN = 1e-9;

export class PriceMotion {
  readonly #parameters: PriceParameters;
  /** Recently seen variance of ln P a day. */
  #recentVariance: number;
  #sampleTimeSec: number | null = null;
  #sampleLogPrice = 0;

  constructor(parameters: PriceParameters) {
    this.#parameters = parameters;
    this.#recentVariance = parameters.dailyVolatility ** 2;
  }

  /** Learns from the median at a time; times rise. */
  learn(timeSec: number, logPrice: number): void {
    if (this.#sampleTimeSec === null) {
      this.#sampleTimeSec = timeSec;
      this.#sampleLogPrice = logPrice;
      return;
    }
    const elapsedSec = timeSec - this.#sampleTimeSec;
    if (elapsedSec < SAMPLE_SEC) return;
    if (elapsedSec <= SAMPLE_SEC_MAX) {
      const seen = (logPrice - this.#sampleLogPrice) ** 2 / (elapsedSec / DAY_SEC);
      const believed = this.#varianceOver(1) * DAY_SEC;
      const capped = Math.min(seen, SAMPLE_SIGMAS_MAX ** 2 * believed);
      const share = 1 - Math.exp(-elapsedSec / this.#parameters.volatilityMemorySec);
      this.#recentVariance += share * (capped - this.#recentVariance);
    }
    this.#sampleTimeSec = timeSec;
    this.#sampleLogPrice = logPrice;
  }

  /**
   * Variance of ln P over a time: what was seen of late counts for as long as it is remembered, the
   * long-run mean for all of it, so that a quiet hour does not promise a quiet day.
   */
  #varianceOver(elapsedSec: number): number {
    const { dailyVolatility, volatilityAdaption, volatilityMemorySec } = this.#parameters;
    const mean = dailyVolatility ** 2 / DAY_SEC;
    const recent = this.#recentVariance / DAY_SEC;
    const rememberedSec = volatilityMemorySec * -Math.expm1(-elapsedSec / volatilityMemorySec);
    return mean * elapsedSec + volatilityAdaption * (recent - mean) * rememberedSec;
  }

  /** Spreads a posterior as the price moves in `elapsedSec`; a new array, normalised. */
  spread(mass: Float64Array, stepLog: number, elapsedSec: number, extraVariance = 0): Float64Array {
    const days = elapsedSec / DAY_SEC;
    const { largeMovesPerDay, largeMoveScale, jumpsPerDay } = this.#parameters;
    const variance = (this.#varianceOver(elapsedSec) + extraVariance) / stepLog ** 2;
    const out = new Float64Array(mass.length);
    convolve(mass, gaussianKernel(variance, mass.length - 1), out);
    // However long the time, large moves count as one: within hours many of them go there and back,
    // and adding them up would make a day twice as wild as days are.
    const large = 1 - Math.exp(-largeMovesPerDay * days);
    if (large > LARGE_MOVE_MIN) {
      const far = Float64Array.from(out);
      spreadExponentially(far, largeMoveScale / stepLog);
      for (let i = 0; i < out.length; i++) out[i] = (1 - large) * out[i]! + large * far[i]!;
    }
    const anywhere = (1 - Math.exp(-jumpsPerDay * days)) / out.length;
    for (let i = 0; i < out.length; i++) out[i]! += anywhere;
    normalise(out);
    return out;
  }
}
