/**
 * The measurement: what one amount says about the price.
 *
 *   ln p(x | P) = ln( (1 - L) b(ln x) + L sum_k w_k K(ln U_k - ln P - ln x) )
 *
 * with U_k the round amounts, w_k their popularity, K a Student t, b the background and L the
 * share of round payments. Relative to b, and because two teeth never overlap where K is not
 * negligible, this is a constant plus ln(1 + g_k K(d)) around each tooth, g_k = L w_k / ((1 - L) b).
 * That function is tabulated over g_k (logarithmic levels) and d (lattice cells), so that a vote
 * costs one short row of additions for each tooth.
 */
import { GRID_LOG_MIN } from './price-grid.ts';
import type { PriceParameters } from './price-parameters.ts';
import { ROUND_AMOUNTS_USD } from './round-amounts.ts';

const LEVEL_LOG_MIN = -10;
const LEVEL_LOG_STEP = 0.25;
const LEVELS = 60;
/** A tooth that could never add more than this to the log-likelihood is left out. */
const GAIN_MIN = 0.02;
const SUBSAMPLES = 16;
const LOG_SATS_PER_BTC = Math.log(1e8);

/** Student t, averaged over each cell and made to integrate to 1 over its reach. */
function toothDensity(
  parameters: PriceParameters,
  stepLog: number,
  reachCells: number,
): Float64Array {
  const { toothScale, toothTail } = parameters;
  const shape = (d: number): number =>
    (1 + (d / toothScale) ** 2 / toothTail) ** (-(toothTail + 1) / 2);
  const cells = new Float64Array(2 * reachCells + 1);
  let total = 0;
  for (let i = 0; i < cells.length; i++) {
    let sum = 0;
    for (let s = 0; s < SUBSAMPLES; s++) {
      sum += shape((i - reachCells + (s + 0.5) / SUBSAMPLES - 0.5) * stepLog);
    }
    cells[i] = sum / SUBSAMPLES;
    total += cells[i]! * stepLog;
  }
  return cells.map((value) => value / total);
}

export class CombLikelihood {
  readonly #rows: Float64Array;
  readonly #reach: number;
  readonly #step: number;
  /** Position of each tooth on the lattice for an amount of 1 satoshi, in cells. */
  readonly #toothCells: Float64Array;
  /** ln(L w_k / (1 - L)) in level steps. */
  readonly #toothLevels: Float64Array;
  readonly #levelMin: number;

  /**
   * @param stepLog - step of the lattice in ln P
   * @param reachLog - how far from a tooth an amount still speaks for it, in ln P
   */
  constructor(parameters: PriceParameters, stepLog: number, reachLog: number) {
    this.#step = stepLog;
    this.#reach = Math.ceil(reachLog / stepLog);
    const density = toothDensity(parameters, stepLog, this.#reach);
    const width = density.length;
    this.#rows = new Float64Array(LEVELS * width);
    let levelMin = 0;
    for (let level = 0; level < LEVELS; level++) {
      const gain = Math.exp(LEVEL_LOG_MIN + level * LEVEL_LOG_STEP);
      for (let i = 0; i < width; i++) {
        this.#rows[level * width + i] = Math.log1p(gain * density[i]!);
      }
      if (this.#rows[level * width + this.#reach]! < GAIN_MIN) levelMin = level + 1;
    }
    this.#levelMin = levelMin;
    const odds = parameters.roundShare / (1 - parameters.roundShare);
    const used = ROUND_AMOUNTS_USD.map((amountUsd, tooth) => ({
      amountUsd,
      weight: parameters.toothWeights[tooth] ?? 0,
    })).filter(({ weight }) => weight > 0);
    this.#toothCells = Float64Array.from(
      used,
      ({ amountUsd }) => (Math.log(amountUsd) + LOG_SATS_PER_BTC - GRID_LOG_MIN) / stepLog,
    );
    this.#toothLevels = Float64Array.from(
      used,
      ({ weight }) => (Math.log(odds * weight) - LEVEL_LOG_MIN) / LEVEL_LOG_STEP,
    );
  }

  /**
   * Adds one amount's log-likelihood (relative to the background) to the cells of a window.
   *
   * @param into - log-likelihood of the cells `first` to `first + into.length - 1`
   * @param first - first cell of the window on the lattice
   * @param logSats - ln of the amount in satoshi
   * @param logBackground - ln b at that amount
   * @param weight - how much the amount counts, 0 to 1
   */
  add(
    into: Float64Array,
    first: number,
    logSats: number,
    logBackground: number,
    weight: number,
  ): void {
    const reach = this.#reach;
    const width = 2 * reach + 1;
    const rows = this.#rows;
    const shift = logSats / this.#step + first;
    const level = -logBackground / LEVEL_LOG_STEP;
    const teeth = this.#toothCells;
    for (let tooth = 0; tooth < teeth.length; tooth++) {
      const centre = Math.round(teeth[tooth]! - shift);
      if (centre <= -reach || centre >= into.length + reach) continue;
      const toothLevel = Math.round(this.#toothLevels[tooth]! + level);
      if (toothLevel < this.#levelMin) continue;
      const row = Math.min(toothLevel, LEVELS - 1) * width + reach - centre;
      const from = Math.max(0, centre - reach);
      const to = Math.min(into.length - 1, centre + reach);
      for (let cell = from; cell <= to; cell++) into[cell]! += weight * rows[row + cell]!;
    }
  }
}
