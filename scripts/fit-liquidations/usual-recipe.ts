/**
 * The recipe that is usual in public code, for comparison: all of a rise of open interest is long
 * when the candle is green and short when it is red, spread over fixed leverages, and a fall closes
 * its share of everything.
 */

import type { Side } from '../../packages/liquidations/src/candle.ts';
import { liquidationPrice } from '../../packages/liquidations/src/liquidation-price.ts';
import { OpenInterestTrack } from '../../packages/liquidations/src/open-interest-track.ts';
import { CANDLE_SEC, type MarketHistory, OPEN_INTEREST_SEC } from './datasets.ts';

const MAINTENANCE_RATE = 0.004;
const WEIGHTS = [
  [5, 0.15],
  [10, 0.3],
  [25, 0.25],
  [50, 0.2],
  [100, 0.1],
] as const;

interface Level {
  readonly side: Side;
  readonly priceUsd: number;
  usd: number;
}

/** USD consumed in each candle of which open interest is known. */
export function* usualRecipe({
  candles,
  openInterest,
}: MarketHistory): Generator<{ timeSec: number; longUsd: number; shortUsd: number }> {
  const track = new OpenInterestTrack(OPEN_INTEREST_SEC);
  for (const sample of openInterest) track.take(sample);
  let levels: Level[] = [];
  for (const { timeSec, open, low, high, close } of candles) {
    const [before, after] = [track.at(timeSec), track.at(timeSec + CANDLE_SEC)];
    if (before === null || after === null) continue;
    const consumed = { long: 0, short: 0 };
    levels = levels.filter(({ side, priceUsd, usd }) => {
      const reached = side === 'long' ? low <= priceUsd : high >= priceUsd;
      if (reached) consumed[side] += usd;
      return !reached;
    });
    if (after > before) {
      const side = close >= open ? 'long' : 'short';
      for (const [leverage, weight] of WEIGHTS) {
        const priceUsd = liquidationPrice(side, close, leverage, MAINTENANCE_RATE);
        levels.push({ side, priceUsd, usd: (after - before) * weight });
      }
    } else {
      for (const level of levels) level.usd *= after / before;
    }
    yield { timeSec, longUsd: consumed.long, shortUsd: consumed.short };
  }
}
