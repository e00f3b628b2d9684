import { expect, test } from 'vitest';
import { type Candle, candleProblem } from '../src/candle.ts';

const GOOD: Candle = { timeSec: 600, open: 10, high: 12, low: 9, close: 11, volume: 5 };

test('a candle that makes sense has no problem', () => {
  expect(candleProblem(GOOD, 300)).toBeNull();
  expect(
    candleProblem({ ...GOOD, volume: 0, open: 10, high: 10, low: 10, close: 10 }, 300),
  ).toBeNull();
});

test.each<[Partial<Candle>, string]>([
  [{ timeSec: 601 }, 'time 601 is not a multiple of 300 s'],
  [{ timeSec: Number.NaN }, 'time NaN'],
  [{ timeSec: -300 }, 'time -300'],
  [{ low: 0 }, 'prices 0 to 12: they have to be above 0'],
  [{ high: Number.POSITIVE_INFINITY }, 'prices 9 to Infinity'],
  [{ low: 10.5 }, 'open 10 and close 11 have to lie between low 10.5 and high 12'],
  [{ high: 10.5 }, 'have to lie between low 9 and high 10.5'],
  [{ close: Number.NaN }, 'close NaN'],
  [{ volume: -1 }, 'volume -1 has to be 0 or above'],
  [{ volume: Number.POSITIVE_INFINITY }, 'volume Infinity'],
])('%o is refused with a reason', (change, problem) => {
  expect(candleProblem({ ...GOOD, ...change }, 300)).toContain(problem);
});
