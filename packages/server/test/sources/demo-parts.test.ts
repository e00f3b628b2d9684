import { describe, expect, it } from 'vitest';
import { PricePath } from '../../src/sources/demo/price-path.ts';
import { Random, Weighted } from '../../src/sources/demo/random.ts';

const START_SEC = 1_767_225_600;
const DAY_SEC = 86_400;

function sample(count: number, draw: () => number): { mean: number; sd: number } {
  const values = Array.from({ length: count }, draw);
  const mean = values.reduce((a, b) => a + b) / count;
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count);
  return { mean, sd };
}

describe('random', () => {
  it('gives the same numbers for the same seeds, others for others', () => {
    const first = (...seeds: number[]): number[] => {
      const random = new Random(...seeds);
      return Array.from({ length: 5 }, () => random.uint32());
    };
    expect(first(1, 2)).toEqual(first(1, 2));
    const all = [first(1, 2), first(2, 1), first(1), first(1, 3), first(1 + 2 ** 32, 2)];
    expect(new Set(all.map(String)).size).toBe(all.length);
  });

  it('keeps to its numbers: a demo seen once can be seen again', () => {
    const random = new Random(7);
    expect([random.uint32(), random.uint32(), random.uint32()]).toEqual([
      3625898462, 896062018, 3221713860,
    ]);
  });

  it('has the moments of its distributions', () => {
    const random = new Random(3);
    const uniform = sample(50_000, () => random.unit());
    expect(uniform.mean).toBeCloseTo(0.5, 1);
    expect(uniform.sd).toBeCloseTo(Math.sqrt(1 / 12), 2);
    const normal = sample(50_000, () => random.normal());
    expect(Math.abs(normal.mean)).toBeLessThan(0.02);
    expect(Math.abs(normal.sd - 1)).toBeLessThan(0.02);
    const exponential = sample(50_000, () => random.exponential(180));
    expect(Math.abs(exponential.mean / 180 - 1)).toBeLessThan(0.03);
    expect(Math.abs(exponential.sd / 180 - 1)).toBeLessThan(0.05);
    const bits = random.bytes(100_003).reduce((sum, byte) => sum + (byte & 1), 0);
    expect(Math.abs(bits / 100_003 - 0.5)).toBeLessThan(0.01);
  });

  it('draws by weight, and never what weighs nothing', () => {
    const random = new Random(4);
    const weighted = new Weighted([
      ['a', 3],
      ['never', 0],
      ['b', 1],
    ]);
    const drawn = Array.from({ length: 20_000 }, () => weighted.draw(random));
    expect(drawn).not.toContain('never');
    expect(drawn.filter((each) => each === 'a').length / drawn.length).toBeCloseTo(0.75, 1);
  });
});

describe('price path', () => {
  it('is the same for the same seed, and another for another', () => {
    const at = (seed: number): number => new PricePath(seed).priceUsd(START_SEC + 3600);
    expect(at(1)).toBe(at(1));
    expect(at(1)).not.toBe(at(2));
  });

  it('does not depend on how often and in what order it is asked', () => {
    const inOrder = new PricePath(5);
    const prices = Array.from({ length: DAY_SEC / 60 }, (_, minute) =>
      inOrder.priceUsd(START_SEC + 60 * minute),
    );
    const anyhow = new PricePath(5);
    const random = new Random(5);
    for (let i = 0; i < 2000; i++) {
      const minute = random.below(prices.length);
      expect(anyhow.priceUsd(START_SEC + 60 * minute)).toBe(prices[minute]);
    }
  });

  it('moves on from second to second, and never by a jump', () => {
    const path = new PricePath(6);
    let stood = 0;
    let last = path.priceUsd(START_SEC);
    for (let sec = 1; sec <= 6 * 3600; sec++) {
      const now = path.priceUsd(START_SEC + sec);
      if (now === last) stood++;
      expect(Math.abs(now / last - 1)).toBeLessThan(0.001);
      last = now;
    }
    // Where two steps of the market fall on the same tick.
    expect(stood).toBeLessThan(0.02 * 6 * 3600);
  });
});
