import { parseLeverageWeights } from '@tidegauge/liquidations';
import { expect, test } from 'vitest';
import { HeatmapLane } from '../../src/pipelines/heatmap-lane.ts';
import { FROM_SEC, INTERVAL_SEC } from './market-hours.ts';

const PRICE_USD = 140;

/** The bucket of the nearest long level after one still candle, all positions at one leverage. */
function nearestLongUsd(symbol: string, mix: string): number {
  const parsed = parseLeverageWeights(mix);
  if (!parsed.ok) throw new Error(parsed.problem);
  const lane = new HeatmapLane({
    market: { symbol, intervalSec: INTERVAL_SEC },
    openInterestPeriodSec: INTERVAL_SEC,
    leverageWeights: parsed.weights,
  });
  const still = { open: PRICE_USD, high: PRICE_USD, low: PRICE_USD, close: PRICE_USD, volume: 9 };
  for (let i = 0; i < 2; i++) {
    const timeSec = FROM_SEC + i * INTERVAL_SEC;
    lane.takeCandle({ timeSec, ...still }, true, timeSec + INTERVAL_SEC);
    lane.takeOpenInterest({ timeSec: timeSec + INTERVAL_SEC, usd: 1e9 });
  }
  const longs = lane.snapshot()!.levels.filter(({ longUsd }) => longUsd > 0);
  return longs.at(-1)!.priceUsd;
}

test('a market is liquidated at the maintenance margin of its venue', () => {
  // At 100x: 140 * 0.99 / (1 - rate) is 139.16 at 0.4 % and 139.30 at the 0.5 % of SOLUSDT.
  expect(nearestLongUsd('XYZUSDT', '100:1')).toBeCloseTo(139.1, 6);
  expect(nearestLongUsd('SOLUSDT', '100:1')).toBeCloseTo(139.2, 6);
});
