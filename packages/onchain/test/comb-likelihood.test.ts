import { describe, expect, it } from 'vitest';
import { CombLikelihood } from '../src/comb-likelihood.ts';
import { PRICE_PARAMETERS } from '../src/parameters.ts';
import { COARSE_CELLS, COARSE_STEP, FINE_STEP, GRID_LOG_MIN } from '../src/price-grid.ts';

const LOG_BACKGROUND = Math.log(0.15);
const comb = new CombLikelihood(PRICE_PARAMETERS, COARSE_STEP, 0.008);

function cellOf(priceUsd: number, step: number): number {
  return Math.round((Math.log(priceUsd) - GRID_LOG_MIN) / step);
}

function likelihoodOf(amountSats: number): Float64Array {
  const into = new Float64Array(COARSE_CELLS);
  comb.add(into, 0, Math.log(amountSats), LOG_BACKGROUND, 1);
  return into;
}

describe('CombLikelihood', () => {
  it('peaks at the prices at which the amount is a round one, most at the most popular', () => {
    const into = likelihoodOf(200_000);
    for (const [amountUsd, priceUsd] of [
      [50, 25_000],
      [100, 50_000],
      [200, 100_000],
    ] as const) {
      const at = cellOf(priceUsd, COARSE_STEP);
      expect(into[at], `$${amountUsd}`).toBeGreaterThan(0.5);
      expect(into[at + 4]).toBeLessThan(into[at]!);
    }
    const hundred = into[cellOf(50_000, COARSE_STEP)]!;
    expect(hundred).toBeGreaterThan(into[cellOf(35_000, COARSE_STEP)]!);
  });

  it('says nothing at prices at which the amount is not round', () => {
    expect(likelihoodOf(200_000)[cellOf(43_200, COARSE_STEP)]).toBe(0);
  });

  it('adds in a window just what it adds there on the whole lattice', () => {
    const fine = new CombLikelihood(PRICE_PARAMETERS, FINE_STEP, 0.02);
    const first = cellOf(48_000, FINE_STEP);
    const wide = new Float64Array(1_000);
    const narrow = new Float64Array(200);
    fine.add(wide, first, Math.log(200_000), LOG_BACKGROUND, 1);
    fine.add(narrow, first + 100, Math.log(200_000), LOG_BACKGROUND, 1);
    expect([...narrow]).toEqual([...wide.subarray(100, 300)]);
    expect(Math.max(...narrow)).toBeGreaterThan(0.5);
  });

  it('counts in proportion to the weight', () => {
    const half = new Float64Array(COARSE_CELLS);
    comb.add(half, 0, Math.log(200_000), LOG_BACKGROUND, 0.5);
    const at = cellOf(50_000, COARSE_STEP);
    expect(half[at]).toBeCloseTo(likelihoodOf(200_000)[at]! / 2, 12);
  });

  it('tells less where ordinary amounts are dense', () => {
    const dense = new Float64Array(COARSE_CELLS);
    comb.add(dense, 0, Math.log(200_000), LOG_BACKGROUND + 2, 1);
    const at = cellOf(50_000, COARSE_STEP);
    expect(dense[at]).toBeLessThan(likelihoodOf(200_000)[at]!);
  });
});
