import { describe, expect, it } from 'vitest';
import { heatSnapshot } from '../../src/wire/heatmap/heat-snapshot.ts';
import { readKlines } from '../../src/wire/heatmap/read-klines.ts';
import { readMarkets } from '../../src/wire/heatmap/read-markets.ts';
import { readProblem } from '../../src/wire/heatmap/read-problem.ts';
import { readTimeSeries } from '../../src/wire/heatmap/read-time-series.ts';
import { levels, mapUpdate, snapshot } from './samples.ts';

const level = (price: unknown, long_density: unknown, short_density: unknown) => ({
  price,
  long_density,
  short_density,
});
describe('map', () => {
  it('is told in the terms of the page', () => {
    const gap = { what: 'candles', fromMs: 1_767_600_000_000, toMs: 1_767_603_600_000 } as const;
    expect(heatSnapshot(mapUpdate({ gaps: [gap] }))).toEqual(
      snapshot({ gaps: [{ what: 'candles', fromSec: 1_767_600_000, toSec: 1_767_603_600 }] }),
    );
  });

  it('without the height of its buckets cannot be drawn', () => {
    expect(heatSnapshot(mapUpdate({ bucketUsd: null }))).toBeNull();
  });
});

describe('markets', () => {
  it('are read with their venues and the length of their candles', () => {
    const symbols = [
      { symbol: 'BTCUSDT', venues: ['binance', 3, 'okx'], interval: '1h', bucket_size: 100 },
      { symbol: '', venues: [] },
      { symbol: 'ETHUSDT', interval: 'often' },
    ];
    expect(readMarkets({ symbols, demo: true })).toEqual({
      demo: true,
      markets: [
        { symbol: 'BTCUSDT', venues: ['binance', 'okx'], intervalSec: 3_600 },
        { symbol: 'ETHUSDT', venues: [], intervalSec: 300 },
      ],
    });
    expect(readMarkets({ symbols: 'BTCUSDT' })).toBeNull();
    expect(readMarkets(null)).toBeNull();
  });
});

describe('klines', () => {
  const kline = { time: 300, open: 10, high: 12, low: 9, close: 11, volume: 5 };

  it('are read without what is none', () => {
    const klines = [
      kline,
      { ...kline, time: 600, high: 10 },
      { ...kline, time: 300 },
      { ...kline, time: 900, low: null },
      { ...kline, time: 900, low: 10.5 },
      { ...kline, time: 1_200 },
    ];
    const candle = { open: 10, high: 12, low: 9, close: 11 };
    expect(readKlines({ klines })).toEqual({
      demo: false,
      candles: [
        { ...candle, timeSec: 300 },
        { ...candle, timeSec: 1_200 },
      ],
    });
    expect(readKlines({ klines: 7 })).toBeNull();
  });
});

describe('time series', () => {
  const column = (timestamp: string) => ({ timestamp, levels: [level(10, 1, 2)] });
  const meta = { price_bin_size: 10 };

  it('is read by rising time', () => {
    const [first, second] = ['2026-01-05T09:00:00Z', '2026-01-05T10:00:00Z'];
    const data = [column(first), { timestamp: second }, column(first), column(second)];
    expect(readTimeSeries({ data, meta, demo: true })).toEqual({
      demo: true,
      binUsd: 10,
      columns: [
        { timeSec: 1_767_603_600, levels: levels([10, 1, 2]) },
        { timeSec: 1_767_607_200, levels: levels([10, 1, 2]) },
      ],
    });
  });

  it('leaves out buckets that are none or out of order, and keeps the others', () => {
    const rows = [level(1, 2, 3), level('2', 1, 1), level(2, -1, 0), null, level(1, 1, 1)];
    const timestamp = '2026-01-05T10:00:00Z';
    const data = [{ timestamp, levels: [...rows, level(3, 4, 5), level(3, 9, 9)] }];
    expect(readTimeSeries({ data, meta })?.columns[0]?.levels).toEqual(
      levels([1, 2, 3], [3, 4, 5]),
    );
  });

  it('has no bin size exactly when it has no column', () => {
    const none = { price_bin_size: null };
    expect(readTimeSeries({ data: [], meta: none })).toEqual({
      demo: false,
      binUsd: null,
      columns: [],
    });
    expect(readTimeSeries({ data: [column('2026-01-05T09:00:00Z')], meta: none })).toBeNull();
    expect(readTimeSeries({ meta })).toBeNull();
  });
});

it('the sentence of an error body is read where there is one', () => {
  expect(readProblem({ error: { code: 'x', message: 'no candle yet' } })).toBe('no candle yet');
  for (const body of [null, '<html>', {}, { error: 'no' }, { error: { message: '' } }]) {
    expect(readProblem(body)).toBeNull();
  }
});
