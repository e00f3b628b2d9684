import { describe, expect, it } from 'vitest';
import { corners, runsOf } from '../src/drawing/trace-history.ts';
import { PriceHistory } from '../src/model/price-history.ts';

function filled(times: readonly number[], sliceSec = 2): PriceHistory {
  const history = new PriceHistory(sliceSec);
  for (const time of times) history.push(time, 100 + time, 90 + time, 110 + time);
  return history;
}
const timesOf = (history: PriceHistory): number[] =>
  Array.from({ length: history.length }, (_, i) => history.timeSec(i));

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

  it('starts over when time goes back: that is another server', () => {
    const history = filled([100, 200]);
    history.push(50, 1, 1, 1);
    expect(timesOf(history)).toEqual([50]);
  });

  it('breaks the line where nothing was known, once', () => {
    const history = filled([0, 2]);
    history.breakAt(3);
    history.breakAt(4);
    history.push(3.5, 1, 1, 1);
    expect(timesOf(history)).toEqual([0, 2, 3, 3.5]);
    expect(runsOf(history)).toEqual([
      [0, 1],
      [3, 3],
    ]);
  });

  it('has no run to draw when empty or all broken', () => {
    expect(runsOf(new PriceHistory(1))).toEqual([]);
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
    const path = corners({ ...panel, line: 'joined' }, scale, [0, 1], 'priceUsd');
    expect(round(path)).toEqual([20, 50, 60, 100]);
  });

  it('hold each sample until the next and the last until now', () => {
    const path = corners({ ...panel, line: 'held' }, scale, [0, 1], 'priceUsd');
    expect(round(path)).toEqual([20, 50, 60, 50, 60, 100, 100, 100]);
  });
});
