import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { massBetween, quantiles, twoModes } from '../src/posterior-summary.ts';

describe('quantiles', () => {
  it('reads the middle of a single cell and is linear within it', () => {
    expect(quantiles(Float64Array.of(0, 1, 0), [0.05, 0.5, 0.95])).toEqual([
      expect.closeTo(0.55, 12),
      expect.closeTo(1, 12),
      expect.closeTo(1.45, 12),
    ]);
  });

  it('rises with its share and holds that share of the mass below it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 }),
        (values) => {
          const total = values.reduce((sum, value) => sum + value, 0);
          fc.pre(total > 0.01);
          const mass = Float64Array.from(values, (value) => value / total);
          const found = quantiles(mass, [0.05, 0.5, 0.95]);
          for (const [i, share] of [0.05, 0.5, 0.95].entries()) {
            expect(massBetween(mass, -1, found[i]!)).toBeCloseTo(share, 6);
          }
        },
      ),
    );
  });

  it('never runs out, even where rounding leaves the total just under a share', () => {
    expect(quantiles(Float64Array.of(0.5, 0.4), [0.5, 0.95])).toEqual([0.5, 1.5]);
  });
});

describe('twoModes', () => {
  it('finds the heaviest place and the heaviest other one far enough away', () => {
    const mass = new Float64Array(100);
    mass[20] = 0.3;
    mass[22] = 0.3;
    mass[27] = 0.15;
    mass[70] = 0.25;
    const [first, second] = twoModes(mass, 3, 8);
    expect(Math.abs(first.cell - 21)).toBeLessThanOrEqual(3);
    expect(first.mass).toBeCloseTo(0.6, 12);
    expect(Math.abs(second.cell - 70)).toBeLessThanOrEqual(3);
    expect(second.mass).toBeCloseTo(0.25, 12);
  });

  it('names the middle of a mode, also of one narrower than the window', () => {
    const mass = new Float64Array(200);
    mass[100] = 0.5;
    mass[101] = 0.5;
    expect(Math.abs(twoModes(mass, 25, 50)[0].cell - 100)).toBeLessThanOrEqual(1);
  });

  it('does not take the shoulder of a mode for another one', () => {
    const mass = Float64Array.from({ length: 60 }, (_, i) => Math.exp(-(((i - 30) / 4) ** 2)));
    const total = mass.reduce((sum, value) => sum + value, 0);
    const [, second] = twoModes(
      mass.map((value) => value / total),
      12,
      25,
    );
    expect(second.mass).toBeLessThan(0.001);
  });
});
