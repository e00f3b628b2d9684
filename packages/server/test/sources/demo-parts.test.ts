import { describe, expect, it } from 'vitest';
import { PricePath } from '../../src/sources/demo/price-path.ts';
import { Random, Weighted } from '../../src/sources/demo/random.ts';

const START_SEC = 1_767_225_600;
const YEAR_SEC = 365.25 * 24 * 3600;

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
  it('is the same for the same seed and start, and moves on for others', () => {
    const at = (seed: number, startSec: number): number =>
      new PricePath(seed, startSec).priceUsd(startSec + 3600);
    expect(at(1, START_SEC)).toBe(at(1, START_SEC));
    expect(at(1, START_SEC)).not.toBe(at(2, START_SEC));
    expect(at(1, START_SEC)).not.toBe(at(1, START_SEC + 1));
  });

  it('does not depend on how often it is asked', () => {
    const often = new PricePath(5, START_SEC);
    for (let sec = 0; sec < 7200; sec += 0.7) often.priceUsd(START_SEC + sec);
    const once = new PricePath(5, START_SEC);
    expect(once.priceUsd(START_SEC + 7200)).toBe(often.priceUsd(START_SEC + 7200));
    expect(once.priceUsd(START_SEC + 100)).toBe(often.priceUsd(START_SEC + 100));
  });

  it('remembers a day, and is continuous', () => {
    const path = new PricePath(6, START_SEC);
    const early = path.priceUsd(START_SEC + 100);
    path.priceUsd(START_SEC + 23 * 3600);
    expect(path.priceUsd(START_SEC + 100)).toBe(early);
    for (let sec = 0; sec < 3600; sec += 1) {
      const now = path.priceUsd(START_SEC + sec);
      expect(Math.abs(path.priceUsd(START_SEC + sec + 1) / now - 1)).toBeLessThan(0.003);
    }
    path.priceUsd(START_SEC + 100 * 3600);
    expect(path.priceUsd(START_SEC)).toBe(path.priceUsd(START_SEC + 70 * 3600));
  });

  it('is as volatile as bitcoin, with calm days, wild days and fat tails', () => {
    const returns: number[] = [];
    const dailySquares: number[] = [];
    for (let seed = 1; seed <= 4; seed++) {
      const path = new PricePath(seed, START_SEC);
      let last = Math.log(path.priceUsd(START_SEC));
      for (let day = 0; day < 120; day++) {
        let squares = 0;
        for (let step = 1; step <= 288; step++) {
          const next = Math.log(path.priceUsd(START_SEC + (day * 288 + step) * 300));
          returns.push(next - last);
          squares += (next - last) ** 2;
          last = next;
        }
        dailySquares.push(squares);
      }
    }
    const variance = returns.reduce((sum, each) => sum + each * each, 0) / returns.length;
    const yearly = Math.sqrt((variance * YEAR_SEC) / 300);
    expect(yearly).toBeGreaterThan(0.42);
    expect(yearly).toBeLessThan(0.65);
    const fourth = returns.reduce((sum, each) => sum + each ** 4, 0) / returns.length;
    expect(fourth / variance ** 2).toBeGreaterThan(4);
    dailySquares.sort((a, b) => a - b);
    const quantile = (p: number): number => dailySquares[Math.floor(p * dailySquares.length)]!;
    expect(Math.sqrt(quantile(0.9) / quantile(0.1))).toBeGreaterThan(1.7);
  });
});
