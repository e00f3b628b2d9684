import type { PricePath } from './price-path.ts';
import { type Random, Weighted } from './random.ts';

/** Round dollar amounts that people pay, and how popular each is: a guess, made for this demo. */
const ROUND_USD = new Weighted<number>([
  [1, 1],
  [2, 1],
  [5, 4],
  [10, 8],
  [15, 2],
  [20, 9],
  [25, 5],
  [30, 5],
  [40, 3],
  [50, 12],
  [60, 1.5],
  [75, 2],
  [80, 1],
  [100, 16],
  [120, 1],
  [150, 4],
  [200, 9],
  [250, 4],
  [300, 5],
  [400, 3],
  [500, 7],
  [600, 1],
  [750, 0.7],
  [800, 0.8],
  [1000, 7],
  [1500, 1.5],
  [2000, 3],
  [2500, 1],
  [3000, 1.5],
  [5000, 2.5],
  [10_000, 1.5],
]);

/** Mantissas of amounts that are round in bitcoin. */
const ROUND_BTC = new Weighted<number>([
  [1, 30],
  [2, 15],
  [5, 20],
  [3, 6],
  [4, 5],
  [1.5, 6],
  [2.5, 6],
  [6, 3],
  [7, 3],
  [8, 3],
  [1.2, 2],
  [9, 1],
]);

const QUOTE_AGE_MEAN_SEC = 180;
/** Exchanges and payment services differ by about this much at any moment. */
const QUOTE_SPREAD = 0.0005;
const SATS_PER_BTC = 1e8;
/** Below this an output costs more to spend than it holds; nodes do not relay it. */
export const DUST_SATS = 546;

/** A payment of a round number of dollars at a price quoted some minutes before. */
export function roundUsdSats(random: Random, path: PricePath, timeSec: number): number {
  const quotedSec = timeSec - random.exponential(QUOTE_AGE_MEAN_SEC);
  const priceUsd = path.priceUsd(quotedSec) * Math.exp(QUOTE_SPREAD * random.normal());
  return Math.round((ROUND_USD.draw(random) / priceUsd) * SATS_PER_BTC);
}

/** A payment of a round number of bitcoins, 0.0001 to 10 of them. */
export function roundBtcSats(random: Random): number {
  const exponent = 4 + Math.min(4, Math.floor(random.exponential(1.6)));
  return Math.round(ROUND_BTC.draw(random) * 10 ** exponent);
}

/** Any other amount: log-normal over many orders of magnitude. */
export function anySats(random: Random): number {
  return Math.max(DUST_SATS, Math.round(random.logNormal(250_000, 2.8)));
}
