import { describe, expect, test } from 'vitest';
import { fileOf } from '../replay/files.ts';
import {
  candles,
  KLINE_HEADER,
  klineRow,
  klines,
  NOTHING,
  NOW_SEC,
  readAll,
  START_SEC,
} from './market-files.ts';

describe('length of candles', () => {
  const file = (name: string, rows = candles(5)): string => fileOf(name, klines(rows));

  test('from the most common distance, though the first rows have gaps', async () => {
    const rows = candles(40).filter((_, i) => i === 0 || i === 2 || i === 6 || i > 10);
    expect((await readAll(file('BTCUSDT.csv', rows))).series).toEqual(['candles BTCUSDT 300']);
  });

  test('of a single row from the name, else not at all', async () => {
    const one = candles(1);
    expect((await readAll(file('BTCUSDT-1h.csv', one))).series).toEqual(['candles BTCUSDT 3600']);
    expect((await readAll(file('BTCUSDT.csv', one))).problem).toContain(
      'one row does not tell how long its period is; say it in the name of the file',
    );
    const told = await readAll(file('BTCUSDT.csv', one), { intervalSec: 60 });
    expect(told.series).toEqual(['candles BTCUSDT 60']);
  });

  test('a name or a flag that disagrees with the rows', async () => {
    expect((await readAll(file('BTCUSDT-1h.csv'))).problem).toBe(
      'its rows lie 5m apart, but its name says 1h',
    );
    const told = await readAll(file('BTCUSDT-1h.csv'), { intervalSec: 300 });
    expect(told.series).toEqual(['candles BTCUSDT 300']);
    const wrong = await readAll(file('BTCUSDT-5m.csv'), { intervalSec: 60 });
    expect(wrong.problem).toBe('its rows lie 5m apart, but --interval says 1m');
  });

  test('that nobody uses, named as the server names lengths everywhere', async () => {
    expect((await readAll(file('BTCUSDT.csv', candles(4, 420)))).problem).toBe(
      'its rows lie 7m apart; allowed: 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 8h, 12h, 1d',
    );
  });
});

describe('rows that are refused, beside good ones', () => {
  const rows = candles(4);
  const [good, ...others] = rows;
  const row = (values: Partial<(typeof rows)[0]>): string =>
    klineRow({ ...others[0]!, ...values }, 300);

  test.each([
    ['high below close', { high: 90_000 }, 'high is 90000, allowed: at least the close, 90002'],
    ['high below low', { high: 1 }, 'high is 1, allowed: at least the low, 90000'],
    ['low above open', { low: 90_001.5 }, 'low is 90001.5, allowed: at most the open, 90001'],
    ['low of 0', { low: 0 }, 'low is 0, allowed: above 0'],
    ['volume below 0', { volume: -1 }, 'volume is -1, allowed: 0 or more'],
    ['no number', { open: Number.NaN }, "open is 'NaN', allowed: a number"],
    ['endless', { high: Infinity }, "high is 'Infinity', allowed: a number"],
    [
      'off the grid',
      { timeSec: START_SEC + 300.5 },
      'time 2026-01-05T00:05:00.500Z is off the grid, all',
    ],
    [
      'before Bitcoin',
      { timeSec: 1e9 },
      "open_time is '1000000000000' (2001-09-09T01:46:40Z), all",
    ],
    [
      'of next week',
      { timeSec: 1_795_737_600 },
      '(2026-11-27T00:00:00Z), allowed: from 2009 to now, 2026-11-20T00:00:00Z',
    ],
  ])('%s', async (_, values, reason) => {
    const lines = [
      KLINE_HEADER,
      klineRow(good!, 300),
      row(values),
      ...rows.slice(2).map((r) => klineRow(r, 300)),
    ];
    const read = await readAll(fileOf('BTCUSDT-5m.csv', lines.join('\n')));
    expect(read.problem).toBeNull();
    expect(read.candles).toEqual([good, ...rows.slice(2)]);
    expect(read.refused).toHaveLength(1);
    expect(read.refused[0]).toMatch(/^BTCUSDT-5m\.csv:3 /);
    expect(read.refused[0]).toContain(reason);
  });

  test.each([
    ['too short', '1767571500000,1,2', 'low is missing, allowed: a number'],
    ['text', 'abc,1,2,3,4,5', "open_time is 'abc', allowed: unix s, ms or us, or ISO 8601 (UTC)"],
    ['no time', ',1,2,3,4,5', 'open_time is missing, allowed: unix s, ms or us'],
    ['30 February', '2026-02-30,1,2,3,4,5', "open_time is '2026-02-30', allowed: unix s"],
    ['25 o’clock', '2026-02-03 25:00,1,2,3,4,5', "open_time is '2026-02-03 25:00', allowed"],
    ['a number of centuries', '9e99,1,2,3,4,5', "open_time is '9e99' (no time), allowed: from"],
    ['quotes that do not close', '"1767571500000,1,2,3,4,5', 'the row cannot be cut into fields'],
  ])('%s', async (_, line, reason) => {
    const lines = [
      KLINE_HEADER,
      klineRow(good!, 300),
      line,
      ...rows.slice(2).map((r) => klineRow(r, 300)),
    ];
    const read = await readAll(fileOf('BTCUSDT-5m.csv', lines.join('\n')));
    expect(read.candles).toEqual([good, ...rows.slice(2)]);
    expect(read.refused[0]).toMatch(/^BTCUSDT-5m\.csv:3 /);
    expect(read.refused[0]).toContain(reason);
  });

  test('a JSON row, by its number', async () => {
    const list = [
      ...rows.map((r) => [r.timeSec, r.open, r.high, r.low, r.close, r.volume]),
      7,
      [null],
    ];
    const read = await readAll(fileOf('BTCUSDT-5m.json', JSON.stringify(list)));
    expect(read.candles).toEqual(rows);
    expect(read.refused).toEqual([
      'BTCUSDT-5m.json: row 5 the row cannot be cut into fields',
      "BTCUSDT-5m.json: row 6 time is 'null', allowed: unix s, ms or us, or ISO 8601 (UTC)",
    ]);
  });

  test('open interest of nothing', async () => {
    const text = `ts,oi,oi_value\n${START_SEC},1,0\n${START_SEC},1,\n${START_SEC},1,5`;
    const read = await readAll(fileOf('SOLUSDT.csv', text));
    expect(read.openInterest).toHaveLength(1);
    expect(read.refused).toEqual([
      "SOLUSDT.csv:2 oi_value is '0', allowed: a number above 0",
      'SOLUSDT.csv:3 oi_value is missing, allowed: a number above 0',
    ]);
  });
});

describe('what is not over yet', () => {
  const rows = candles(5, 300, NOW_SEC - 4 * 300);
  const json = (list: readonly object[]): string => JSON.stringify(list.map(Object.values));

  test('the candle in progress, which exchanges give as well, last or first', async () => {
    for (const list of [rows, rows.toReversed()]) {
      const read = await readAll(fileOf('BTCUSDT-5m.json', json(list)));
      const row = list.indexOf(rows[4]!) + 1;
      expect(read).toEqual({
        ...NOTHING,
        candles: list.filter((candle) => candle !== rows[4]),
        series: ['candles BTCUSDT 300'],
        refused: [
          `BTCUSDT-5m.json: row ${row} not closed yet: it ends at 2026-11-20T00:05:00Z; ` +
            'now is 2026-11-20T00:00:00Z',
        ],
      });
    }
    const later = { nowSec: NOW_SEC + 300 };
    expect((await readAll(fileOf('BTCUSDT-5m.json', json(rows)), later)).candles).toEqual(rows);
  });

  test('a first row of the future does not keep the others out', async () => {
    const list = [...candles(1, 300, NOW_SEC + 86_400), ...rows.slice(0, 4)];
    const read = await readAll(fileOf('BTCUSDT-5m.json', json(list)));
    expect([read.problem, read.candles]).toEqual([null, rows.slice(0, 4)]);
    expect(read.refused[0]).toContain('(2026-11-21T00:00:00Z), allowed: from 2009 to now, 2026-');
  });

  test('a period of open interest', async () => {
    const bars = [2, 1, 0].map((i) => `${NOW_SEC - i * 14_400},1,2,1,2`);
    const text = ['timestamp,open,high,low,close', ...bars].join('\n');
    const file = fileOf('BTC-open-interest-4h.csv', text);
    const nowSec = NOW_SEC + 3 * 3600;
    const read = await readAll(file, { nowSec });
    expect(read.openInterest.map(({ timeSec }) => timeSec)).toEqual([
      NOW_SEC - 2 * 14_400,
      NOW_SEC - 14_400,
      NOW_SEC,
    ]);
    expect(read.refused).toEqual([
      'BTC-open-interest-4h.csv:4 not closed yet: it ends at 2026-11-20T04:00:00Z; ' +
        'now is 2026-11-20T03:00:00Z',
    ]);
  });

  test('samples and liquidations: five minutes may lie between two clocks', async () => {
    const times = [NOW_SEC + 300, NOW_SEC + 301];
    const samples = times.map((timeSec) => `${timeSec},5`).join('\n');
    const read = await readAll(fileOf('BTCUSDT.csv', `ts,oi_value\n${samples}`));
    expect(read.openInterest).toEqual([{ timeSec: NOW_SEC + 300, usd: 5 }]);
    expect(read.refused).toEqual([
      "BTCUSDT.csv:3 ts is '1795133101' (2026-11-20T00:05:01Z), " +
        'allowed: from 2009 to now, 2026-11-20T00:00:00Z',
    ]);
    const forced = times.map((timeSec) => `long,SELL,90000,5,${timeSec}`).join('\n');
    const header = 'side,raw_side,price,notional_usd,event_ts';
    const { liquidations, refused } = await readAll(fileOf('BTCUSDT.csv', `${header}\n${forced}`));
    expect([liquidations.length, refused.length]).toEqual([1, 1]);
  });
});
