import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PointRing } from '../src/model/point-ring.ts';

const timesOf = (ring: PointRing): number[] =>
  Array.from({ length: ring.length }, (_, i) => ring.timeSec(i));

/** The column of places, read as a loop over all points reads it. */
function placesOf(ring: PointRing, fromIndex?: number): number[] {
  const { placesSec } = ring;
  const parts = ring.stretches(fromIndex).map(([start, end]) => placesSec.subarray(start, end));
  return parts.flatMap((part) => [...part]);
}

describe('ring of points', () => {
  it('keeps all columns of a point together', () => {
    const ring = new PointRing();
    ring.push(10, 87_000.25, 0.5, 8);
    ring.push(11, 87_001);
    expect([ring.timeSec(0), ring.priceUsd(0), ring.amountBtc(0), ring.placeSec(0)]).toEqual([
      10, 87_000.25, 0.5, 8,
    ]);
    expect([ring.placeSec(1), ring.amountBtc(1)]).toEqual([11, Number.NaN]);
  });

  it('is a list of limited length, whatever is done to it', () => {
    const push = fc.record({ do: fc.constant('push' as const), count: fc.nat(1500) });
    const drop = fc.record({ do: fc.constant('drop' as const), count: fc.nat(1500) });
    const clear = fc.record({ do: fc.constant('clear' as const), count: fc.constant(0) });
    const cut = fc.record({ do: fc.constant('cut' as const), count: fc.nat(1500) });
    const steps = fc.array(fc.oneof({ weight: 4, arbitrary: push }, drop, clear, cut), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(steps, (all) => {
        const ring = new PointRing(2048);
        let list: number[] = [];
        let next = 0;
        let gone = 0;
        const keep = (kept: number[]): void => {
          gone += list.length - kept.length;
          list = kept;
        };
        for (const step of all) {
          if (step.do === 'push') {
            for (let i = 0; i < step.count; i += 1) {
              ring.push(next, next + 1, next + 2, next + 3);
              list.push(next);
              next += 1;
            }
            keep(list.slice(-2048));
          } else if (step.do === 'drop') {
            const before = (list[0] ?? 0) + step.count;
            ring.dropBefore(before);
            keep(list.filter((time) => time >= before));
          } else if (step.do === 'cut') {
            const from = next - step.count;
            ring.dropFrom(from);
            const kept = list.filter((time) => time < from);
            // What stays has other serials, as those of the rest will be of other points.
            if (kept.length < list.length) gone += kept.length;
            keep(kept);
          } else {
            ring.clear();
            keep([]);
          }
          expect(timesOf(ring)).toEqual(list);
          expect(placesOf(ring)).toEqual(list.map((time) => time + 3));
          expect(ring.firstSerial).toBe(gone);
        }
        for (let i = 0; i < ring.length; i += 1) {
          expect([ring.priceUsd(i), ring.amountBtc(i)]).toEqual([list[i]! + 1, list[i]! + 2]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('tells where the points from one on lie, also around the end, and which they are', () => {
    const ring = new PointRing(1024);
    for (let i = 0; i < 1500; i += 1) ring.push(i, i);
    expect(ring.stretches()).toEqual([
      [476, 1024],
      [0, 476],
    ]);
    expect(placesOf(ring, 1000)).toEqual(Array.from({ length: 24 }, (_, i) => 1476 + i));
    expect(ring.stretches(1024)).toEqual([]);
    for (const [start, end] of ring.stretches()) {
      for (let slot = start; slot < end; slot += 1) {
        expect(ring.placeSec(ring.indexOf(slot))).toBe(ring.placesSec[slot]);
      }
    }
  });

  it('keeps each point in its slot while the columns are the same arrays', () => {
    const ring = new PointRing(2048);
    ring.push(1, 1);
    ring.clear();
    for (let i = 0; i < 1024; i += 1) ring.push(i, i);
    const before = ring.placesSec;
    ring.dropBefore(10);
    for (let i = 0; i < 5; i += 1) ring.push(2000 + i, 1);
    expect(ring.placesSec).toBe(before);
    expect(ring.placeSec(0)).toBe(10);
    for (let i = 0; i < 6; i += 1) ring.push(3000 + i, 1);
    expect(ring.placesSec).not.toBe(before);
    expect(placesOf(ring).slice(0, 2)).toEqual([10, 11]);
  });

  it('changes its version with its content, and only then', () => {
    const ring = new PointRing();
    const before = ring.version;
    ring.dropBefore(100);
    expect(ring.version).toBe(before);
    ring.push(1, 1);
    const pushed = ring.version;
    expect(pushed).not.toBe(before);
    ring.dropFrom(2);
    expect(ring.version).toBe(pushed);
    ring.dropFrom(1);
    expect(ring.version).not.toBe(pushed);
  });
});
