/** Made-up candles and open interest from a seed, for tests that need many. */
import type { Candle, OpenInterest } from '../src/candle.ts';

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Market {
  readonly candles: Candle[];
  readonly openInterest: OpenInterest[];
}

/** `volatility` is the size of a move in one candle; open interest is sampled each 4 candles. */
export function randomMarket(
  seed: number,
  length: number,
  intervalSec: number,
  volatility = 0.01,
): Market {
  const random = randomFrom(seed);
  const candles: Candle[] = [];
  const openInterest: OpenInterest[] = [];
  let price = 60_000;
  let interest = 5e9;
  for (let i = 0; i < length; i += 1) {
    const open = price;
    price *= Math.exp(volatility * (random() + random() - 1));
    const high = Math.max(open, price) * (1 + volatility * random() * 0.5);
    const low = Math.min(open, price) * (1 - volatility * random() * 0.5);
    const volume = 1_000 * Math.exp(2 * random());
    candles.push({ timeSec: i * intervalSec, open, high, low, close: price, volume });
    interest *= Math.exp(0.02 * (random() - 0.5));
    if (i % 4 === 0) openInterest.push({ timeSec: i * intervalSec, usd: interest });
  }
  return { candles, openInterest };
}
