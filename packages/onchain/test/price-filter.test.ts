import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PriceFilter } from '../src/price-filter.ts';
import { ordinaryAmount, seeded, votesAt } from './synthetic-votes.ts';

const NOON = 1_700_000_000;

function filterOf(amounts: readonly number[], timeSec = NOON): PriceFilter {
  const filter = new PriceFilter();
  for (const amountSats of amounts) filter.observe(amountSats, timeSec);
  return filter;
}

describe('PriceFilter, cold', () => {
  it('finds the price among all prices from one batch, at any scale', () => {
    for (const priceUsd of [4_200, 43_000, 97_531, 610_000]) {
      const { priceUsd: found, ...rest } = filterOf(votesAt(seeded(7), priceUsd, 4_000)).estimate(
        NOON,
        4_000,
      );
      expect(rest.status).toBe('live');
      expect(rest.sampleSize).toBe(4_000);
      expect(Math.abs(found! / priceUsd - 1)).toBeLessThan(0.003);
      expect(rest.lowUsd).toBeLessThan(found!);
      expect(rest.highUsd).toBeGreaterThan(found!);
      expect(rest.confidence).toBeGreaterThan(0.5);
    }
  });

  it('is warming up before the first vote and after too few', () => {
    const empty = new PriceFilter().estimate(NOON, 0);
    expect(empty).toEqual({
      priceUsd: null,
      lowUsd: null,
      highUsd: null,
      confidence: 0,
      sampleSize: 0,
      status: 'warming_up',
    });
    expect(filterOf(votesAt(seeded(1), 50_000, 10)).estimate(NOON, 10).priceUsd).toBeNull();
  });

  it('says nothing when nobody pays round amounts', () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = seeded(seed);
      const amounts = Array.from({ length: 2_000 }, () => ordinaryAmount(random, 50_000));
      expect(filterOf(amounts).estimate(NOON, 2_000).status, `seed ${seed}`).toBe('warming_up');
    }
  });

  it('says nothing while two octaves fit: $100 at one price is $50 at half of it', () => {
    const random = seeded(3);
    const amounts = Array.from({ length: 60 }, () =>
      Math.round((100 / 50_000) * (1 + 0.0005 * (random() - 0.5)) * 1e8),
    );
    const noise = Array.from({ length: 300 }, () => ordinaryAmount(random, 50_000));
    expect(filterOf([...amounts, ...noise]).estimate(NOON, 360).priceUsd).toBeNull();
  });
});

describe('PriceFilter, purity', () => {
  it('gives the same bits whatever the order within a slot', () => {
    const amounts = votesAt(seeded(11), 65_000, 300);
    const expected = filterOf(amounts).estimate(NOON, 0);
    fc.assert(
      fc.property(fc.shuffledSubarray(amounts, { minLength: 300 }), (shuffled) => {
        expect(filterOf(shuffled).estimate(NOON, 0)).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });

  it('is as if a vote had never been once it is withdrawn from the open slot', () => {
    const amounts = votesAt(seeded(5), 65_000, 800);
    const filter = filterOf([...amounts, 153_846, 153_846]);
    filter.estimate(NOON, 0);
    filter.withdraw(153_846, NOON);
    filter.withdraw(153_846, NOON);
    filter.withdraw(999_999, NOON);
    filter.withdraw(amounts[0]!, NOON - 3_600);
    expect(filter.estimate(NOON, 0)).toEqual(filterOf(amounts).estimate(NOON, 0));
  });

  it('is not changed by being read', () => {
    const read = new PriceFilter();
    const unread = new PriceFilter();
    const random = seeded(2);
    for (let step = 0; step < 60; step++) {
      const timeSec = NOON + step * 3;
      for (const amountSats of votesAt(random, 70_000, 40)) {
        read.observe(amountSats, timeSec);
        unread.observe(amountSats, timeSec);
      }
      read.estimate(timeSec, 0);
      read.estimate(timeSec + 900, 0);
    }
    expect(read.estimate(NOON + 200, 0)).toEqual(unread.estimate(NOON + 200, 0));
  });

  it('takes a late vote as of the open slot', () => {
    const late = filterOf(votesAt(seeded(8), 50_000, 2_000));
    const prompt = filterOf(votesAt(seeded(8), 50_000, 2_000));
    late.observe(200_100, NOON - 60);
    prompt.observe(200_100, NOON);
    expect(late.estimate(NOON, 0)).toEqual(prompt.estimate(NOON, 0));
  });
});

describe('PriceFilter, over time', () => {
  it('follows the price, covering it about as often as it says', () => {
    const random = seeded(21);
    const filter = new PriceFilter();
    let logPrice = Math.log(60_000);
    let covered = 0;
    const blocks = 300;
    for (let block = 0; block < blocks; block++) {
      const timeSec = NOON + block * 600;
      for (let k = 0; k < 12; k++) logPrice += 0.0006 * (random() + random() + random() - 1.5);
      for (const amountSats of votesAt(random, Math.exp(logPrice), 300)) {
        filter.observe(amountSats, timeSec);
      }
      const { priceUsd, lowUsd, highUsd } = filter.estimate(timeSec, 0);
      if (block < 5) continue;
      expect(Math.abs(priceUsd! / Math.exp(logPrice) - 1)).toBeLessThan(0.01);
      if (lowUsd! <= Math.exp(logPrice) && Math.exp(logPrice) <= highUsd!) covered += 1;
    }
    expect(covered / blocks).toBeGreaterThan(0.8);
  });

  it('follows a fall of a fifth without ever naming another octave', () => {
    const random = seeded(4);
    const filter = filterOf(votesAt(random, 80_000, 3_000));
    for (let block = 1; block <= 8; block++) {
      for (const amountSats of votesAt(random, 64_000, 600)) {
        filter.observe(amountSats, NOON + block * 600);
      }
    }
    const { priceUsd } = filter.estimate(NOON + 4_800, 0);
    expect(Math.abs(priceUsd! / 64_000 - 1)).toBeLessThan(0.01);
  });

  it('goes on after a clock that was ahead is set back', () => {
    const random = seeded(14);
    const filter = filterOf(votesAt(random, 50_000, 3_000), NOON + 30 * 86_400);
    for (let block = 0; block < 6; block++) {
      for (const amountSats of votesAt(random, 51_000, 400)) {
        filter.observe(amountSats, NOON + block * 600);
      }
    }
    const { priceUsd, status } = filter.estimate(NOON + 3_000, 0);
    expect(status).toBe('live');
    expect(Math.abs(priceUsd! / 51_000 - 1)).toBeLessThan(0.004);
    for (let i = 0; i < 4; i++) filter.observe(777_777, NOON + 3_000);
    expect(filter.estimate(NOON + 3_000, 0).priceUsd).toBeCloseTo(priceUsd!, -2);
  });

  it('knows less and less while nothing comes, and in the end says so', () => {
    const filter = filterOf(votesAt(seeded(6), 50_000, 4_000));
    const [first, ...later] = [0, 1, 6, 24].map((hour) => filter.estimate(NOON + hour * 3_600, 0));
    let before = first!;
    for (const estimate of later) {
      expect(estimate.confidence).toBeLessThan(before.confidence);
      expect(estimate.highUsd! - estimate.lowUsd!).toBeGreaterThan(
        before.highUsd! - before.lowUsd!,
      );
      // Silence is no news: it widens the interval and does not move the price.
      expect(Math.abs(estimate.priceUsd! / first!.priceUsd! - 1)).toBeLessThan(0.001);
      before = estimate;
    }
    expect(before.highUsd! / before.lowUsd!).toBeGreaterThan(1.09);
    expect(filter.estimate(NOON + 4 * 86_400, 0).status).toBe('warming_up');
  });

  it('is not moved by hundreds of outputs of one and the same amount', () => {
    const random = seeded(9);
    const filter = filterOf(votesAt(random, 50_000, 4_000));
    const before = filter.estimate(NOON, 0).priceUsd!;
    for (let block = 1; block <= 6; block++) {
      for (const amountSats of votesAt(random, 50_000, 200)) {
        filter.observe(amountSats, NOON + block * 600);
      }
      for (let i = 0; i < 300; i++) filter.observe(195_000, NOON + block * 600);
    }
    expect(Math.abs(filter.estimate(NOON + 3_600, 0).priceUsd! / before - 1)).toBeLessThan(0.002);
  });
});
