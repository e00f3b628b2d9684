/**
 * Finds the parameters whose liquidations rank best with those that happened: coordinate descent
 * from a fixed start.
 *
 * Ranks, not volumes, so that the crash of 10 October 2025 is a few windows among hundreds. Half of
 * the objective is the correlation over all windows, half the mean over quarters of them, so that
 * it is not bought with how one month compares to another. A move has to gain something to be
 * taken: the best is flat, and what gains less than that is noise.
 */

import { JoinedEngine } from '../../packages/liquidations/src/joined-engine.ts';
import type { LiquidationParameters } from '../../packages/liquidations/src/liquidation-parameters.ts';
import { OpenInterestTrack } from '../../packages/liquidations/src/open-interest-track.ts';
import {
  CANDLE_SEC,
  type MarketHistory,
  OPEN_INTEREST_SEC,
  type Window,
  windowStart,
} from './datasets.ts';
import { type Prediction, predictionOf, score } from './score.ts';

const QUARTERS = 4;
const GAIN_MIN = 2e-5;
const ROUNDS = 12;
const BUCKET_USD = 100;
/** Windows with the largest liquidations, which the scale is fitted without. */
const CRASH_SHARE = 0.01;
const LEVERAGES = [5, 7, 10, 14, 20, 28, 40, 56, 80, 112, 150, 200];

/** What is tuned; the rest is fixed by START. */
export interface Tuned {
  /** Weight of a leverage: its power, negative. */
  readonly leveragePower: number;
  /** Opened by the quick crowd for each USD of the patient one. */
  readonly quickRatio: number;
  readonly quickHours: number;
  readonly quickEscape: number;
  readonly patientHours: number;
  readonly volumePower: number;
  readonly riseHours: number;
}

/** The sketch that the form began with: one crowd in the main, opened in proportion to volume. */
export const START: Tuned = {
  leveragePower: 0.5,
  quickRatio: 8,
  quickHours: 1,
  quickEscape: 5,
  patientHours: 24,
  volumePower: 1,
  riseHours: 10,
};

const MOVES: readonly { name: keyof Tuned; factors?: number[]; steps?: number[] }[] = [
  { name: 'volumePower', steps: [-0.3, -0.1, 0.1, 0.3] },
  { name: 'quickRatio', factors: [0.5, 0.8, 1.25, 2] },
  { name: 'quickHours', factors: [0.5, 0.8, 1.25, 2] },
  { name: 'quickEscape', factors: [0.5, 2] },
  { name: 'patientHours', factors: [0.5, 0.8, 1.25, 2] },
  { name: 'leveragePower', steps: [-0.25, 0.25] },
  { name: 'riseHours', steps: [-10, 10] },
];

/** Opened by the patient crowd in an hour before the scale is fitted. */
const SCALE = 1e-5;

export function parametersOf(tuned: Tuned, scale: number): LiquidationParameters {
  const weights = LEVERAGES.map((leverage) => leverage ** -tuned.leveragePower);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return {
    leverageWeights: LEVERAGES.map((leverage, i) => ({ leverage, weight: weights[i]! / sum })),
    entryPoints: [-0.9, -0.4, 0.1, 0.6].map((at) => ({ at, weight: 0.25 })),
    crowds: [
      {
        turnoverPerHour: SCALE * scale * tuned.quickRatio,
        halfLifeSec: 3_600 * tuned.quickHours,
        escapeVolume: tuned.quickEscape,
      },
      {
        turnoverPerHour: SCALE * scale,
        halfLifeSec: 3_600 * tuned.patientHours,
        escapeVolume: 0,
      },
    ],
    volumePower: tuned.volumePower,
    riseHours: tuned.riseHours,
    fallShare: 1,
    usualHalfLifeSec: 365 * 86_400,
  };
}

/** What the model says of each window. */
export function predict(parameters: LiquidationParameters, history: MarketHistory): Prediction {
  const track = new OpenInterestTrack(OPEN_INTEREST_SEC);
  for (const sample of history.openInterest) track.take(sample);
  const options = { intervalSec: CANDLE_SEC, bucketUsd: BUCKET_USD, parameters };
  const joined = new JoinedEngine(options, track);
  const endSec = history.windows.at(-1)!.timeSec;
  const outcomes = history.candles
    .filter(({ timeSec }) => windowStart(timeSec) <= endSec)
    .map((candle) => joined.accept(candle));
  return predictionOf(outcomes, history.windows);
}

function objective(tuned: Tuned, history: MarketHistory, places: readonly number[]): number {
  const prediction = predict(parametersOf(tuned, 1), history);
  const sides = (some: readonly number[]): number => {
    const { long, short } = score(prediction, history.windows, some);
    return (long + short) / 2;
  };
  let quarters = 0;
  for (let quarter = 0; quarter < QUARTERS; quarter += 1) {
    const [from, to] = [quarter, quarter + 1].map((q) =>
      Math.floor((q * places.length) / QUARTERS),
    );
    quarters += sides(places.slice(from, to)) / QUARTERS;
  }
  return (sides(places) + quarters) / 2;
}

function* neighbours(tuned: Tuned): Generator<Partial<Tuned>> {
  for (const { name, factors, steps } of MOVES) {
    for (const factor of factors ?? []) yield { [name]: tuned[name] * factor };
    for (const step of steps ?? []) {
      const value = Math.max(0, Number((tuned[name] + step).toFixed(6)));
      if (value !== tuned[name]) yield { [name]: value };
    }
  }
}

/**
 * Tunes on some windows, given by their places.
 *
 * @param report - told of each improvement
 */
export function tune(
  history: MarketHistory,
  places: readonly number[],
  report: (line: string) => void,
): Tuned {
  let best = START;
  let bestValue = objective(best, history, places);
  for (let round = 1; round <= ROUNDS; round += 1) {
    const before = bestValue;
    for (const change of neighbours(best)) {
      const candidate = { ...best, ...change };
      const value = objective(candidate, history, places);
      if (value < bestValue + GAIN_MIN) continue;
      report(`round ${round}: ${JSON.stringify(change)}: ${value.toFixed(4)}`);
      [best, bestValue] = [candidate, value];
    }
    if (bestValue === before) break;
  }
  return best;
}

/**
 * The scale at which predicted and actual volume are the same, the largest windows left out.
 *
 * The history begins when open interest was a third above its mean, and what is known first counts
 * as usual at first. The scale is set for the mean, or a history that begins on a common day would
 * get too little. So the volume of this one comes out a third too high.
 */
export function fitScale(tuned: Tuned, history: MarketHistory, places: readonly number[]): number {
  const total = ({ longUsd, shortUsd }: Window): number => longUsd + shortUsd;
  const bySize = [...places].sort(
    (a, b) => total(history.windows[b]!) - total(history.windows[a]!),
  );
  const kept = bySize.slice(Math.ceil(CRASH_SHARE * places.length));
  const { ratio } = score(predict(parametersOf(tuned, 1), history), history.windows, kept);
  const { openInterest } = history;
  const meanUsd = openInterest.reduce((sum, { usd }) => sum + usd, 0) / openInterest.length;
  return openInterest[0]!.usd / meanUsd / ratio;
}
