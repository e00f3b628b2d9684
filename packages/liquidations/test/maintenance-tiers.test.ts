import { describe, expect, test } from 'vitest';
import { MAINTENANCE_TABLES, maintenanceRate } from '../src/maintenance-tiers.ts';

describe('maintenance tiers', () => {
  test.each([
    ['BTCUSDT', undefined, 0.004],
    ['BTCUSDT', 50_000, 0.004],
    ['BTCUSDT', 50_001, 0.005],
    ['BTCUSDT', 1e12, 0.5],
    ['SOLUSDT', 10_000, 0.005],
    ['NOSUCHUSDT', 1e9, 0.004],
  ])('of %s at %d USD ask for %d', (symbol, notionalUsd, rate) => {
    expect(maintenanceRate(symbol, notionalUsd)).toBe(rate);
  });

  test('rise with the size, while the leverage allowed falls, and no tier is due at its entry', () => {
    for (const [symbol, { tiers, asOf, source }] of MAINTENANCE_TABLES) {
      expect(asOf).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(source).not.toBe('');
      tiers.forEach((tier, i) => {
        const next = tiers[i + 1];
        expect(tier.rate, symbol).toBeLessThan(1 / tier.leverageMax);
        if (next === undefined) return;
        expect(next.notionalMaxUsd).toBeGreaterThan(tier.notionalMaxUsd);
        expect(next.rate).toBeGreaterThan(tier.rate);
        expect(next.leverageMax).toBeLessThan(tier.leverageMax);
      });
    }
  });
});
