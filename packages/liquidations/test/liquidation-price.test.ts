import { describe, expect, test } from 'vitest';
import { liquidationPrice, survivesItsEntry } from '../src/liquidation-price.ts';

describe('liquidation price', () => {
  test('leaves just the maintenance margin', () => {
    // Worked by hand: 100,000 at 10x puts up 10,000. At P a long has 10,000 + P - 100,000 left and
    // needs 0.004 P: P = 90,000 / 0.996. A short has 10,000 + 100,000 - P: P = 110,000 / 1.004.
    expect(liquidationPrice('long', 100_000, 10, 0.004)).toBeCloseTo(90_361.4458, 4);
    expect(liquidationPrice('short', 100_000, 10, 0.004)).toBeCloseTo(109_561.753, 3);
  });

  test.each([
    { leverage: 5, rate: 0.004 },
    { leverage: 125, rate: 0.004 },
    { leverage: 20, rate: 0.025 },
  ])('margin left equals margin needed at $leverage x', ({ leverage, rate }) => {
    const entry = 64_321;
    const margin = entry / leverage;
    const long = liquidationPrice('long', entry, leverage, rate);
    expect(margin + long - entry).toBeCloseTo(rate * long, 6);
    const short = liquidationPrice('short', entry, leverage, rate);
    expect(margin + entry - short).toBeCloseTo(rate * short, 6);
  });

  test('a margin that does not exceed the maintenance margin does not survive its entry', () => {
    expect(survivesItsEntry(200, 0.004)).toBe(true);
    expect(survivesItsEntry(200, 0.005)).toBe(false);
    expect(survivesItsEntry(300, 0.004)).toBe(false);
  });
});
