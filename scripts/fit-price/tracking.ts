/**
 * How the price moves and how payments lie around it: coordinate descent on the error of the
 * whole filter over every other week, scored on the weeks between.
 *
 * The objective is proper, so calibration is not bought with accuracy or the other way round: the
 * pinball losses of the 5 %, 50 % and 95 % quantiles, relative to the truth.
 */
import { PriceFilter } from '../../packages/onchain/src/price-filter.ts';
import type { PriceParameters } from '../../packages/onchain/src/price-parameters.ts';
import type { PriceEstimate } from '../../packages/onchain/src/snapshot.ts';
import type { TrackedBlock } from './datasets.ts';

/** A single miss counts at most this much, so that one wild hour does not decide. */
const MISS_MAX = 0.03;
/** What a truth without an answer costs. */
const UNANSWERED_LOSS = 0.01;

export interface TrackingScore {
  /** Mean loss in percent. */
  readonly loss: number;
  readonly scored: number;
  readonly unanswered: number;
  /** Absolute errors in percent. */
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  /** Share of truths inside the 90 % interval, and its median width in percent. */
  readonly coverage: number;
  readonly width: number;
}

type Tuned = Exclude<keyof PriceParameters, 'toothWeights'>;

/** What is tried, in order; a factor multiplies, a step adds. */
const MOVES: readonly { name: Tuned; factors?: readonly number[]; steps?: readonly number[] }[] = [
  { name: 'toothScale', factors: [0.7, 1.4] },
  { name: 'toothTail', factors: [0.7, 1.4] },
  { name: 'fineTemper', factors: [0.6, 1.5] },
  { name: 'dailyVolatility', factors: [0.8, 1.25] },
  { name: 'volatilityAdaption', steps: [-0.2, 0.2] },
  { name: 'volatilityMemorySec', factors: [0.5, 2] },
  { name: 'largeMovesPerDay', factors: [0.5, 2] },
  { name: 'largeMoveScale', factors: [0.7, 1.4] },
  { name: 'quoteAgeSec', factors: [0.7, 1.4] },
  { name: 'basisScale', factors: [0.6, 1.6] },
];

function pinball(share: number, quantile: number, truth: number): number {
  const miss = Math.max(-MISS_MAX, Math.min(MISS_MAX, truth / quantile - 1));
  return miss >= 0 ? share * miss : (share - 1) * miss;
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Runs the filter over weeks and yields what it says wherever the truth is known. */
function* estimatesAtTruths(
  parameters: PriceParameters,
  weeks: readonly (readonly TrackedBlock[])[],
): Generator<{ truthUsd: number; estimate: PriceEstimate }> {
  const filter = new PriceFilter(parameters);
  for (const { timeSec, amountsSats, truthUsd } of weeks.flat()) {
    for (const amountSats of amountsSats) filter.observe(amountSats, timeSec);
    if (truthUsd !== null) yield { truthUsd, estimate: filter.estimate(timeSec, 0) };
  }
}

/** Scores the filter over weeks. */
export function scoreTracking(
  parameters: PriceParameters,
  weeks: readonly (readonly TrackedBlock[])[],
): TrackingScore {
  const errors: number[] = [];
  const widths: number[] = [];
  let loss = 0;
  let covered = 0;
  let unanswered = 0;
  for (const { truthUsd, estimate } of estimatesAtTruths(parameters, weeks)) {
    const { priceUsd, lowUsd, highUsd } = estimate;
    if (priceUsd === null || lowUsd === null || highUsd === null) {
      unanswered += 1;
      loss += UNANSWERED_LOSS;
      continue;
    }
    loss +=
      pinball(0.05, lowUsd, truthUsd) +
      pinball(0.5, priceUsd, truthUsd) +
      pinball(0.95, highUsd, truthUsd);
    errors.push(100 * Math.abs(priceUsd / truthUsd - 1));
    widths.push((100 * (highUsd - lowUsd)) / priceUsd);
    if (lowUsd <= truthUsd && truthUsd <= highUsd) covered += 1;
  }
  errors.sort((a, b) => a - b);
  widths.sort((a, b) => a - b);
  return {
    loss: (100 * loss) / (errors.length + unanswered),
    scored: errors.length,
    unanswered,
    median: at(errors, 0.5),
    p90: at(errors, 0.9),
    p99: at(errors, 0.99),
    max: at(errors, 1),
    coverage: covered / errors.length,
    width: at(widths, 0.5),
  };
}

function* neighbours(parameters: PriceParameters): Generator<[Tuned, PriceParameters]> {
  for (const { name, factors, steps } of MOVES) {
    for (const factor of factors ?? []) {
      yield [name, { ...parameters, [name]: parameters[name] * factor }];
    }
    for (const step of steps ?? []) {
      const value = Math.min(1, Math.max(0, parameters[name] + step));
      if (value !== parameters[name]) yield [name, { ...parameters, [name]: value }];
    }
  }
}

/**
 * Coordinate descent from a start, until a round brings nothing or the rounds are over.
 *
 * @param report - told of each improvement
 */
export function fitTracking(
  start: PriceParameters,
  weeks: readonly (readonly TrackedBlock[])[],
  rounds: number,
  report: (line: string) => void,
): PriceParameters {
  let best = start;
  let bestLoss = scoreTracking(start, weeks).loss;
  for (let round = 1; round <= rounds; round++) {
    const before = bestLoss;
    for (const [name, candidate] of neighbours(best)) {
      const { loss } = scoreTracking({ ...best, [name]: candidate[name] }, weeks);
      if (loss >= bestLoss) continue;
      report(`round ${round}: ${name} = ${candidate[name]}: loss ${loss.toFixed(5)} %`);
      best = { ...best, [name]: candidate[name] };
      bestLoss = loss;
    }
    if (before - bestLoss < 1e-5) break;
  }
  return best;
}
