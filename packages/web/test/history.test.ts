import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { corners, runsOf } from '../src/drawing/trace-history.ts';
import { PriceHistory } from '../src/model/price-history.ts';
import { priceToY } from '../src/model/price-scale.ts';
import { SAMPLE_ROW } from '../src/model/sample-row.ts';
import type { PastPrice } from '../src/wire/read-price-history.ts';

function filled(times: readonly number[], sliceSec = 2): PriceHistory {
  const history = new PriceHistory(sliceSec);
  for (const time of times) history.push(time, 100 + time, 90 + time, 110 + time);
  return history;
}
const timesOf = (history: PriceHistory): number[] =>
  Array.from({ length: history.length }, (_, i) => history.timeSec(i));

const ALL_TIME = { fromSec: 0, toSec: 1e9, leftPx: 0, widthPx: 100 };
const told = (...times: readonly number[]): PastPrice[] =>
  times.map((timeSec) => ({ timeSec, priceUsd: 1, lowUsd: 1, highUsd: 1 }));

describe('history of the price', () => {
  it('keeps the newest of each slice of time', () => {
    const history = filled([0, 0.5, 1.9, 2, 3.5, 4]);
    expect(timesOf(history)).toEqual([1.9, 3.5, 4]);
    expect(history.priceUsd(0)).toBeCloseTo(101.9);
  });

  it('forgets what has left the window', () => {
    const history = filled([0, 10, 20]);
    history.dropBefore(10);
    expect(timesOf(history)).toEqual([10, 20]);
    history.dropBefore(100);
    expect(history.length).toBe(0);
  });

  it('lets what lies ahead give way when time goes back, and keeps what came before', () => {
    const history = filled([0, 50, 100, 200]);
    history.push(99, 1, 1, 1);
    expect(timesOf(history)).toEqual([0, 50, 99]);
    history.breakAt(99.5);
    history.push(99.4, 2, 2, 2);
    expect(timesOf(history)).toEqual([0, 50, 99.4]);
    expect(history.priceUsd(2)).toBe(2);
    history.push(-1, 3, 3, 3);
    expect(timesOf(history)).toEqual([-1]);
  });

  it('breaks the line where nothing was known, once', () => {
    const history = filled([0, 2]);
    history.breakAt(3);
    history.breakAt(4);
    history.push(3.5, 1, 1, 1);
    expect(timesOf(history)).toEqual([0, 2, 3, 3.5]);
    expect(runsOf(history, ALL_TIME)).toEqual([
      [0, 1],
      [3, 3],
    ]);
  });

  it('puts what it is told of the time before in front, and keeps what it saw', () => {
    const history = filled([100, 102]);
    const before = history.version;
    history.fill(told(0, 50, 99.5, 100, 101, 400), 1_000);
    expect(timesOf(history)).toEqual([0, 50, 99.5, 100, 102]);
    expect(history.priceUsd(3)).toBe(200);
    expect(history.version).not.toBe(before);
    const after = history.version;
    history.fill([], 1_000);
    expect(history.version).toBe(after);
    history.fill(told(1, 2, 101), 1_000);
    expect(timesOf(history)).toEqual([0, 50, 99.5, 100, 102]);
  });

  it('is told what was in a gap, and of no other time', () => {
    const history = filled([0, 60]);
    history.breakAt(70);
    history.push(400, 500, 490, 510);
    history.fill(told(30, 65, 90, 150, 210, 390, 450), 200);
    // What was told from the gap joins what was seen on both sides: the break is none.
    expect(timesOf(history)).toEqual([0, 60, 90, 150, 210, 390, 400]);
    expect(runsOf(history, ALL_TIME)).toEqual([[0, 6]]);
  });

  it('breaks where what was told is far from what was seen, or from itself', () => {
    const history = filled([1_000]);
    history.breakAt(1_010);
    history.push(3_000, 1, 1, 1);
    history.fill(told(0, 60, 500, 1_500, 2_800), 150);
    const { rows } = history;
    const runs = runsOf(history, ALL_TIME).map(([first, last]) =>
      timesOf(history).slice(first, last + 1),
    );
    expect(runs).toEqual([[0, 60], [500], [1_000], [1_500], [2_800], [3_000]]);
    const times = timesOf(history);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(rows.length).toBe(times.length * SAMPLE_ROW.length);
  });

  it('leaves what comes after the last sample to be seen', () => {
    const history = filled([100]);
    history.breakAt(110);
    history.fill(told(120, 180), 150);
    expect(timesOf(history)).toEqual([100, 110]);
  });

  it('is a list of rows, whatever is done to it', () => {
    const push = fc.record({ do: fc.constant('push' as const), count: fc.nat(900) });
    const drop = fc.record({ do: fc.constant('drop' as const), count: fc.nat(900) });
    const tell = fc.record({ do: fc.constant('tell' as const), count: fc.nat(900) });
    const steps = fc.array(fc.oneof({ weight: 3, arbitrary: push }, drop, tell), { maxLength: 15 });
    fc.assert(
      fc.property(steps, (all) => {
        const history = new PriceHistory(1);
        let list: number[] = [];
        let next = 100_000;
        for (const step of all) {
          const first = list[0] ?? next;
          if (step.do === 'push') {
            for (let i = 0; i < step.count; i += 1, next += 1) {
              history.push(next, next + 1, next + 2, next + 3);
              list.push(next);
            }
          } else if (step.do === 'drop') {
            history.dropBefore(first + step.count);
            list = list.filter((time) => time >= first + step.count);
          } else {
            const older = Array.from({ length: step.count }, (_, i) => first - step.count + i);
            const rowOf = (timeSec: number): PastPrice => ({
              timeSec,
              priceUsd: timeSec + 1,
              lowUsd: timeSec + 2,
              highUsd: timeSec + 3,
            });
            history.fill(older.map(rowOf), 1e9);
            list.unshift(...older);
          }
          expect(timesOf(history)).toEqual(list);
          expect(history.rows.length).toBe(list.length * SAMPLE_ROW.length);
        }
        for (const [i, time] of list.entries()) {
          expect([history.priceUsd(i), history.lowUsd(i), history.highUsd(i)]).toEqual([
            time + 1,
            time + 2,
            time + 3,
          ]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('finds the first sample at a time or after it', () => {
    const history = filled([10, 20, 30]);
    expect([0, 10, 11, 30, 31].map((time) => history.indexFrom(time))).toEqual([0, 0, 1, 2, 3]);
  });

  it('has runs in sight only, with one sample beyond each edge', () => {
    const history = filled([0, 10, 20, 30, 40, 50]);
    const inSight = { ...ALL_TIME, fromSec: 15, toSec: 35 };
    expect(runsOf(history, inSight)).toEqual([[1, 4]]);
    expect(runsOf(history, { ...ALL_TIME, fromSec: 60, toSec: 70 })).toEqual([[5, 5]]);
  });

  it('has no run to draw when empty or all broken', () => {
    expect(runsOf(new PriceHistory(1), ALL_TIME)).toEqual([]);
  });
});

describe('corners of the line', () => {
  const timeScale = { fromSec: 0, toSec: 10, leftPx: 0, widthPx: 100 };
  const scale = { range: { lowUsd: 100, highUsd: 10_000 }, topPx: 0, heightPx: 100 };
  const history = new PriceHistory(1);
  history.push(2, 1_000, 1_000, 1_000);
  history.push(6, 100, 100, 100);
  const panel = {
    name: 'confirmed',
    timeScale,
    history,
    colour: '',
    points: { length: 0 },
  } as unknown as Parameters<typeof corners>[0];
  const round = (path: number[]): number[] => path.map(Math.round);

  it('go from sample to sample', () => {
    const path = corners({ ...panel, line: 'joined' }, scale, [0, 1], 'priceUsd', 1);
    expect(round(path)).toEqual([20, 50, 60, 100]);
  });

  it('hold each sample until the next and the last until now', () => {
    const path = corners({ ...panel, line: 'held' }, scale, [0, 1], 'priceUsd', 1);
    expect(round(path)).toEqual([20, 50, 60, 50, 60, 100, 100, 100]);
  });

  it('are at most two on a pixel, and reach as high and as low as all samples did', () => {
    const price = fc.double({ min: 101, max: 9_999, noNaN: true });
    const samples = fc.array(price, { minLength: 1, maxLength: 3_000 });
    fc.assert(
      fc.property(samples, fc.double({ min: 0, max: 10, noNaN: true }), (prices, fromSec) => {
        const many = new PriceHistory(0.001);
        for (const [i, usd] of prices.entries()) many.push(fromSec + i / 300, usd, usd, usd);
        const path = corners(
          { ...panel, history: many, line: 'joined' },
          scale,
          [0, prices.length - 1],
          'priceUsd',
          1,
        );
        const count = path.length / 2;
        expect(count).toBeLessThanOrEqual(Math.ceil(prices.length / 30 + 1) * 2 + 2);
        const heights = path.filter((_, i) => i % 2 === 1);
        expect(Math.min(...heights)).toBeCloseTo(priceToY(scale, Math.max(...prices)), 9);
        expect(Math.max(...heights)).toBeCloseTo(priceToY(scale, Math.min(...prices)), 9);
        const across = path.filter((_, i) => i % 2 === 0);
        expect(across).toEqual(across.toSorted((a, b) => a - b));
        expect(path.slice(-1)[0]).toBeCloseTo(priceToY(scale, prices.at(-1)!), 9);
      }),
      { numRuns: 60 },
    );
  });
});
