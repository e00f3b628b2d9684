import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRICE_PARAMETERS } from '../src/parameters.ts';
import { ROUND_AMOUNTS_USD, readAtRoundAmount } from '../src/round-amounts.ts';

describe('ROUND_AMOUNTS_USD', () => {
  it('rises, holds what people send, and has a weight for each', () => {
    expect([...ROUND_AMOUNTS_USD].sort((a, b) => a - b)).toEqual(ROUND_AMOUNTS_USD);
    for (const amountUsd of [1, 5, 20, 50, 100, 250, 1_000, 10_000]) {
      expect(ROUND_AMOUNTS_USD).toContain(amountUsd);
    }
    expect(PRICE_PARAMETERS.toothWeights).toHaveLength(ROUND_AMOUNTS_USD.length);
    const total = PRICE_PARAMETERS.toothWeights.reduce((sum, weight) => sum + weight, 0);
    expect(total).toBeCloseTo(1, 2);
  });
});

describe('readAtRoundAmount', () => {
  it('reads $100 paid at 50,250 as a price of 50,250', () => {
    expect(readAtRoundAmount(199_005, 50_000)).toBeCloseTo(50_250, 0);
  });

  it('chooses the nearest amount on either side, and none too far away', () => {
    const sats = (usd: number): number => (usd / 50_000) * 1e8;
    expect(readAtRoundAmount(sats(46), 50_000)).toBeCloseTo((50 / 46) * 50_000, 3);
    expect(readAtRoundAmount(sats(43), 50_000)).toBeCloseTo((40 / 43) * 50_000, 3);
    expect(readAtRoundAmount(sats(0.5), 50_000)).toBeNull();
    expect(readAtRoundAmount(sats(1_500), 50_000)).toBeNull();
  });

  it('always lies within 25 % of the price', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_001, max: 1e9 }),
        fc.double({ min: 1_000, max: 1e6, noNaN: true }),
        (amountSats, priceUsd) => {
          const read = readAtRoundAmount(amountSats, priceUsd);
          if (read !== null) expect(Math.abs(read / priceUsd - 1)).toBeLessThanOrEqual(0.25);
        },
      ),
    );
  });
});
