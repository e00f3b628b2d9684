/**
 * The posterior on the fine lattice, evaluated only within 5 % of where the price is. Immutable:
 * every step returns a new window, so that reading ahead never changes what is kept.
 */
import type { CombLikelihood } from './comb-likelihood.ts';
import { quantiles } from './posterior-summary.ts';
import {
  COARSE_CELLS,
  FINE_PER_COARSE,
  FINE_STEP,
  GRID_LOG_MIN,
  WINDOW_CELLS,
  WINDOW_RADIUS,
} from './price-grid.ts';
import type { PriceMotion } from './price-motion.ts';

/** Moved when the median comes this far from the middle. */
const RECENTRE_CELLS = WINDOW_RADIUS / 4;
/** How well the coarse lattice knows the place in a mode: its step and the reach of its teeth. */
const SEED_SIGMA_LOG = 0.003;

/** Amounts of one slot as the likelihood takes them. */
export interface WeighedAmounts {
  /** ln of the amounts in satoshi, ascending. */
  readonly logSats: Float64Array;
  /** How much each counts, 0 to 1. */
  readonly weights: Float64Array;
  /** ln of the background's density at each. */
  readonly logBackground: Float64Array;
}

export class FineWindow {
  /** First cell on the fine lattice. */
  readonly first: number;
  /** Normalised, but for what a recentred window lost at its edge until it is next spread. */
  readonly mass: Float64Array;

  constructor(first: number, mass: Float64Array) {
    this.first = first;
    this.mass = mass;
  }

  /** A new window around a coarse cell, knowing no more than that the price is near it. */
  static around(coarseCell: number): FineWindow {
    const mass = new Float64Array(WINDOW_CELLS);
    let total = 0;
    for (let i = 0; i < WINDOW_CELLS; i++) {
      const z = ((i - WINDOW_RADIUS) * FINE_STEP) / SEED_SIGMA_LOG;
      mass[i] = Math.exp((-z * z) / 2) + 1e-6;
      total += mass[i]!;
    }
    return new FineWindow(
      coarseCell * FINE_PER_COARSE - WINDOW_RADIUS,
      mass.map((value) => value / total),
    );
  }

  /** With room for `cells` more on either side, so that a wide posterior is not cut at the edges. */
  widened(cells: number): FineWindow {
    const mass = new Float64Array(this.mass.length + 2 * cells);
    mass.set(this.mass, cells);
    return new FineWindow(this.first - cells, mass);
  }

  /** After `elapsedSec`, and with whatever else is uncertain as an extra variance of ln P. */
  spread(motion: PriceMotion, elapsedSec: number, extraVariance = 0): FineWindow {
    const mass = motion.spread(this.mass, FINE_STEP, elapsedSec, extraVariance);
    return new FineWindow(this.first, mass);
  }

  /** After amounts were seen; the likelihood is raised to the power `temper`. */
  update(comb: CombLikelihood, amounts: WeighedAmounts, temper: number): FineWindow {
    const { logSats, weights, logBackground } = amounts;
    const mass = new Float64Array(WINDOW_CELLS);
    for (let i = 0; i < logSats.length; i++) {
      comb.add(mass, this.first, logSats[i]!, logBackground[i]!, weights[i]!);
    }
    let highest = 0;
    for (let i = 0; i < WINDOW_CELLS; i++) {
      if (this.mass[i]! > 0 && mass[i]! > highest) highest = mass[i]!;
    }
    let total = 0;
    for (let i = 0; i < WINDOW_CELLS; i++) {
      mass[i] = this.mass[i]! * Math.exp(temper * (mass[i]! - highest));
      total += mass[i]!;
    }
    for (let i = 0; i < WINDOW_CELLS; i++) mass[i]! /= total;
    return new FineWindow(this.first, mass);
  }

  /** Moved by whole cells where the median has come far from the middle. */
  recentred(): FineWindow {
    const shift = Math.round(quantiles(this.mass, [0.5])[0]!) - WINDOW_RADIUS;
    if (Math.abs(shift) < RECENTRE_CELLS) return this;
    const mass = new Float64Array(WINDOW_CELLS);
    for (let i = 0; i < WINDOW_CELLS; i++) mass[i] = this.mass[i + shift] ?? 0;
    return new FineWindow(this.first + shift, mass);
  }

  /** ln of the price at a position in cells of the window. */
  logPriceAt(cell: number): number {
    return GRID_LOG_MIN + (this.first + cell) * FINE_STEP;
  }

  /** ln of the median price. */
  get logMedian(): number {
    return this.logPriceAt(quantiles(this.mass, [0.5])[0]!);
  }

  /** Mass of a coarse posterior that lies well inside the window. */
  holds(coarse: Float64Array): number {
    const from = Math.ceil((this.first + RECENTRE_CELLS) / FINE_PER_COARSE);
    const to = Math.floor((this.first + WINDOW_CELLS - RECENTRE_CELLS) / FINE_PER_COARSE);
    let mass = 0;
    for (let cell = Math.max(0, from); cell <= Math.min(COARSE_CELLS - 1, to); cell++) {
      mass += coarse[cell]!;
    }
    return mass;
  }
}
