/**
 * The on-chain price: a Bayesian filter on a grid of ln P.
 *
 * Votes are gathered in slots of a few seconds. Within a slot the posterior is the prior at the
 * slot's start times the likelihood of the slot's votes, which are evaluated sorted, so the order
 * in which they came cannot matter and one can be taken back exactly. When time moves on, the slot
 * is folded into the prior, which then diffuses. Cost depends on the votes of one slot, never on
 * the window or the history.
 */
import { AmountBackground } from './amount-background.ts';
import { CombLikelihood } from './comb-likelihood.ts';
import { FineWindow, type WeighedAmounts } from './fine-window.ts';
import { OctaveBelief, type OctaveReading } from './octave.ts';
import { PRICE_PARAMETERS } from './parameters.ts';
import { massBetween, quantiles } from './posterior-summary.ts';
import { FINE_STEP } from './price-grid.ts';
import { PriceMotion } from './price-motion.ts';
import type { PriceParameters } from './price-parameters.ts';
import { RepeatedAmounts } from './repeated-amounts.ts';
import type { PriceEstimate } from './snapshot.ts';

/** Short beside the minutes that quotes are old, long enough to keep the work for a slot rare. */
const SLOT_SEC = 5;
/** How far from a tooth an amount still speaks for it. */
const FINE_REACH_LOG = 0.02;
/** Blocks name times up to two hours back; what is older than this is a clock that was set back. */
const CLOCK_BACK_SEC = 3 * 3_600;
/** After this long without a vote it is asked whether the price is still known at all, and how widely. */
const SILENCE_SEC = 3_600;
/** Room on either side for a price that was last known long ago: a further 20 %. */
const SILENCE_CELLS = Math.round(0.2 / FINE_STEP);
/** Mass of the octave's posterior that the fine window has to hold, or it is laid anew. */
const WINDOW_MASS_MIN = 0.9;
const CONFIDENCE_LOG = Math.log(1.005);

/** What the open slot says, over what was known before. */
interface Posterior {
  readonly window: FineWindow | null;
  /** Null when the octave was settled and not due to be looked at. */
  readonly octave: OctaveReading | null;
  readonly settled: boolean;
  readonly amounts: WeighedAmounts;
}

export class PriceFilter {
  readonly #parameters: PriceParameters;
  readonly #fineComb: CombLikelihood;
  readonly #motion: PriceMotion;
  readonly #octave: OctaveBelief;
  readonly #background = new AmountBackground();
  readonly #repeated = new RepeatedAmounts();

  /** Prior at the start of the open slot. */
  #window: FineWindow | null = null;
  #slotTimeSec: number | null = null;
  #votes: number[] = [];
  /** Posterior of the open slot; null when votes came since. */
  #posterior: Posterior | null = null;

  constructor(parameters: PriceParameters = PRICE_PARAMETERS) {
    this.#parameters = parameters;
    this.#fineComb = new CombLikelihood(parameters, FINE_STEP, FINE_REACH_LOG);
    this.#motion = new PriceMotion(parameters);
    this.#octave = new OctaveBelief(parameters);
  }

  /**
   * Takes one voting output. A time before the open slot counts as of the open slot, unless it lies
   * so far back that the clock must have been wrong before: then slots go on from there.
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
    this.#posterior ??= this.#evaluate(this.#slotTimeSec);
    const { window, octave, settled } = this.#posterior;
    if (window === null || !settled) return warmingUp(sampleSize);
    const elapsedSec = Math.max(0, timeSec - this.#slotTimeSec);
    const silent = elapsedSec > SILENCE_SEC;
    if (silent && !this.#octave.holdsUntil(timeSec, this.#motion, octave)) {
      return warmingUp(sampleSize);
    }
    const { quoteAgeSec, basisScale } = this.#parameters;
    const known = silent ? window.widened(SILENCE_CELLS) : window;
    const now = known.spread(this.#motion, elapsedSec + quoteAgeSec, basisScale ** 2);
    const [low, median, high] = quantiles(now.mass, [0.05, 0.5, 0.95]) as [number, number, number];
    const reach = CONFIDENCE_LOG / FINE_STEP;
    return {
      priceUsd: Math.exp(now.logPriceAt(median)),
      lowUsd: Math.exp(now.logPriceAt(low)),
      highUsd: Math.exp(now.logPriceAt(high)),
      confidence: massBetween(now.mass, median - reach, median + reach),
      sampleSize,
      status: 'live',
    };
  }

  /** Opens the slot that a time lies in, folding the one before it into the prior. */
  #advance(timeSec: number): void {
    const slotTimeSec = Math.floor(timeSec / SLOT_SEC) * SLOT_SEC;
    const lastSec = this.#slotTimeSec ?? slotTimeSec;
    const elapsedSec = slotTimeSec - lastSec;
    if (this.#slotTimeSec !== null && elapsedSec <= 0 && elapsedSec > -CLOCK_BACK_SEC) return;
    if (this.#votes.length > 0) this.#fold(lastSec);
    if (elapsedSec > 0) {
      this.#window = this.#window?.spread(this.#motion, elapsedSec) ?? null;
    }
    this.#repeated.advance(slotTimeSec);
    this.#slotTimeSec = slotTimeSec;
    this.#posterior = null;
  }

  #fold(slotTimeSec: number): void {
    const { window, octave, settled, amounts } = this.#posterior ?? this.#evaluate(slotTimeSec);
    this.#background.absorb(amounts.logSats, amounts.weights);
    for (const amountSats of this.#votes) this.#repeated.add(amountSats);
    this.#votes = [];
    if (octave === null) this.#octave.remember(amounts);
    else this.#octave.keep(octave, window?.logMedian ?? 0);
    if (window !== null && settled) this.#motion.learn(slotTimeSec, window.logMedian);
    this.#window = window?.recentred() ?? null;
  }

  #evaluate(slotTimeSec: number): Posterior {
    const amounts = this.#weigh();
    const { fineTemper } = this.#parameters;
    const kept = this.#window?.update(this.#fineComb, amounts, fineTemper) ?? null;
    if (kept !== null && !this.#octave.isDue(slotTimeSec, kept.logMedian)) {
      return { window: kept, octave: null, settled: true, amounts };
    }
    const octave = this.#octave.read(amounts, slotTimeSec, this.#motion);
    const { settled } = octave;
    if (!settled || (kept !== null && kept.holds(octave.posterior) >= WINDOW_MASS_MIN)) {
      return { window: kept, octave, settled, amounts };
    }
    const window = FineWindow.around(octave.cell).update(this.#fineComb, amounts, fineTemper);
    return { window, octave, settled, amounts };
  }

  #weigh(): WeighedAmounts {
    const sorted = Float64Array.from(this.#votes).sort();
    const weights = this.#repeated.weigh(sorted);
    const logSats = sorted.map(Math.log);
    this.#background.refresh(logSats, weights);
    const logBackground = logSats.map((log) => this.#background.logDensity(log));
    return { logSats, weights, logBackground };
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
