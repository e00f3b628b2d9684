import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fittingInterval,
  intervalName,
  intervalsFrom,
  PRICE_INTERVALS_SEC,
} from '../../src/http/intervals.ts';
import { QueryReader, readTimeSec } from '../../src/http/query-reader.ts';

const reader = (query: string): QueryReader => new QueryReader(new URLSearchParams(query));

describe('times', () => {
  test('ISO 8601 with and without its last parts, always in UTC', () => {
    const forms: [string, number][] = [
      ['2026-01-05T10:00:00Z', 1_767_607_200],
      ['2026-01-05T10:00:00', 1_767_607_200],
      ['2026-01-05T10:00Z', 1_767_607_200],
      ['2026-01-05T10:00:00.250Z', 1_767_607_200.25],
      ['2026-01-05T10:00:00.250', 1_767_607_200.25],
      ['2026-01-05', 1_767_571_200],
      ['2024-02-29', 1_709_164_800],
    ];
    for (const [text, timeSec] of forms) expect([text, readTimeSec(text)]).toEqual([text, timeSec]);
  });

  test('unix seconds, or milliseconds where seconds would be far away', () => {
    expect(readTimeSec('1767607200')).toBe(1_767_607_200);
    expect(readTimeSec('1767607200.5')).toBe(1_767_607_200.5);
    expect(readTimeSec('1767607200500')).toBe(1_767_607_200.5);
    expect(readTimeSec('0')).toBe(0);
  });

  test('whatever Date writes is read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (timeMs) => {
        expect(readTimeSec(new Date(timeMs).toISOString())).toBeCloseTo(timeMs / 1000, 3);
      }),
    );
  });

  test('nothing else', () => {
    for (const text of [
      '',
      'now',
      '-5',
      '1e9',
      '2026-02-30',
      '2026-13-01',
      '2026-01-05T24:00:00Z',
      '2026-01-05T10:60Z',
      '2026-01-05T10:00:00+02:00',
      '2026-01-05 10:00',
      '2101-01-01',
      '9'.repeat(30),
      '٢٠٢٦',
    ]) {
      expect([text, readTimeSec(text)]).toEqual([text, null]);
    }
  });
});

describe('a query', () => {
  test('gives what it holds, and null for what is absent', () => {
    const query = reader('from=2026-01-05&interval=4h&size=.5&symbol=BTCUSDT');
    expect(query.timeSec('from')).toBe(1_767_571_200);
    expect(query.intervalSec('interval', [3600, 14_400])).toBe(14_400);
    expect(query.number('size', { min: 0.1, max: 2 })).toBe(0.5);
    expect(query.text('symbol')).toBe('BTCUSDT');
    expect(query.timeSec('to')).toBeNull();
    expect(query.intervalSec('other', [3600])).toBeNull();
    expect(query.number('other', { min: 0, max: 1 })).toBeNull();
    expect(query.problems).toEqual([]);
  });

  test('gathers each problem: the parameter, what was given, what is allowed', () => {
    const query = reader('from=soon&interval=7m&size=3&symbol=A&symbol=B&to=');
    expect(query.timeSec('from')).toBeNull();
    expect(query.intervalSec('interval', [300, 3600])).toBeNull();
    expect(query.number('size', { min: 0.1, max: 2 })).toBeNull();
    expect(query.text('symbol')).toBeNull();
    expect(query.timeSec('to')).toBeNull();
    const times =
      'a time in UTC from 1970 to 2100, such as 2026-01-05T10:00:00Z or, in unix seconds, ' +
      '1767607200';
    expect(query.problems).toEqual([
      `from 'soon' is no time; allowed is ${times}`,
      "interval '7m' is not served here; allowed is 5m, 1h",
      "size '3' is not allowed; allowed is a number from 0.1 to 2",
      'symbol is given 2 times; allowed is once',
      `to '' is no time; allowed is ${times}`,
    ]);
  });

  test('takes numbers as people and programs write them', () => {
    const bounds = { min: 1e-9, max: 1e9 };
    for (const good of ['1', '1.', '.5', '007.50', '1e3', '1E3', '2.5e-7', String(1e-9)]) {
      const query = reader(`size=${good}`);
      expect([good, query.number('size', bounds), query.problems]).toEqual([good, +good, []]);
    }
  });

  test('takes nothing else for a number', () => {
    for (const bad of [
      '',
      ' 1',
      '1 ',
      '+1',
      '-1',
      '-1e0',
      'e1',
      '1e',
      '1e.5',
      '1e400',
      '0x1',
      'NaN',
      'Infinity',
      '1,5',
      '1.1.1',
    ]) {
      const query = reader(`size=${encodeURIComponent(bad)}`);
      expect([bad, query.number('size', { min: -10, max: 10 })]).toEqual([bad, null]);
      expect(query.problems).toHaveLength(1);
    }
  });

  test('repeats of what was given only its beginning', () => {
    const query = reader(`from=${'x'.repeat(5000)}`);
    query.timeSec('from');
    expect(query.problems[0]!.length).toBeLessThan(250);
  });
});

describe('intervals', () => {
  test('have the names of charts', () => {
    const names = [300, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400, 60, 10, 90, 172_800];
    expect(names.map(intervalName).join(' ')).toBe('5m 15m 30m 1h 2h 4h 8h 12h 1d 1m 10s 90s 2d');
  });

  test('that candles can be put together to', () => {
    expect(intervalsFrom(300).map(intervalName).join(' ')).toBe('5m 15m 30m 1h 2h 4h 8h 12h 1d');
    expect(intervalsFrom(60).map(intervalName).slice(0, 3)).toEqual(['1m', '5m', '15m']);
    expect(intervalsFrom(3 * 3600).map(intervalName)).toEqual(['3h', '12h', '1d']);
  });

  test('that cut a time into as many pieces as are wanted', () => {
    expect(fittingInterval(PRICE_INTERVALS_SEC, 86_400, 1500)).toBe(60);
    expect(fittingInterval(PRICE_INTERVALS_SEC, 1, 1500)).toBe(10);
    expect(fittingInterval(PRICE_INTERVALS_SEC, 1e12, 1500)).toBe(86_400);
  });
});
