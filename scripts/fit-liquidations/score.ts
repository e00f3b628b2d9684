/** How well predicted liquidations rank with those that happened, window by window. */
import { type MarketHistory, type Window, windowStart } from './datasets.ts';

/** Predicted USD for each window of a history, in its order. */
export interface Prediction {
  readonly longUsd: Float64Array;
  readonly shortUsd: Float64Array;
}

export interface Score {
  readonly windows: number;
  /** Spearman's rank correlation. */
  readonly long: number;
  readonly short: number;
  /** Predicted USD over actual USD, all windows and both sides together. */
  readonly ratio: number;
}

function ranks(values: readonly number[]): Float64Array {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const result = new Float64Array(values.length);
  for (let i = 0; i < order.length; ) {
    let end = i;
    while (end < order.length && values[order[end]!] === values[order[i]!]) end += 1;
    for (let k = i; k < end; k += 1) result[order[k]!] = (i + end - 1) / 2;
    i = end;
  }
  return result;
}

export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)];
  const mean = (a.length - 1) / 2;
  let [both, own, other] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    both += (x[i]! - mean) * (y[i]! - mean);
    own += (x[i]! - mean) ** 2;
    other += (y[i]! - mean) ** 2;
  }
  return both / Math.sqrt(own * other);
}

/** Sums what each candle consumed into the windows. */
export function predictionOf(
  outcomes: Iterable<{ timeSec: number; longUsd: number; shortUsd: number }>,
  windows: readonly Window[],
): Prediction {
  const places = new Map(windows.map(({ timeSec }, index) => [timeSec, index]));
  const longUsd = new Float64Array(windows.length);
  const shortUsd = new Float64Array(windows.length);
  for (const outcome of outcomes) {
    const place = places.get(windowStart(outcome.timeSec));
    if (place === undefined) continue;
    longUsd[place]! += outcome.longUsd;
    shortUsd[place]! += outcome.shortUsd;
  }
  return { longUsd, shortUsd };
}

/** Scores some windows, given by their places. */
export function score(
  prediction: Prediction,
  windows: readonly Window[],
  places: readonly number[],
): Score {
  const pick = (values: Float64Array): number[] => places.map((place) => values[place]!);
  const actual = places.map((place) => windows[place]!);
  const sum = (values: readonly number[]): number => values.reduce((total, usd) => total + usd, 0);
  const predicted = sum(pick(prediction.longUsd)) + sum(pick(prediction.shortUsd));
  const happened = sum(actual.map(({ longUsd, shortUsd }) => longUsd + shortUsd));
  return {
    windows: places.length,
    long: rankCorrelation(
      pick(prediction.longUsd),
      actual.map(({ longUsd }) => longUsd),
    ),
    short: rankCorrelation(
      pick(prediction.shortUsd),
      actual.map(({ shortUsd }) => shortUsd),
    ),
    ratio: predicted / happened,
  };
}

/** What a chart alone tells: the largest drop and rise of price within each window. */
export function priceMoves({ candles, windows }: MarketHistory): Prediction {
  const moves = new Map(windows.map(({ timeSec }) => [timeSec, { open: 0, low: 0, high: 0 }]));
  for (const candle of candles) {
    const move = moves.get(windowStart(candle.timeSec));
    if (move === undefined) continue;
    if (move.open === 0) Object.assign(move, candle);
    move.low = Math.min(move.low, candle.low);
    move.high = Math.max(move.high, candle.high);
  }
  const all = [...moves.values()];
  return {
    longUsd: Float64Array.from(all, ({ open, low }) => 1 - low / open),
    shortUsd: Float64Array.from(all, ({ open, high }) => high / open - 1),
  };
}

export function showScore({ windows, long, short, ratio }: Score): string {
  const correlation = `long ${long.toFixed(4)}, short ${short.toFixed(4)}`;
  return `${correlation}, volume ${ratio.toFixed(2)} of actual, ${windows} windows`;
}
