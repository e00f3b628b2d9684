/**
 * The on-chain price: a Bayesian filter on a grid of ln P.
 *
 * Votes are gathered in slots of a few seconds. Within a slot the posterior is the prior at the
 * slot's start times the likelihood of the slot's votes, which are evaluated sorted, so the order in
 * which they came cannot matter and one can be taken back exactly. When time moves on the
 * slot is folded into the prior, which then diffuses. Cost depends on the votes of one slot,
 * never on the window or the history.
 */
import { AmountBackground } from './amount-background.ts';
import { CombLikelihood } from './comb-likelihood.ts';
import { PRICE_PARAMETERS } from './parameters.ts';
import { massBetween, quantiles, twoModes } from './posterior-summary.ts';
import {
  COARSE_CELLS,
  COARSE_STEP,
  FINE_PER_COARSE,
  FINE_STEP,
  GRID_LOG_MIN,
  WINDOW_CELLS,
  WINDOW_RADIUS,
} from './price-grid.ts';
import { PriceMotion } from './price-motion.ts';
import type { PriceParameters } from './price-parameters.ts';
import { RepeatedAmounts } from './repeated-amounts.ts';
import type { PriceEstimate } from './snapshot.ts';
import { thinPiles } from './thin-piles.ts';

/** Short beside the minutes that quotes are old, long enough to keep the work for a slot rare. */
const SLOT_SEC = 5;
/** How far from a tooth an amount still speaks for it. */
const COARSE_REACH_LOG = 0.008;
const FINE_REACH_LOG = 0.02;
/** What belongs to one mode, and how far another has to lie to be another: 2.5 % and 5 %. */
const MODE_RADIUS_CELLS = Math.round(0.025 / COARSE_STEP);
const MODES_APART_CELLS = Math.round(0.05 / COARSE_STEP);
const RIVAL_MASS_MAX = 0.05;
/** Below this the data has not settled on one place, with or without a single rival. */
const MODE_MASS_MIN = 0.5;
/** Mass of the coarse posterior that the fine window has to hold well inside its edges. */
const WINDOW_MASS_MIN = 0.9;
const CONFIDENCE_LOG = Math.log(1.005);

interface Posterior {
  /** Coarse posterior, normalised. */
  readonly coarse: Float64Array;
  /** Posterior in the fine window, normalised. */
  readonly fine: Float64Array;
  /** True when one mode stands alone. */
  readonly settled: boolean;
  /** ln of the slot's amounts, sorted, and how much each counted. */
  readonly logs: Float64Array;
  readonly weights: Float64Array;
}

export class PriceFilter {
  readonly #parameters: PriceParameters;
  readonly #coarseComb: CombLikelihood;
  readonly #fineComb: CombLikelihood;
  readonly #motion: PriceMotion;
  readonly #background = new AmountBackground();
  readonly #repeated = new RepeatedAmounts();

  /** Prior at the start of the open slot, over everything and in the fine window. */
  #coarse: Float64Array = new Float64Array(COARSE_CELLS).fill(1 / COARSE_CELLS);
  #fine: Float64Array = new Float64Array(WINDOW_CELLS).fill(1 / WINDOW_CELLS);
  /** First cell of the fine window on the fine lattice. */
  #first = 0;
  #slotTimeSec: number | null = null;
  #votes: number[] = [];
  /** Posterior of the open slot; null when votes came since. */
  #posterior: Posterior | null = null;
  #scratchCoarse: Float64Array = new Float64Array(COARSE_CELLS);
  #scratchFine: Float64Array = new Float64Array(WINDOW_CELLS);

  constructor(parameters: PriceParameters = PRICE_PARAMETERS) {
    this.#parameters = parameters;
    this.#coarseComb = new CombLikelihood(parameters, COARSE_STEP, COARSE_REACH_LOG);
    this.#fineComb = new CombLikelihood(parameters, FINE_STEP, FINE_REACH_LOG);
    this.#motion = new PriceMotion(parameters);
  }

  /**
   * Takes one voting output. A time before the open slot counts as of the open slot.
   *
   * @param timeSec - when it was first seen, unix seconds
   */
  observe(amountSats: number, timeSec: number): void {
    this.#advance(timeSec);
    this.#votes.push(amountSats);
    this.#posterior = null;
  }

  /**
   * Takes back a vote. One of the open slot is as if it had never been; an older one has been
   * overtaken by what came after it and is let be.
   */
  withdraw(amountSats: number, timeSec: number): void {
    if (this.#slotTimeSec === null || timeSec < this.#slotTimeSec) return;
    const index = this.#votes.indexOf(amountSats);
    if (index < 0) return;
    this.#votes.splice(index, 1);
    this.#posterior = null;
  }

  /**
   * The estimate at a time not before the last vote's. Reading does not change the filter.
   *
   * @param sampleSize - votes in the caller's window, passed through
   */
  estimate(timeSec: number, sampleSize: number): PriceEstimate {
    if (this.#slotTimeSec === null) return warmingUp(sampleSize);
    this.#posterior ??= this.#evaluate();
    if (!this.#posterior.settled) return warmingUp(sampleSize);
    const elapsedSec = Math.max(0, timeSec - this.#slotTimeSec);
    const { quoteAgeSec, basisScale } = this.#parameters;
    this.#scratchFine.set(this.#posterior.fine);
    const spread = this.#motion.spread(
      this.#scratchFine,
      new Float64Array(WINDOW_CELLS),
      FINE_STEP,
      elapsedSec + quoteAgeSec,
      basisScale ** 2,
    );
    const [low, median, high] = quantiles(spread, [0.05, 0.5, 0.95]) as [number, number, number];
    const reach = CONFIDENCE_LOG / FINE_STEP;
    return {
      priceUsd: this.#priceAt(median),
      lowUsd: this.#priceAt(low),
      highUsd: this.#priceAt(high),
      confidence: massBetween(spread, median - reach, median + reach),
      sampleSize,
      status: 'live',
    };
  }

  #priceAt(windowCell: number): number {
    return Math.exp(GRID_LOG_MIN + (this.#first + windowCell) * FINE_STEP);
  }

  /** Opens the slot that a time lies in, folding the one before it into the prior. */
  #advance(timeSec: number): void {
    const slotTimeSec = Math.floor(timeSec / SLOT_SEC) * SLOT_SEC;
    if (this.#slotTimeSec === null) {
      this.#slotTimeSec = slotTimeSec;
      this.#repeated.advance(slotTimeSec);
      return;
    }
    if (slotTimeSec <= this.#slotTimeSec) return;
    this.#fold();
    const elapsedSec = slotTimeSec - this.#slotTimeSec;
    const coarse = this.#coarse;
    this.#coarse = this.#motion.spread(coarse, this.#scratchCoarse, COARSE_STEP, elapsedSec);
    this.#scratchCoarse = coarse;
    const fine = this.#fine;
    this.#fine = this.#motion.spread(fine, this.#scratchFine, FINE_STEP, elapsedSec);
    this.#scratchFine = fine;
    this.#slotTimeSec = slotTimeSec;
    this.#posterior = null;
    this.#repeated.advance(slotTimeSec);
  }

  #fold(): void {
    if (this.#votes.length === 0) return;
    const posterior = this.#posterior ?? this.#evaluate();
    this.#coarse = posterior.coarse;
    this.#fine = posterior.fine;
    this.#background.absorb(posterior.logs, posterior.weights);
    for (const amountSats of this.#votes) this.#repeated.add(amountSats);
    this.#votes = [];
    if (posterior.settled) {
      const [median] = quantiles(this.#fine, [0.5]) as [number];
      this.#motion.learn(this.#slotTimeSec!, Math.log(this.#priceAt(median)));
      this.#recentre(median);
    }
  }

  /** Moves the fine window by whole cells when the median has come far from its middle. */
  #recentre(median: number): void {
    const shift = Math.round(median) - WINDOW_RADIUS;
    if (Math.abs(shift) < WINDOW_RADIUS / 4) return;
    const moved = new Float64Array(WINDOW_CELLS);
    for (let i = 0; i < WINDOW_CELLS; i++) moved[i] = this.#fine[i + shift] ?? 0;
    this.#fine = moved;
    this.#first += shift;
  }

  #evaluate(): Posterior {
    const amounts = Float64Array.from(this.#votes).sort();
    const logs = amounts.map(Math.log);
    const weights = this.#weights(amounts);
    this.#background.refresh(logs, weights);
    const thinned = thinPiles(logs, weights, this.#parameters.pilePower);
    const coarse = this.#update(
      this.#coarseComb,
      this.#coarse,
      0,
      logs,
      thinned,
      this.#parameters.coarseTemper,
    );
    const [first, second] = twoModes(coarse, MODE_RADIUS_CELLS, MODES_APART_CELLS);
    const settled = first.mass >= MODE_MASS_MIN && second.mass <= RIVAL_MASS_MAX;
    if (!this.#windowHolds(coarse)) this.#seedWindow(first.cell);
    const fine = this.#update(
      this.#fineComb,
      this.#fine,
      this.#first,
      logs,
      weights,
      this.#parameters.fineTemper,
    );
    return { coarse, fine, settled, logs, weights };
  }

  #weights(sortedAmounts: Float64Array): Float64Array {
    let earlier = 0;
    return sortedAmounts.map((amountSats, i) => {
      earlier = i > 0 && sortedAmounts[i - 1] === amountSats ? earlier + 1 : 0;
      return this.#repeated.weight(amountSats, earlier);
    });
  }

  #update(
    comb: CombLikelihood,
    prior: Float64Array,
    firstCell: number,
    logs: Float64Array,
    weights: Float64Array,
    temper: number,
  ): Float64Array {
    const logLikelihood = new Float64Array(prior.length);
    for (let i = 0; i < logs.length; i++) {
      const log = logs[i]!;
      comb.add(logLikelihood, firstCell, log, this.#background.logDensity(log), weights[i]!);
    }
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < prior.length; i++) {
      if (prior[i]! > 0 && logLikelihood[i]! > highest) highest = logLikelihood[i]!;
    }
    let total = 0;
    for (let i = 0; i < prior.length; i++) {
      const value = prior[i]! * Math.exp(temper * (logLikelihood[i]! - highest));
      logLikelihood[i] = value;
      total += value;
    }
    for (let i = 0; i < prior.length; i++) logLikelihood[i]! /= total;
    return logLikelihood;
  }

  #windowHolds(coarse: Float64Array): boolean {
    const margin = WINDOW_RADIUS / 4;
    const from = Math.ceil((this.#first + margin) / FINE_PER_COARSE);
    const to = Math.floor((this.#first + WINDOW_CELLS - margin) / FINE_PER_COARSE);
    let mass = 0;
    for (let cell = Math.max(0, from); cell <= Math.min(COARSE_CELLS - 1, to); cell++) {
      mass += coarse[cell]!;
    }
    return mass >= WINDOW_MASS_MIN;
  }

  /** Lays the fine window around a coarse cell, its prior read between the coarse cells. */
  #seedWindow(coarseCell: number): void {
    this.#first = coarseCell * FINE_PER_COARSE - WINDOW_RADIUS;
    let total = 0;
    for (let i = 0; i < WINDOW_CELLS; i++) {
      const at = (this.#first + i) / FINE_PER_COARSE;
      const left = Math.min(COARSE_CELLS - 2, Math.max(0, Math.floor(at)));
      const share = Math.min(1, Math.max(0, at - left));
      this.#fine[i] = (1 - share) * this.#coarse[left]! + share * this.#coarse[left + 1]!;
      total += this.#fine[i]!;
    }
    for (let i = 0; i < WINDOW_CELLS; i++) this.#fine[i]! /= total;
  }
}

function warmingUp(sampleSize: number): PriceEstimate {
  return {
    priceUsd: null,
    lowUsd: null,
    highUsd: null,
    confidence: 0,
    sampleSize,
    status: 'warming_up',
  };
}
