import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHeatmapMessage } from '../../src/wire/heatmap/read-heatmap-message.ts';
import { readKlines } from '../../src/wire/heatmap/read-klines.ts';
import { readMarkets } from '../../src/wire/heatmap/read-markets.ts';
import { readProblem } from '../../src/wire/heatmap/read-problem.ts';
import { readTimeSeries } from '../../src/wire/heatmap/read-time-series.ts';
import { levels } from './samples.ts';

const say = (message: unknown) => readHeatmapMessage(JSON.stringify(message));
const level = (price: unknown, long_density: unknown, short_density: unknown) => ({
  price,
  long_density,
  short_density,
});
const DATA = {
  levels: [level(98_000, 1_500_000, 0), level(99_000, 0, 7)],
  current_price: 98_450,
  bucket_size: 1_000,
  total_long: 1_600_000,
  total_short: 9,
  positions_created: 450,
  positions_consumed: 120,
  gaps: [
    { what: 'open_interest', from: '2026-01-05T08:00:00Z', to: '2026-01-05T09:00:00Z' },
    { what: 'weather', from: '2026-01-05T08:00:00Z', to: '2026-01-05T09:00:00Z' },
  ],
};
const MESSAGE = {
  type: 'snapshot',
  symbol: 'BTCUSDT',
  timestamp: '2026-01-05T10:00:00Z',
  epoch: 'k3x9',
  seq: 41,
  data: DATA,
};

describe('snapshot', () => {
  it('is read into the terms of the page', () => {
    expect(say({ ...MESSAGE, demo: true })).toEqual({
      kind: 'snapshot',
      demo: true,
      snapshot: {
        symbol: 'BTCUSDT',
        timeSec: 1_767_607_200,
        epoch: 'k3x9',
        seq: 41,
        levels: levels([98_000, 1_500_000, 0], [99_000, 0, 7]),
        bucketUsd: 1_000,
        currentPriceUsd: 98_450,
        totalLongUsd: 1_600_000,
        totalShortUsd: 9,
        gaps: [{ what: 'open_interest', fromSec: 1_767_600_000, toSec: 1_767_603_600 }],
      },
    });
  });

  it('adds totals up where the server does not tell them', () => {
    const { total_long: _, ...data } = DATA;
    expect(say({ ...MESSAGE, data })).toMatchObject({ snapshot: { totalLongUsd: 1_500_000 } });
  });

  it('leaves out buckets that are none or out of order, and keeps the others', () => {
    const rows = [level(1, 2, 3), level('2', 1, 1), level(2, -1, 0), null, level(1, 1, 1)];
    const data = { ...DATA, levels: [...rows, level(3, 4, 5), level(3, 9, 9)] };
    expect(say({ ...MESSAGE, data })).toMatchObject({
      snapshot: { levels: levels([1, 2, 3], [3, 4, 5]) },
    });
  });

  it.each([
    ['no symbol', { symbol: '' }],
    ['a time that is none', { timestamp: 'soon' }],
    ['no epoch', { epoch: undefined }],
    ['no sequence', { seq: '41' }],
    ['a price of zero', { data: { ...DATA, current_price: 0 } }],
    ['no bucket size', { data: { ...DATA, bucket_size: null } }],
    ['levels that are no list', { data: { ...DATA, levels: {} } }],
    ['no data', { data: null }],
  ])('is malformed with %s', (_, over) => {
    expect(say({ ...MESSAGE, ...over }).kind).toBe('malformed');
  });

  it('never throws, whatever the text', () => {
    for (const text of ['', '{', 'null', '{"type":"snapshot"}', '{"type":7}']) {
      expect(readHeatmapMessage(text).kind).toBe('malformed');
    }
    fc.assert(
      fc.property(fc.object(), fc.jsonValue(), (fields, data) => {
        const text = JSON.stringify({ ...MESSAGE, ...fields, data, type: 'snapshot' });
        expect(() => readHeatmapMessage(text)).not.toThrow();
      }),
    );
  });

  it('stands beside the messages that every address has', () => {
    expect(say({ type: 'hello', protocol: 1, time: 5, demo: true })).toMatchObject({
      kind: 'hello',
      demo: true,
    });
    expect(say({ type: 'pong', echo: 'subscription 1' })).toEqual({
      kind: 'pong',
      echo: 'subscription 1',
    });
    expect(say({ type: 'price_update' })).toEqual({ kind: 'unknown', type: 'price_update' });
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
