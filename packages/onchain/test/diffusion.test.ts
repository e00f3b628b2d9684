import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convolve, gaussianKernel, normalise, spreadExponentially } from '../src/diffusion.ts';

function spike(cells: number, at: number): Float64Array {
  const mass = new Float64Array(cells);
  mass[at] = 1;
  return mass;
}

function moments(mass: Float64Array): { total: number; mean: number; variance: number } {
  let total = 0;
  let mean = 0;
  mass.forEach((value, i) => {
    total += value;
    mean += value * i;
  });
  let variance = 0;
  mass.forEach((value, i) => {
    variance += value * (i - mean) ** 2;
  });
  return { total, mean, variance };
}

describe('gaussianKernel', () => {
  it('carries its variance, however short the step', () => {
    for (const variance of [0, 0.01, 0.3, 0.49, 0.8, 3, 40]) {
      const out = new Float64Array(201);
      convolve(spike(201, 100), gaussianKernel(variance, 100), out);
      const { total, mean, variance: seen } = moments(out);
      expect(total).toBeCloseTo(1, 12);
      expect(mean).toBeCloseTo(100, 9);
      expect(Math.abs(seen - variance)).toBeLessThan(0.01 * variance + 1e-9);
    }
  });

  it('spreads as far in many short steps as in one long one', () => {
    let mass: Float64Array = spike(201, 100);
    let out: Float64Array = new Float64Array(201);
    for (let i = 0; i < 100; i++) {
      convolve(mass, gaussianKernel(0.1, 100), out);
      [mass, out] = [out, mass];
    }
    expect(moments(mass).variance).toBeCloseTo(10, 6);
  });
});

describe('convolve', () => {
  it('keeps all mass on the lattice, also at its edges', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 50, noNaN: true }),
        (values, variance) => {
          const mass = Float64Array.from(values);
          const out = new Float64Array(mass.length);
          convolve(mass, gaussianKernel(variance, 60), out);
          expect(moments(out).total).toBeCloseTo(moments(mass).total, 9);
        },
      ),
    );
  });
});

describe('spreadExponentially', () => {
  it('is symmetric, keeps the mass and has the mean move asked for', () => {
    const mass = spike(801, 400);
    spreadExponentially(mass, 10);
    expect(moments(mass).total).toBeCloseTo(1, 9);
    let meanMove = 0;
    mass.forEach((value, i) => {
      meanMove += value * Math.abs(i - 400);
      expect(value).toBeCloseTo(mass[800 - i]!, 12);
    });
    expect(meanMove).toBeGreaterThan(8);
    expect(meanMove).toBeLessThan(12);
  });
});

describe('normalise', () => {
  it('scales to 1 and says when there is nothing to scale', () => {
    const mass = Float64Array.of(1, 3);
    expect(normalise(mass)).toBe(true);
    expect([...mass]).toEqual([0.25, 0.75]);
    expect(normalise(new Float64Array(3))).toBe(false);
  });
});
