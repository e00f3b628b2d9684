import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heldSampleAt, joinedSampleAt } from '../src/model/line-at.ts';
import { nearestPoint } from '../src/model/nearest-point.ts';
import { nextByPrice, nextPoint } from '../src/model/next-point.ts';
import { placeByBlock } from '../src/model/place-blocks.ts';
import { PointRing } from '../src/model/point-ring.ts';
import { countShown } from '../src/model/points-shown.ts';
import { PriceHistory } from '../src/model/price-history.ts';
import { priceToY } from '../src/model/price-scale.ts';
import { timeToX } from '../src/model/time-scale.ts';
import { point } from './updates.ts';

const timeScale = { fromSec: 0, toSec: 100, leftPx: 50, widthPx: 400 };
const priceScale = { range: { lowUsd: 90, highUsd: 110 }, topPx: 0, heightPx: 300 };

function ringOf(points: readonly (readonly [number, number])[]): PointRing {
  const ring = new PointRing();
  for (const [timeSec, priceUsd] of points) ring.push(timeSec, priceUsd);
  return ring;
}

describe('nearest point', () => {
  it('is the one that no other drawn point is nearer than', () => {
    const point = fc.tuple(
      fc.double({ min: -30, max: 130, noNaN: true }),
      fc.double({ min: 80, max: 120, noNaN: true }),
    );
    const place = fc.record({ xPx: fc.nat(500), yPx: fc.nat(300) });
    fc.assert(
      fc.property(fc.array(point), place, fc.integer({ min: 1, max: 200 }), (points, at, reach) => {
        const distances = points.map(([timeSec, priceUsd]) =>
          priceUsd < 90 || priceUsd > 110 || timeSec < 0 || timeSec > 100
            ? Number.POSITIVE_INFINITY
            : Math.hypot(
                timeToX(timeScale, timeSec) - at.xPx,
                priceToY(priceScale, priceUsd) - at.yPx,
              ),
        );
        const least = Math.min(...distances);
        const index = nearestPoint(ringOf(points), timeScale, priceScale, at, reach);
        if (index === -1) expect(least).toBeGreaterThan(reach - 1e-9);
        else expect(distances[index]).toBeCloseTo(least, 6);
      }),
    );
  });
});

describe('a ring that has gone round', () => {
  const ring = new PointRing(1024);
  // The last 1,024 of these; each price but one lies far below the scale.
  for (let i = 0; i < 1_500; i += 1) ring.push(i / 15, i === 1_490 ? 100 : 50 + i / 1_500);

  it('tells the same indices as the points have', () => {
    const at = { xPx: timeToX(timeScale, 1_490 / 15) + 3, yPx: priceToY(priceScale, 100) };
    const index = nearestPoint(ring, timeScale, priceScale, at, 20);
    expect(ring.timeSec(index)).toBe(1_490 / 15);
    expect(nextByPrice(ring, { ...priceScale, ...timeScale }, 0, 1)).toBe(index);
  });
});

describe('stepping by keyboard', () => {
  const ring = ringOf([
    [1, 100],
    [2, 300],
    [3, 95],
    [4, 98],
  ]);
  const sight = { ...priceScale, ...timeScale };

  it('goes in the order of time and over what is not drawn', () => {
    expect(nextPoint(ring, sight, 0, 1)).toBe(2);
    expect(nextPoint(ring, sight, 2, -1)).toBe(0);
    expect(nextPoint(ring, sight, 3, 1)).toBe(-1);
    expect(nextPoint(ring, sight, 0, -1)).toBe(-1);
  });

  it('keeps to the time that is in sight', () => {
    const zoomed = { ...sight, fromSec: 2.5, toSec: 3.5 };
    expect(nextPoint(ring, zoomed, -1, 1)).toBe(2);
    expect(nextPoint(ring, zoomed, ring.length, -1)).toBe(2);
    expect(nextPoint(ring, zoomed, 2, 1)).toBe(-1);
    expect(nextByPrice(ring, zoomed, 2, 1)).toBe(-1);
  });

  it('does not go beyond the right edge, where nothing is drawn', () => {
    const ahead = ringOf([
      [99, 100],
      [100.5, 101],
    ]);
    expect(nextPoint(ahead, sight, ahead.length, -1)).toBe(0);
    expect(nextByPrice(ahead, sight, 0, 1)).toBe(-1);
  });

  it('goes to the next price up or down', () => {
    expect(nextByPrice(ring, sight, 2, 1)).toBe(3);
    expect(
      nextByPrice(
        ringOf([
          [1, 95],
          [2, 97],
          [3, 99],
        ]),
        sight,
        0,
        1,
      ),
    ).toBe(1);
    expect(nextByPrice(ring, sight, 0, -1)).toBe(3);
    expect(nextByPrice(ring, sight, 0, 1)).toBe(-1);
  });
});

describe('places of the points of blocks', () => {
  it('lie in the order of the block between the block before and its own time', () => {
    const places = placeByBlock([
      point(1_000, 1),
      point(1_600, 1),
      point(1_600, 2),
      point(1_600, 3),
    ]);
    expect(places[0]).toBeGreaterThan(400);
    expect(places[0]).toBeLessThan(1_000);
    const second = Array.from(places.subarray(1));
    expect(second).toEqual(second.toSorted((a, b) => a - b));
    expect(second[0]).toBeGreaterThan(1_000);
    expect(second[2]).toBeLessThan(1_600);
  });

  it('never pass the time of their block, whatever the times are', () => {
    const times = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 });
    fc.assert(
      fc.property(times, (all) => {
        const points = all.map((timeSec) => point(timeSec, 1));
        const places = placeByBlock(points);
        for (const [i, place] of places.entries()) {
          expect(place).toBeLessThanOrEqual(all[i]!);
          expect(Number.isFinite(place)).toBe(true);
        }
      }),
    );
  });
});

describe('points in a window', () => {
  it('are counted by when they happened, the newest of a server that runs ahead included', () => {
    const ring = ringOf(
      [10, 20, 30, 40, 50].map((ago) => [100_000 - ago, 1] as const).toReversed(),
    );
    ring.push(100_002, 1);
    const count = (spanSec: number, endSec: number | null) =>
      countShown(ring, { spanSec, endSec }, 100_000);
    expect(count(3_600, null)).toBe(6);
    expect(count(3_600, 99_975)).toBe(3);
    expect(count(60, 50_000)).toBe(0);
    expect(countShown(new PointRing(), { spanSec: 60, endSec: null }, 100_000)).toBe(0);
  });
});

describe('the line at a moment', () => {
  const history = new PriceHistory(1);
  for (const timeSec of [10, 20, 40]) history.push(timeSec, 100, 99, 101);
  history.breakAt(50);
  history.push(80, 100, 99, 101);

  it('is that of the nearer sample, beyond its ends only within reach', () => {
    const at = (timeSec: number) => joinedSampleAt(history, timeSec, 3);
    expect([10, 14, 16, 29, 31, 42].map(at)).toEqual([0, 0, 1, 1, 2, 2]);
    expect([6, 44, 60, 76, 84].map(at)).toEqual([-1, -1, -1, -1, -1]);
    expect([8, 78, 82].map(at)).toEqual([0, 4, 4]);
    expect(joinedSampleAt(new PriceHistory(1), 10, 100)).toBe(-1);
  });

  it('is that of the sample before, where each holds until the next', () => {
    expect([9, 11, 19, 39, 45].map((timeSec) => heldSampleAt(history, timeSec))).toEqual([
      -1, 0, 0, 1, 2,
    ]);
    expect([60, 1_000].map((timeSec) => heldSampleAt(history, timeSec))).toEqual([-1, 4]);
  });
});
