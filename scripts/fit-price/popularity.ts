/**
 * How often each round amount is sent: expectation maximisation on real blocks and a real mempool.
 *
 * Each amount is either background or a payment of one of the round amounts; given the price of
 * each sample, the shares follow. Few payments are certain, so the weights are drawn towards a
 * model with far fewer numbers: popularity = decade x mantissa (somebody who sends $20 more
 * often than $30 also sends $200 more often than $300). The price of each sample is where its
 * own likelihood is highest, within 3 % of the published one.
 */
import { AmountBackground } from '../../packages/onchain/src/amount-background.ts';
import { ROUND_AMOUNTS_USD } from '../../packages/onchain/src/round-amounts.ts';
import type { Sample } from './datasets.ts';

const LOG_SATS_PER_BTC = Math.log(1e8);
const ROUNDS = 60;
const PRICE_ROUNDS = 3;
const PRICE_REACH_LOG = 0.03;
const PRICE_STEP_LOG = 0.0001;
/** Student t of a tooth within one block; the tracking fit has its own. */
const TOOTH_SCALE = 0.001;
const TOOTH_TAIL = 2.5;
const TOOTH_REACH_LOG = 0.03;
/** The product model counts as this many payments. */
const SMOOTHING_PAYMENTS = 60;
/** A tooth less used than this is left out: it costs time and tells nothing. */
const WEIGHT_MIN = 0.004;

const LOG_AMOUNTS = ROUND_AMOUNTS_USD.map(Math.log);
const DECADES = ROUND_AMOUNTS_USD.map((usd) => Math.floor(Math.log10(usd) + 1e-9));
const MANTISSAS = ROUND_AMOUNTS_USD.map((usd, k) => Math.round((100 * usd) / 10 ** DECADES[k]!));

export interface Popularity {
  readonly toothWeights: readonly number[];
  readonly roundShare: number;
  /** For the report: what was found in each sample. */
  readonly samples: readonly {
    name: string;
    priceUsd: number;
    roundShare: number;
    votes: number;
  }[];
}

interface Fitted {
  readonly sample: Sample;
  readonly logs: Float64Array;
  readonly background: AmountBackground;
  logPrice: number;
  share: number;
}

function toothShape(d: number): number {
  return (1 + (d / TOOTH_SCALE) ** 2 / TOOTH_TAIL) ** (-(TOOTH_TAIL + 1) / 2);
}

function toothArea(): number {
  let area = 0;
  for (let d = -TOOTH_REACH_LOG; d < TOOTH_REACH_LOG; d += 1e-5) area += toothShape(d) * 1e-5;
  return area;
}

const AREA = toothArea();

/** Equal amounts are one sender's: each counts once. */
function prepare(sample: Sample): Fitted {
  const logs = Float64Array.from(new Set(sample.amountsSats), Math.log);
  const background = new AmountBackground();
  background.refresh(
    logs,
    logs.map(() => 1),
  );
  return { sample, logs, background, logPrice: Math.log(sample.roughPriceUsd), share: 0.1 };
}

/** Responsibilities of the teeth for one amount, added to `counts`; returns the likelihood. */
function assign(fitted: Fitted, weights: readonly number[], log: number, counts: number[]): number {
  const usd = log - LOG_SATS_PER_BTC + fitted.logPrice;
  const ordinary = (1 - fitted.share) * Math.exp(fitted.background.logDensity(log));
  const claims: [tooth: number, claim: number][] = [];
  let total = ordinary;
  for (let tooth = 0; tooth < LOG_AMOUNTS.length; tooth++) {
    const distance = LOG_AMOUNTS[tooth]! - usd;
    if (Math.abs(distance) > TOOTH_REACH_LOG) continue;
    const claim = (fitted.share * weights[tooth]! * toothShape(distance)) / AREA;
    claims.push([tooth, claim]);
    total += claim;
  }
  for (const [tooth, claim] of claims) counts[tooth]! += claim / total;
  return total;
}

function sharpenPrice(fitted: Fitted, weights: readonly number[]): void {
  const centre = Math.log(fitted.sample.roughPriceUsd);
  let best = Number.NEGATIVE_INFINITY;
  let bestAt = fitted.logPrice;
  for (let d = -PRICE_REACH_LOG; d <= PRICE_REACH_LOG; d += PRICE_STEP_LOG) {
    fitted.logPrice = centre + d;
    const unused = weights.map(() => 0);
    let likelihood = 0;
    for (const log of fitted.logs) likelihood += Math.log(assign(fitted, weights, log, unused));
    if (likelihood > best) [best, bestAt] = [likelihood, fitted.logPrice];
  }
  fitted.logPrice = bestAt;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function normalised(values: readonly number[]): number[] {
  const sum = total(values);
  return values.map((value) => value / sum);
}

/** Counts drawn towards decade x mantissa. */
function smoothed(counts: readonly number[]): number[] {
  const byDecade = new Map<number, number>();
  const byMantissa = new Map<number, number>();
  counts.forEach((count, k) => {
    byDecade.set(DECADES[k]!, (byDecade.get(DECADES[k]!) ?? 1) + count);
    byMantissa.set(MANTISSAS[k]!, (byMantissa.get(MANTISSAS[k]!) ?? 0.5) + count);
  });
  const product = normalised(
    counts.map((_, k) => byDecade.get(DECADES[k]!)! * byMantissa.get(MANTISSAS[k]!)!),
  );
  return normalised(counts.map((count, k) => count + SMOOTHING_PAYMENTS * product[k]!));
}

/** Fits popularity and share of round payments. */
export function fitPopularity(samples: readonly Sample[]): Popularity {
  const fits = samples.map(prepare);
  let weights: number[] = normalised(LOG_AMOUNTS.map(() => 1));
  for (let round = 0; round < ROUNDS; round++) {
    if (round % (ROUNDS / PRICE_ROUNDS) === 10) for (const fit of fits) sharpenPrice(fit, weights);
    const counts = weights.map(() => 0);
    for (const fit of fits) {
      const own = weights.map(() => 0);
      for (const log of fit.logs) assign(fit, weights, log, own);
      fit.share = total(own) / fit.logs.length;
      own.forEach((count, k) => {
        counts[k]! += count;
      });
    }
    weights = smoothed(counts);
  }
  const votes = total(fits.map((fit) => fit.logs.length));
  return {
    toothWeights: normalised(weights.map((weight) => (weight < WEIGHT_MIN ? 0 : weight))),
    roundShare: total(fits.map((fit) => fit.share * fit.logs.length)) / votes,
    samples: fits.map((fit) => ({
      name: fit.sample.name,
      priceUsd: Math.exp(fit.logPrice),
      roundShare: fit.share,
      votes: fit.logs.length,
    })),
  };
}
