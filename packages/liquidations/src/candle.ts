/** One candle of a perpetual future. Prices are in USD (or a coin that stands for it). */
export interface Candle {
  /** When it opened, unix seconds: a multiple of its interval. */
  readonly timeSec: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Traded volume in the base currency. */
  readonly volume: number;
}

/**
 * What is wrong with a candle, for a person; null when nothing is.
 *
 * @param intervalSec - the time it opened at has to be a multiple of it
 */
export function candleProblem(candle: Candle, intervalSec: number): string | null {
  const { timeSec, open, high, low, close, volume } = candle;
  if (!(Number.isFinite(timeSec) && timeSec >= 0 && timeSec % intervalSec === 0)) {
    return `time ${timeSec} is not a multiple of ${intervalSec} s`;
  }
  if (!(low > 0 && high < Number.POSITIVE_INFINITY)) {
    return `prices ${low} to ${high}: they have to be above 0 and finite`;
  }
  if (!(low <= Math.min(open, close) && Math.max(open, close) <= high)) {
    return `open ${open} and close ${close} have to lie between low ${low} and high ${high}`;
  }
  if (!(volume >= 0 && volume < Number.POSITIVE_INFINITY)) {
    return `volume ${volume} has to be 0 or above, and finite`;
  }
  return null;
}

/** Open interest at one moment. */
export interface OpenInterest {
  /** Unix seconds. */
  readonly timeSec: number;
  readonly usd: number;
}

/** Of a position: who was liquidated. A forced BUY order closes a short. */
export type Side = 'long' | 'short';

/** One liquidation that happened. */
export interface Liquidation {
  /** Unix seconds, with a fraction. */
  readonly timeSec: number;
  readonly side: Side;
  readonly priceUsd: number;
  readonly usd: number;
}
