/**
 * The belief about the octave: a posterior over the coarse lattice, which spans every price there
 * may be. It says in which place the price is; where in that place is for the fine window.
 */
import { CombLikelihood } from './comb-likelihood.ts';
import type { WeighedAmounts } from './fine-window.ts';
import { twoModes } from './posterior-summary.ts';
import { COARSE_CELLS, COARSE_STEP } from './price-grid.ts';
import type { PriceMotion } from './price-motion.ts';
import type { PriceParameters } from './price-parameters.ts';
import { thinPiles } from './thin-piles.ts';

/** What belongs to one mode, and how far another has to lie to be another: 2.5 % and 5 %. */
const MODE_RADIUS_CELLS = Math.round(0.025 / COARSE_STEP);
const MODES_APART_CELLS = Math.round(0.05 / COARSE_STEP);
const RIVAL_MASS_MAX = 0.05;
/** Below this the data has not settled on one place, with or without a single rival. */
const MODE_MASS_MIN = 0.5;
/**
 * How far the likelihood of a first price has to stand out of the field of all other prices, in
 * standard deviations of that field, each cell taken against its surroundings. Measured: amounts
 * without any comb reached 5.7 in 75 trials; a block of 2016, whose habits the fitted popularities
 * do not describe, stood at 8.8 ten times too high; a mempool of 2024 stands at 12.7 where it
 * should, a block of 2021 at 13.3, and the first blocks of six days of 2023 to 2025 at 8 to 18.
 */
const STANDING_MIN = 9.5;
/** The same after a silence, when what was known before still tells one octave from another. */
const STANDING_AGAIN_MIN = 6;
/** Votes older than this no longer help a price to stand out: it has moved on since. */
const FIELD_MEMORY_SEC = 3_600;
/**
 * After this long without a vote what was known only informs: the price has to stand out again, and
 * to be found twice, for one block's batch of odd payments can look like the price of yesterday.
 */
const FORGOTTEN_SEC = 6 * 3_600;
/** A settled octave is looked at again after this long, this many votes, or this large a move. */
const CHECK_SEC = 1_800;
const CHECK_VOTES = 2_000;
const CHECK_MOVE_LOG = 0.025;
/** How far from a tooth an amount still speaks for it. */
const REACH_LOG = 0.007;
/**
 * Teeth at least this wide: a price between two cells must not lose to an octave that happens to
 * lie on one, which with teeth narrower than a cell it does.
 */
const TOOTH_SCALE_MIN = 1.5 * COARSE_STEP;

const NO_AMOUNTS: readonly WeighedAmounts[] = [];

export interface OctaveReading {
  /** Normalised, at `timeSec`. */
  readonly posterior: Float64Array;
  readonly timeSec: number;
  /** ln of the likelihood of the last hour's votes; null once a price stood out. */
  readonly field: Float64Array | null;
  /** Centre of the heaviest mode. */
  readonly cell: number;
  /** Whether the mode has to be found once more before it counts. */
  readonly tentative: boolean;
  /** Whether that mode stands alone. */
  readonly settled: boolean;
}

export class OctaveBelief {
  readonly #parameters: PriceParameters;
  readonly #comb: CombLikelihood;
  #posterior: Float64Array = new Float64Array(COARSE_CELLS).fill(1 / COARSE_CELLS);
  #timeSec: number | null = null;
  #field: Float64Array | null = new Float64Array(COARSE_CELLS);
  #settled = false;
  #everSettled = false;
  #tentative = false;
  #lastCell = 0;
  #logPrice = 0;
  /** Amounts that came since the posterior was last renewed. */
  #waiting: readonly WeighedAmounts[] = NO_AMOUNTS;
  #waitingVotes = 0;

  constructor(parameters: PriceParameters) {
    const toothScale = Math.max(parameters.toothScale, TOOTH_SCALE_MIN);
    this.#parameters = parameters;
    this.#comb = new CombLikelihood({ ...parameters, toothScale }, COARSE_STEP, REACH_LOG);
  }

  /** Whether it is time to read it, rather than only to remember what came. */
  isDue(timeSec: number, logPrice: number): boolean {
    return (
      !this.#settled ||
      this.#timeSec === null ||
      timeSec - this.#timeSec >= CHECK_SEC ||
      this.#waitingVotes >= CHECK_VOTES ||
      Math.abs(logPrice - this.#logPrice) >= CHECK_MOVE_LOG
    );
  }

  remember(amounts: WeighedAmounts): void {
    this.#waiting = [...this.#waiting, amounts];
    this.#waitingVotes += amounts.logSats.length;
  }

  /**
   * Whether the price would still be known at a time if nothing more came.
   *
   * @param latest - the reading of the open slot, where there is one
   */
  holdsUntil(timeSec: number, motion: PriceMotion, latest: OctaveReading | null): boolean {
    const from = latest ?? { posterior: this.#posterior, timeSec: this.#timeSec ?? timeSec };
    const [first] = twoModes(spreadTo(from, timeSec, motion), MODE_RADIUS_CELLS, MODES_APART_CELLS);
    return first.mass >= MODE_MASS_MIN;
  }

  /** The belief at a time with what was remembered and these amounts; changes nothing. */
  read(amounts: WeighedAmounts, timeSec: number, motion: PriceMotion): OctaveReading {
    const { pilePower, octaveTemper } = this.#parameters;
    const { logSats, weights, logBackground } = sortedTogether([...this.#waiting, amounts]);
    const thinned = thinPiles(logSats, weights, pilePower);
    const likelihood = new Float64Array(COARSE_CELLS);
    for (let i = 0; i < logSats.length; i++) {
      this.#comb.add(likelihood, 0, logSats[i]!, logBackground[i]!, thinned[i]!);
    }
    const last = { posterior: this.#posterior, timeSec: this.#timeSec ?? timeSec };
    const prior = spreadTo(last, timeSec, motion);
    const posterior = multiplied(prior, likelihood, octaveTemper);
    const silent = this.#timeSec !== null && timeSec - this.#timeSec >= FORGOTTEN_SEC;
    const before = silent ? new Float64Array(COARSE_CELLS) : this.#field;
    const kept = Math.exp((last.timeSec - timeSec) / FIELD_MEMORY_SEC);
    const field = before?.map((value, i) => kept * value + likelihood[i]!) ?? null;
    const [first, second] = twoModes(posterior, MODE_RADIUS_CELLS, MODES_APART_CELLS);
    const alone = first.mass >= MODE_MASS_MIN && second.mass <= RIVAL_MASS_MAX;
    const standingMin = this.#everSettled ? STANDING_AGAIN_MIN : STANDING_MIN;
    const stands = alone && (field === null || standsOut(field, first.cell) >= standingMin);
    const again = !silent && Math.abs(first.cell - this.#lastCell) <= MODE_RADIUS_CELLS;
    const tentative = silent || (this.#tentative && !(stands && again));
    const settled = stands && !tentative;
    return {
      posterior,
      timeSec,
      field: settled ? null : field,
      cell: first.cell,
      tentative,
      settled,
    };
  }

  /** Takes a reading for the belief from here on. */
  keep(reading: OctaveReading, logPrice: number): void {
    this.#posterior = reading.posterior;
    this.#timeSec = reading.timeSec;
    this.#field = reading.field;
    this.#settled = reading.settled;
    this.#everSettled ||= reading.settled;
    this.#tentative = reading.tentative;
    this.#lastCell = reading.cell;
    this.#logPrice = logPrice;
    this.#waiting = NO_AMOUNTS;
    this.#waitingVotes = 0;
  }
}

function spreadTo(
  from: { readonly posterior: Float64Array; readonly timeSec: number },
  timeSec: number,
  motion: PriceMotion,
): Float64Array {
  const elapsedSec = timeSec - from.timeSec;
  return elapsedSec > 0 ? motion.spread(from.posterior, COARSE_STEP, elapsedSec) : from.posterior;
}

function sortedTogether(parts: readonly WeighedAmounts[]): WeighedAmounts {
  if (parts.length === 1) return parts[0]!;
  const all = parts.flatMap(({ logSats, weights, logBackground }) =>
    Array.from(logSats, (log, i) => [log, weights[i]!, logBackground[i]!] as const),
  );
  all.sort((a, b) => a[0] - b[0]);
  return {
    logSats: Float64Array.from(all, ([log]) => log),
    weights: Float64Array.from(all, ([, weight]) => weight),
    logBackground: Float64Array.from(all, ([, , background]) => background),
  };
}

/** prior x likelihood^temper, normalised. */
function multiplied(
  prior: Float64Array,
  logLikelihood: Float64Array,
  temper: number,
): Float64Array {
  let highest = 0;
  for (const value of logLikelihood) if (value > highest) highest = value;
  const posterior = new Float64Array(prior.length);
  let total = 0;
  for (let i = 0; i < prior.length; i++) {
    posterior[i] = prior[i]! * Math.exp(temper * (logLikelihood[i]! - highest));
    total += posterior[i]!;
  }
  for (let i = 0; i < prior.length; i++) posterior[i]! /= total;
  return posterior;
}

/**
 * Height of the field's highest cell near a place over the mean of that cell's surroundings, in
 * standard deviations of all such heights. The surroundings take out what is broad: amounts that
 * are dense around round ones lift whole regions of prices, only a comb makes a sharp peak.
 */
function standsOut(field: Float64Array, cell: number): number {
  const cumulative = new Float64Array(field.length + 1);
  for (let i = 0; i < field.length; i++) cumulative[i + 1] = cumulative[i]! + field[i]!;
  let squares = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < field.length; i++) {
    const from = Math.max(0, i - MODE_RADIUS_CELLS);
    const to = Math.min(field.length, i + MODE_RADIUS_CELLS + 1);
    const height = field[i]! - (cumulative[to]! - cumulative[from]!) / (to - from);
    squares += height * height;
    if (Math.abs(i - cell) <= MODE_RADIUS_CELLS) highest = Math.max(highest, height);
  }
  return squares > 0 ? highest / Math.sqrt(squares / field.length) : 0;
}
