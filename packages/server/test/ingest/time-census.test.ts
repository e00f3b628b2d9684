import { expect, test } from 'vitest';
import { TimeCensus } from '../../src/sources/market-files/time-census.ts';

function summaryOf(timesSec: readonly number[], periodSec: number | null) {
  const census = new TimeCensus();
  for (const timeSec of timesSec) census.add([{ timeSec }]);
  return census.summary(periodSec);
}

test('nothing', () => {
  expect(summaryOf([], 60)).toBeNull();
});

test('gaps and duplicates of candles, in any order', () => {
  expect(summaryOf([660, 60, 120, 120, 300, 360, 120], 60)).toEqual({
    firstSec: 60,
    lastSec: 660,
    duplicates: 2,
    gaps: [
      { fromSec: 180, toSec: 300, missing: 2 },
      { fromSec: 420, toSec: 660, missing: 4 },
    ],
    missing: 6,
  });
});

test('samples that come a little early or late are no gap', () => {
  const times = [0, 300, 603, 900, 1200, 1799, 2100];
  expect(summaryOf(times, null)!.gaps).toEqual([{ fromSec: 1500, toSec: 1799, missing: 1 }]);
});

test('one row alone has no gaps', () => {
  expect(summaryOf([5], null)).toEqual({
    firstSec: 5,
    lastSec: 5,
    duplicates: 0,
    gaps: [],
    missing: 0,
  });
});
