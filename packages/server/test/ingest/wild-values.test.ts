/** Rows that can be read and cannot be: one of them, kept for good, would empty a map. */
import type { Candle } from '@tidegauge/liquidations';
import { describe, expect, test } from 'vitest';
import { fileOf } from '../replay/files.ts';
import { candles, klines, readAll, START_SEC } from './market-files.ts';

const read = (rows: readonly Candle[]) => readAll(fileOf('BTCUSDT-5m.csv', klines(rows)));

/** Candles whose prices are all multiplied. */
function times(rows: readonly Candle[], factor: number): Candle[] {
  return rows.map(({ timeSec, volume, ...prices }) => {
    const { open, high, low, close } = prices;
    return {
      timeSec,
      open: open * factor,
      high: high * factor,
      low: low * factor,
      close: close * factor,
      volume: volume / factor,
    };
  });
}

describe('beyond what any market has', () => {
  const rows = candles(20);
  const at = (price: number): Partial<Candle> => ({
    open: price,
    high: price,
    low: price,
    close: price,
  });

  test.each<[string, Partial<Candle>, string]>([
    [
      'volume',
      { volume: 1e306 },
      'volume is 1e+306, at the close of 90004, allowed: at most 1e+15 USD in one candle',
    ],
    ['a high', { high: 9e11 }, 'high is 900000000000, allowed: at most 100 times the low, 90002'],
    ['a low', { low: 0.001 }, 'high is 90005.5, allowed: at most 100 times the low, 0.001'],
    ['a price', at(1e13), 'high is 10000000000000, allowed: 1e-12 to 1e+12 USD'],
    ['a price near 0', at(1e-13), 'high is 1e-13, allowed: 1e-12 to 1e+12 USD'],
  ])('%s of a candle', async (_, values, reason) => {
    const { candles: taken, refused } = await read(rows.with(3, { ...rows[3]!, ...values }));
    expect(refused).toEqual([`BTCUSDT-5m.csv:5 ${reason}`]);
    expect(taken).toEqual(rows.toSpliced(3, 1));
  });

  test('open interest, in samples and over periods', async () => {
    const samples = `ts,oi_value\n${START_SEC},1e15\n${START_SEC + 60},2e15`;
    const read = await readAll(fileOf('BTCUSDT.csv', samples));
    expect(read.openInterest).toEqual([{ timeSec: START_SEC, usd: 1e15 }]);
    expect(read.refused).toEqual([
      'BTCUSDT.csv:3 oi_value is 2e+15 USD, allowed: at most 1e+15 USD',
    ]);
    const bars = `time,open,high,low,close\n${START_SEC},5,9,1,2e300\n`;
    expect((await readAll(fileOf('BTC-open-interest-4h.csv', bars))).refused).toEqual([
      'BTC-open-interest-4h.csv:2 close is 2e+300 USD, allowed: at most 1e+15 USD',
    ]);
  });

  test('a liquidation', async () => {
    const rows = ['90000,1e16', '1e20,5', '90000,5'].map(
      (row, i) => `long,SELL,${row},${START_SEC + i}`,
    );
    const text = ['side,raw_side,price,notional_usd,event_ts', ...rows].join('\n');
    const read = await readAll(fileOf('BTCUSDT.csv', text));
    expect(read.liquidations).toHaveLength(1);
    expect(read.refused).toEqual([
      'BTCUSDT.csv:2 notional is 1e+16 USD, allowed: at most 1e+15 USD',
      'BTCUSDT.csv:3 price is 100000000000000000000, allowed: 1e-12 to 1e+12 USD',
    ]);
  });
});

describe('a price over 1,000 times away from the rows around it', () => {
  const rows = candles(40);

  test.each([0, 1, 8, 9, 20, 39])('is refused as row %d, and only that', async (i) => {
    for (const factor of [1e4, 1e-4]) {
      const { candles: taken, refused } = await read(
        rows.with(i, times(rows.slice(i, i + 1), factor)[0]!),
      );
      expect(taken).toEqual(rows.toSpliced(i, 1));
      expect(refused).toHaveLength(1);
      const name = factor > 1 ? 'high' : 'low';
      expect(refused[0]).toMatch(
        new RegExp(
          `^BTCUSDT-5m\\.csv:${i + 2} ${name} is [\\d.]+, allowed: within 1,000 times of 90\\d+, `,
        ),
      );
    }
  });

  test('four first rows in a row do not make the others look wrong', async () => {
    const { candles: taken, refused } = await read([
      ...times(rows.slice(0, 4), 1e5),
      ...rows.slice(4),
    ]);
    expect(taken).toEqual(rows.slice(4));
    expect(refused).toHaveLength(4);
  });

  test('of three rows the one that two speak against', async () => {
    const { candles: taken } = await read([...times(rows.slice(0, 1), 1e5), ...rows.slice(1, 3)]);
    expect(taken).toEqual(rows.slice(1, 3));
  });

  test('a rise by eight orders of magnitude over years is taken whole', async () => {
    const days = candles(2_000, 86_400, 1_577_836_800).flatMap((row, i) =>
      times([row], 1e-9 * 10 ** (i / 250)),
    );
    const { candles: taken, refused } = await readAll(
      fileOf('BTCUSDT-1d.csv', klines(days, 86_400)),
    );
    expect(refused).toEqual([]);
    expect(taken).toHaveLength(2_000);
  });

  test('at one stroke, as by a split, costs five rows', async () => {
    const split = [...rows.slice(0, 20), ...times(rows.slice(20), 1e-5)];
    const { candles: taken, refused } = await read(split);
    expect(taken).toEqual(split.toSpliced(20, 5));
    expect(refused).toHaveLength(5);
  });

  test('symbols in one file have prices of their own', async () => {
    const lines = rows.flatMap(({ timeSec }, i) => [
      `BTCUSDT,${timeSec},90000,90000,90000,90000,1`,
      `PEPEUSDT,${timeSec},0.00001,0.00001,${i === 30 ? 1e-9 : 0.00001},0.00001,1`,
    ]);
    const header = 'symbol,time,open,high,low,close,volume';
    const { candles: taken, refused } = await readAll(
      fileOf('x.csv', [header, ...lines].join('\n')),
    );
    expect([taken.length, refused.length]).toEqual([79, 1]);
  });

  test('liquidations too', async () => {
    const lines = rows.map((_, i) => `long,SELL,${i === 12 ? 9e9 : 90_000},5,${START_SEC + i}`);
    const text = ['side,raw_side,price,notional_usd,event_ts', ...lines].join('\n');
    const { liquidations, refused } = await readAll(fileOf('BTCUSDT.csv', text));
    expect(liquidations).toHaveLength(39);
    expect(refused).toEqual([
      'BTCUSDT.csv:14 price is 9000000000, allowed: within 1,000 times of 90000, ' +
        'the usual in the rows around it',
    ]);
  });
});
