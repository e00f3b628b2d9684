import { describe, expect, it } from 'vitest';
import { AmountBackground } from '../src/amount-background.ts';
import { RepeatedAmounts } from '../src/repeated-amounts.ts';
import { thinPiles } from '../src/thin-piles.ts';

const ones = (length: number): Float64Array => new Float64Array(length).fill(1);

describe('RepeatedAmounts', () => {
  const one = (repeated: RepeatedAmounts, sats: number): number =>
    repeated.weigh(Float64Array.of(sats))[0]!;

  it('counts a new amount whole and each repetition less, also within a batch', () => {
    const repeated = new RepeatedAmounts();
    const [first, second, other] = repeated.weigh(Float64Array.of(5_000_000, 5_000_000, 5_000_001));
    expect(first).toBe(1);
    expect(second).toBeCloseTo(0.25, 2);
    expect(other).toBe(1);
    repeated.add(5_000_000);
    expect(one(repeated, 5_000_000)).toBeCloseTo(0.25, 2);
    expect(one(repeated, 5_000_001)).toBe(1);
  });

  it('does not hold against small amounts what chance repeats, but what a program repeats', () => {
    const crowded = Float64Array.from({ length: 200 }, (_, i) => 5_000 + (i % 10)).sort();
    const weights = new RepeatedAmounts().weigh(crowded);
    expect(Math.min(...weights)).toBeGreaterThan(0.1);
    const program = new RepeatedAmounts().weigh(new Float64Array(200).fill(5_000_000));
    expect(program.reduce((sum, weight) => sum + weight, 0)).toBeLessThan(2);
  });

  it('forgets after two generations, or one long silence', () => {
    const repeated = new RepeatedAmounts();
    repeated.advance(7_200);
    repeated.add(5_000_000);
    repeated.advance(14_400);
    expect(one(repeated, 5_000_000)).toBeLessThan(0.3);
    repeated.advance(21_600);
    expect(one(repeated, 5_000_000)).toBe(1);
    repeated.add(5_000_000);
    repeated.advance(100_000);
    expect(one(repeated, 5_000_000)).toBe(1);
  });
});

describe('thinPiles', () => {
  it('leaves what stands alone and thins what lies together', () => {
    const logs = Float64Array.of(1, 5, 5.001, 5.002, 5.003, 9);
    const thinned = thinPiles(logs, ones(6), 0.5);
    expect(thinned[0]).toBe(1);
    expect(thinned[5]).toBe(1);
    const pile = thinned.slice(1, 5);
    expect(pile.reduce((sum, value) => sum + value, 0)).toBeCloseTo(2, 9);
  });

  it('changes nothing at power 0 and weighs what was already weighed down', () => {
    const logs = Float64Array.of(1, 1);
    expect([...thinPiles(logs, ones(2), 0)]).toEqual([1, 1]);
    expect([...thinPiles(logs, Float64Array.of(0.25, 0.25), 0.5)]).toEqual([0.25, 0.25]);
  });
});

describe('AmountBackground', () => {
  it('is a density: it integrates to 1 over all amounts', () => {
    const background = new AmountBackground();
    const logs = Float64Array.from({ length: 500 }, (_, i) => 10 + (i % 50) / 10);
    background.absorb(logs, ones(500));
    background.refresh(new Float64Array(0), new Float64Array(0));
    let area = 0;
    for (let log = Math.log(1_000); log < Math.log(1e12); log += 0.01) {
      area += Math.exp(background.logDensity(log)) * 0.01;
    }
    expect(area).toBeCloseTo(1, 1);
  });

  it('follows the amounts it saw, pending ones included, and forgets old ones', () => {
    const background = new AmountBackground();
    background.refresh(new Float64Array(200).fill(11), ones(200));
    expect(background.logDensity(11)).toBeGreaterThan(background.logDensity(20));
    for (let i = 0; i < 50; i++) background.absorb(new Float64Array(1_000).fill(20), ones(1_000));
    background.absorb(new Float64Array(10).fill(11), ones(10));
    background.refresh(new Float64Array(0), new Float64Array(0));
    expect(background.logDensity(20)).toBeGreaterThan(background.logDensity(11));
  });

  it('answers for amounts outside its range', () => {
    const background = new AmountBackground();
    expect(Number.isFinite(background.logDensity(-5))).toBe(true);
    expect(Number.isFinite(background.logDensity(99))).toBe(true);
  });
});
