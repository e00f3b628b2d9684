/**
 * The smooth density of ordinary amounts, b(ln x): a wide kernel over the recent amounts
 * themselves, against which the teeth of the comb stand out. Being so wide (a factor of 1.3) it
 * sees neither a tooth nor the price.
 */

const LOG_MIN = Math.log(1_000);
const LOG_MAX = Math.log(1e12);
const BIN_WIDTH = 0.1;
const BINS = Math.ceil((LOG_MAX - LOG_MIN) / BIN_WIDTH);
const KERNEL_SIGMA_BINS = 2.5;
const KERNEL_RADIUS_BINS = 8;
/** Amounts remembered: some six blocks' worth of votes. */
const MEMORY_VOTES = 3_000;
/** Weight of the flat density that stands in before anything was seen, in votes. */
const FLAT_VOTES = 10;

function smoothingKernel(): Float64Array {
  const kernel = new Float64Array(2 * KERNEL_RADIUS_BINS + 1);
  for (let i = 0; i < kernel.length; i++) {
    kernel[i] = Math.exp(-(((i - KERNEL_RADIUS_BINS) / KERNEL_SIGMA_BINS) ** 2) / 2);
  }
  const total = kernel.reduce((sum, value) => sum + value, 0);
  return kernel.map((value) => value / total);
}

export class AmountBackground {
  readonly #kernel = smoothingKernel();
  readonly #counts = new Float64Array(BINS);
  readonly #logDensity = new Float64Array(BINS);
  #total = 0;

  constructor() {
    this.refresh(new Float64Array(0), new Float64Array(0));
  }

  /** Remembers amounts for good, each with its weight, forgetting older ones in proportion. */
  absorb(logSats: Float64Array, weights: Float64Array): void {
    let added = 0;
    for (let i = 0; i < logSats.length; i++) {
      this.#counts[binOf(logSats[i]!)]! += weights[i]!;
      added += weights[i]!;
    }
    const keep = MEMORY_VOTES / Math.max(MEMORY_VOTES, this.#total + added);
    for (let i = 0; i < BINS; i++) this.#counts[i]! *= keep;
    this.#total = keep * (this.#total + added);
  }

  /** Renews the density from what is remembered and from amounts that are not yet. */
  refresh(logSats: Float64Array, weights: Float64Array): void {
    const spread = new Float64Array(BINS);
    const counts = Float64Array.from(this.#counts);
    let total = this.#total;
    for (let i = 0; i < logSats.length; i++) {
      counts[binOf(logSats[i]!)]! += weights[i]!;
      total += weights[i]!;
    }
    for (let i = 0; i < BINS; i++) {
      const count = counts[i]!;
      if (count === 0) continue;
      for (let k = -KERNEL_RADIUS_BINS; k <= KERNEL_RADIUS_BINS; k++) {
        const to = Math.min(BINS - 1, Math.max(0, i + k));
        spread[to]! += count * this.#kernel[k + KERNEL_RADIUS_BINS]!;
      }
    }
    const scale = 1 / ((total + FLAT_VOTES) * BIN_WIDTH);
    for (let i = 0; i < BINS; i++) {
      this.#logDensity[i] = Math.log((spread[i]! + FLAT_VOTES / BINS) * scale);
    }
  }

  /** ln of the density per unit of ln x, as of the last `refresh`. */
  logDensity(logSats: number): number {
    return this.#logDensity[binOf(logSats)]!;
  }
}

function binOf(logSats: number): number {
  const bin = Math.floor((logSats - LOG_MIN) / BIN_WIDTH);
  return bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin;
}
