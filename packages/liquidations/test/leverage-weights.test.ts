import { describe, expect, test } from 'vitest';
import { parseLeverageWeights } from '../src/leverage-weights.ts';
import { maintenanceRate } from '../src/maintenance-tiers.ts';

function problemOf(text: string, maintenanceRate?: number): string {
  const parsed = parseLeverageWeights(text, maintenanceRate);
  return parsed.ok ? 'no problem' : parsed.problem;
}

describe('leverage weights', () => {
  test('are read in any order, with spaces, and sorted', () => {
    const parsed = parseLeverageWeights(' 25:.25, 5:0.15,10:.3,100:.1 ,50:.2');
    expect(parsed).toEqual({
      ok: true,
      weights: [
        { leverage: 5, weight: 0.15 },
        { leverage: 10, weight: 0.3 },
        { leverage: 25, weight: 0.25 },
        { leverage: 50, weight: 0.2 },
        { leverage: 100, weight: 0.1 },
      ],
    });
  });

  test('that sum to nearly 1 are scaled to it', () => {
    const parsed = parseLeverageWeights('5:.33,10:.33,20:.33');
    if (!parsed.ok) throw new Error(parsed.problem);
    for (const { weight } of parsed.weights) expect(weight).toBeCloseTo(1 / 3, 12);
  });

  test.each([
    ['', "'' is not a pair: write LEVERAGE:WEIGHT pairs such as"],
    ['5:.5,10', "'10' is not a pair"],
    ['5:.5:1,10:.5', "'5:.5:1' is not a pair"],
    ['1:1', "leverage '1' is not a number above 1 and up to 1000"],
    ['1001:1', "leverage '1001' is not a number above 1 and up to 1000"],
    ['1e1:1', "leverage '1e1' is not a number"],
    ['5:0', "weight '0' of leverage 5 is not a number above 0 and up to 1"],
    ['5:-1', "weight '-1' of leverage 5 is not a number above 0 and up to 1"],
    ['5:.5,5:.5', 'leverage 5 is given twice: give it once'],
    ['5:.5,10:.4', 'the weights sum to 0.9: they have to sum to 1'],
    ['300:1', 'leverage 300 is liquidated where it is opened, as its margin of 0.333 % does not'],
    [Array.from({ length: 65 }, (_, i) => `${i + 2}:.01`).join(), '65 leverages are too many'],
  ])('%s is refused with a reason', (text, problem) => {
    expect(problemOf(text)).toContain(problem);
  });

  test('the highest leverage depends on the maintenance rate', () => {
    expect(problemOf('100:1', 0.01)).toContain('allowed are leverages below 100');
    expect(problemOf('100:1', 0.005)).toBe('no problem');
  });

  test('without a market a mix has to bear the margins of all of them, SOLUSDT among them', () => {
    expect(problemOf('200:1')).toContain('allowed are leverages below 200');
    expect(problemOf('200:1', maintenanceRate('BTCUSDT'))).toBe('no problem');
    expect(problemOf('199:1', maintenanceRate('SOLUSDT'))).toBe('no problem');
  });
});
