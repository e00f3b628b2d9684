import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glide } from '../src/model/glide.ts';
import { PriceHistory } from '../src/model/price-history.ts';
import { lastInSight, nextRange, wantedRange } from '../src/model/price-range.ts';
import { isWithin, panRange, priceToY, yToPrice, zoomRange } from '../src/model/price-scale.ts';
import { priceTicks } from '../src/model/price-ticks.ts';
import { timeToX } from '../src/model/time-scale.ts';
import { spanFor } from '../src/model/time-span.ts';
import { timeTicks } from '../src/model/time-ticks.ts';
import { AxisMotion } from '../src/view/axis-motion.ts';

describe('price scale', () => {
  const scale = { range: { lowUsd: 50, highUsd: 200 }, topPx: 10, heightPx: 300 };

  it('has the high end at the top and equal factors at equal distances', () => {
    expect(priceToY(scale, 200)).toBeCloseTo(10);
    expect(priceToY(scale, 50)).toBeCloseTo(310);
    expect(priceToY(scale, 100)).toBeCloseTo(160);
  });

  it('counts its ends in', () => {
    expect([50, 200, 49.99, 200.01].map((price) => isWithin(scale.range, price))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

it('time scale is linear between its ends', () => {
  const scale = { fromSec: 100, toSec: 300, leftPx: 20, widthPx: 400 };
  expect([100, 200, 300].map((timeSec) => timeToX(scale, timeSec))).toEqual([20, 220, 420]);
});

describe('ticks', () => {
  it('of prices are round', () => {
    expect(priceTicks({ lowUsd: 85_700, highUsd: 89_200 }, 8)).toEqual([
      86_000, 86_500, 87_000, 87_500, 88_000, 88_500, 89_000,
    ]);
  });

  it('of prices lie within and are never many more than asked for', () => {
    const price = fc.double({ min: 1, max: 1e7, noNaN: true });
    const width = fc.double({ min: 1.001, max: 4, noNaN: true });
    fc.assert(
      fc.property(price, width, fc.integer({ min: 2, max: 20 }), (lowUsd, factor, count) => {
        const range = { lowUsd, highUsd: lowUsd * factor };
        const ticks = priceTicks(range, count);
        expect(ticks.length).toBeLessThanOrEqual(count + 1);
        for (const tick of ticks) expect(isWithin(range, tick)).toBe(true);
      }),
    );
  });

  it('of times are whole UTC seconds, minutes, hours, days or months', () => {
    expect(timeTicks(3_500, 14_300, 6)).toEqual([3_600, 5_400, 7_200, 9_000, 10_800, 12_600]);
    expect(timeTicks(0, 299, 5)).toEqual([0, 60, 120, 180, 240]);
    expect(timeTicks(61, 90, 6)).toEqual([65, 70, 75, 80, 85, 90]);
    const day = (text: string): number => Date.parse(text) / 1000;
    expect(timeTicks(day('2026-11-17T20:00Z'), day('2026-11-20T18:00Z'), 3)).toEqual(
      ['2026-11-18', '2026-11-19', '2026-11-20'].map(day),
    );
    const year = timeTicks(day('2025-11-20T18:00Z'), day('2026-11-20T18:00Z'), 6);
    const months = ['2026-01-01', '2026-04-01', '2026-07-01', '2026-10-01'];
    expect(year).toEqual(months.map(day));
  });

  it('of times are never more than there is room for, whatever the span', () => {
    const span = fc.integer({ min: 10, max: 20 * 366 * 86_400 });
    const from = fc.integer({ min: 1e9, max: 2e9 });
    fc.assert(
      fc.property(from, span, fc.integer({ min: 2, max: 40 }), (fromSec, spanSec, count) => {
        const ticks = timeTicks(fromSec, fromSec + spanSec, count);
        // Months differ in length, and decades are left with a mark a year.
        const most = Math.max(count * 1.1, spanSec / (365 * 86_400)) + 1;
        expect(ticks.length).toBeLessThanOrEqual(most);
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(fromSec);
          expect(tick).toBeLessThanOrEqual(fromSec + spanSec);
        }
      }),
    );
  });
});

describe('span of a panel', () => {
  it('is the shortest that holds what there is, at most three hours', () => {
    expect([0, 300, 301, 3_600, 9_000, 99_999].map(spanFor)).toEqual([
      300, 300, 900, 3_600, 10_800, 10_800,
    ]);
  });
});

describe('range of the price axis', () => {
  const at = (priceUsd: number, halfWidth = 0) => ({
    priceUsd,
    lowUsd: priceUsd * Math.exp(-halfWidth),
    highUsd: priceUsd * Math.exp(halfWidth),
  });
  const historyOf = (...prices: number[]): PriceHistory => {
    const history = new PriceHistory(1);
    for (const [i, price] of prices.entries()) history.push(i, price, price, price);
    history.breakAt(prices.length);
    return history;
  };

  const allOf = (history: PriceHistory) => ({ history, fromSec: 0, toSec: 10_000 });

  it('is two percent around the price', () => {
    const range = wantedRange([], at(100_000));
    expect(range?.lowUsd).toBeCloseTo(100_000 * Math.exp(-0.02), 3);
    expect(range?.highUsd).toBeCloseTo(100_000 * Math.exp(0.02), 3);
  });

  it('makes room for a wide interval', () => {
    const range = wantedRange([], at(100_000, 0.1))!;
    expect(range.lowUsd).toBeLessThan(at(100_000, 0.1).lowUsd);
    expect(range.highUsd).toBeGreaterThan(at(100_000, 0.1).highUsd);
  });

  it('holds past prices near the present one, and no others', () => {
    const range = wantedRange(
      [allOf(historyOf(97_000, 20_000)), allOf(historyOf(104_000))],
      at(100_000),
    )!;
    expect(range.lowUsd).toBeCloseTo(97_000 * Math.exp(-0.02), 3);
    expect(range.highUsd).toBeCloseTo(104_000 * Math.exp(0.02), 3);
  });

  it('goes by what is in sight, the sample included from which the line comes in', () => {
    const history = historyOf(96_000, 97_000, 98_000, 99_000);
    const range = wantedRange([{ history, fromSec: 1.5, toSec: 2.5 }], at(98_000))!;
    expect(range.lowUsd).toBeCloseTo(97_000 * Math.exp(-0.02), 3);
    expect(range.highUsd).toBeCloseTo(98_000 * Math.exp(0.02), 3);
  });

  it('makes room for more over a day, in which a price wanders further', () => {
    const day = { history: historyOf(88_000, 80_000), fromSec: 0, toSec: 86_400 };
    expect(wantedRange([day], at(100_000))!.lowUsd).toBeCloseTo(88_000 * Math.exp(-0.02), 3);
  });

  it('is led by the last price in sight where that is not the present one', () => {
    const history = historyOf(70_000, 71_000, 72_000);
    expect(lastInSight({ history, fromSec: 0, toSec: 1.5 })?.priceUsd).toBe(71_000);
    expect(lastInSight({ history, fromSec: 0, toSec: 9 })?.priceUsd).toBe(72_000);
    // The line had ended before, and none begins.
    expect(lastInSight({ history, fromSec: 5, toSec: 9 })).toBeNull();
    expect(lastInSight({ history: historyOf(), fromSec: 0, toSec: 9 })).toBeNull();
  });

  it('is unknown without a price', () => {
    expect(wantedRange([allOf(historyOf(1))], null)).toBeNull();
  });

  it('stands still until the change matters', () => {
    const present = { lowUsd: 98_000, highUsd: 102_000 };
    expect(nextRange(present, { lowUsd: 98_100, highUsd: 102_100 })).toBe(present);
    const moved = { lowUsd: 99_000, highUsd: 103_000 };
    expect(nextRange(present, moved)).toBe(moved);
    expect(nextRange(null, moved)).toBe(moved);
  });

  it('glides towards its target and arrives', () => {
    const target = { lowUsd: 90, highUsd: 110 };
    let range = { lowUsd: 50, highUsd: 60 };
    let frames = 0;
    while (range !== target && frames < 200) {
      const next = glide(range, target, 16);
      expect(next.lowUsd).toBeGreaterThan(range.lowUsd);
      expect(next.lowUsd).toBeLessThanOrEqual(target.lowUsd);
      range = next;
      frames += 1;
    }
    expect(range).toBe(target);
    expect(frames).toBeGreaterThan(10);
    expect(glide(target, target, 16)).toBe(target);
  });
});

describe('prices set by hand', () => {
  const scale = { range: { lowUsd: 50_000, highUsd: 100_000 }, topPx: 10, heightPx: 400 };

  it('are stretched about the price under the pointer, which stays there', () => {
    const range = zoomRange(scale.range, 80_000, 0.5);
    expect(priceToY({ ...scale, range }, 80_000)).toBeCloseTo(priceToY(scale, 80_000));
    expect(Math.log(range.highUsd / range.lowUsd)).toBeCloseTo(Math.log(2) / 2);
  });

  it('move with the hand', () => {
    const under = yToPrice(scale, 100);
    const range = panRange(scale, 30);
    expect(priceToY({ ...scale, range }, under)).toBeCloseTo(130);
  });

  it('stay a range that can be drawn, whatever is done to them', () => {
    const act = fc.record({
      y: fc.double({ min: 0, max: 410, noNaN: true }),
      factor: fc.double({ min: 0.2, max: 5, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(act), (acts) => {
        let { range } = scale;
        for (const { y, factor } of acts) {
          range = zoomRange(range, yToPrice({ ...scale, range }, y), factor);
          const ratio = range.highUsd / range.lowUsd;
          expect(ratio).toBeGreaterThan(1.000_9);
          expect(ratio).toBeLessThan(20.01);
        }
      }),
    );
  });
});

describe('motion of the price axis', () => {
  const near = { lowUsd: 80_000, highUsd: 90_000 };
  const far = { lowUsd: 60_000, highUsd: 70_000 };

  it('stands where a hand has put it, and goes back from there', () => {
    const motion = new AxisMotion();
    motion.step(near, 0, false);
    motion.hold(far);
    expect(motion.step(near, 16, false)).toBe(far);
    expect([motion.isByHand, motion.moving]).toEqual([true, false]);
    motion.letGo();
    const { lowUsd } = motion.step(near, 32, false)!;
    expect(lowUsd).toBeGreaterThan(60_000);
    expect(lowUsd).toBeLessThan(80_000);
    expect([motion.isByHand, motion.moving]).toEqual([false, true]);
    expect(motion.step(near, 5_000, false)).toBe(near);
  });

  it('stays where it is when nothing is wanted any more', () => {
    const motion = new AxisMotion();
    motion.step(near, 0, false);
    const between = motion.step(far, 16, false);
    expect(motion.moving).toBe(true);
    expect(motion.step(null, 32, false)).toBe(between);
    expect(motion.moving).toBe(false);
  });
});
