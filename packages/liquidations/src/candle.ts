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
