import { describe, expect, test } from 'vitest';
import {
  encodeHeatmapColumn,
  encodeKlines,
  encodeMempoolFrame,
  encodePriceHistory,
  encodePriceOnly,
  encodeSymbols,
  encodeTimeSeriesEnd,
  encodeTransactions,
  TIME_SERIES_START,
} from '../src/index.ts';
import { expectValid } from './wire-schema.ts';

const WARMING = { priceUsd: null, lowUsd: null, highUsd: null, confidence: 0, sampleSize: 0 };

describe('markets and history', () => {
  test('symbols, with a bucket as people write it', () => {
    const markets = [
      { symbol: 'BTCUSDT', venues: ['demo'], interval: '5m', bucketUsd: 100 },
      { symbol: 'DOGEUSDT', venues: ['a', 'b'], interval: '1h', bucketUsd: 0.1 * 3 },
      { symbol: 'NEWUSDT', venues: [], interval: '5m', bucketUsd: null },
    ];
    const body = expectValid('SymbolsBody', encodeSymbols(true, markets));
    expect(body).toEqual({
      symbols: [
        { symbol: 'BTCUSDT', venues: ['demo'], interval: '5m', bucket_size: 100 },
        { symbol: 'DOGEUSDT', venues: ['a', 'b'], interval: '1h', bucket_size: 0.3 },
        { symbol: 'NEWUSDT', venues: [], interval: '5m', bucket_size: null },
      ],
      demo: true,
    });
    expect(encodeSymbols(false, [])).toBe('{"symbols":[]}');
  });

  test('klines: prices as the venue gave them, volumes without the noise of adding up', () => {
    const candle = { timeSec: 1_767_607_200, open: 0.1234567, high: 2, low: 0.1, close: 1 };
    const klines = [{ ...candle, volume: 0.1 + 0.2 }];
    const head = { symbol: 'XUSDT', interval: '5m', demo: false };
    expect(expectValid('KlinesBody', encodeKlines(head, klines))).toEqual({
      symbol: 'XUSDT',
      interval: '5m',
      klines: [{ time: 1_767_607_200, open: 0.1234567, high: 2, low: 0.1, close: 1, volume: 0.3 }],
    });
    const broken = [{ ...candle, volume: Number.NaN }];
    expect(() => encodeKlines(head, broken)).toThrow('a number of a message is NaN');
  });

  test('past prices are rounded as the live one is', () => {
    const price = { timeSec: 1.000_4, priceUsd: 87_412.503, lowUsd: 87_210.1, highUsd: 87_604.006 };
    const text = encodePriceHistory(true, [{ ...price, confidence: 0.940_049 }]);
    expect(expectValid('PriceHistoryBody', text)).toEqual({
      points: [{ time: 1, price: 87_412.5, low: 87_210.1, high: 87_604.01, confidence: 0.94 }],
      demo: true,
    });
  });
});

describe('what those who poll the price are answered', () => {
  const reading = { epoch: 'k3x9', timeSec: 1_767_225_600.123_4, updateIntervalMs: 500 };
  const framed = (demo: boolean, ...messages: string[]): string => {
    const { start, end } = encodeMempoolFrame({ ...reading, demo });
    return start + messages.join(',') + end;
  };

  test('messages stand in it as they are', () => {
    const estimate = { ...WARMING, status: 'warming_up' as const };
    const price = encodePriceOnly({ seq: 7, demo: false }, 1, estimate);
    const points = encodeTransactions({ seq: 8, demo: false }, [], 'k3x9');
    expect(framed(false)).toBe(
      '{"epoch":"k3x9","time":1767225600.123,"update_interval_ms":500,"messages":[]}',
    );
    expect(expectValid('MempoolBody', framed(false, price, points))).toMatchObject({
      messages: [JSON.parse(price), JSON.parse(points)],
    });
  });

  test('made-up ones are marked', () => {
    expect(expectValid('MempoolBody', framed(true))).toMatchObject({ messages: [], demo: true });
  });
});

describe('a time series', () => {
  const meta = {
    symbol: 'BTCUSDT',
    interval: '5m',
    bucketUsd: 0.1,
    columns: 2,
    priceRange: { minUsd: 0.1 * 3, maxUsd: 0.1 * 7 },
    totalLongUsd: 1.6,
    totalShortUsd: 2.4,
    consumedUsd: 1e9 + 0.5,
    demo: true,
  };

  test('is one body out of its pieces', () => {
    const levels = [
      { priceUsd: 0.1 * 3, longUsd: 5.4, shortUsd: 0.4 },
      { priceUsd: 0.1 * 4, longUsd: 0.2, shortUsd: 0.3 },
    ];
    const columns = [1_767_607_200, 1_767_607_500].map((timeSec) =>
      encodeHeatmapColumn({ timeSec, levels }, 0.1),
    );
    const text = TIME_SERIES_START + columns.join(',') + encodeTimeSeriesEnd(meta);
    const level = { price: 0.3, long_density: 5, short_density: 0 };
    expect(expectValid('HeatmapTimeSeriesBody', text)).toEqual({
      data: [
        { timestamp: '2026-01-05T10:00:00Z', levels: [level] },
        { timestamp: '2026-01-05T10:05:00Z', levels: [level] },
      ],
      meta: {
        symbol: 'BTCUSDT',
        interval: '5m',
        price_bin_size: 0.1,
        total_snapshots: 2,
        price_range: { min: 0.3, max: 0.7 },
        total_long_volume: 2,
        total_short_volume: 2,
        total_consumed: 1_000_000_001,
      },
      demo: true,
    });
  });

  test('may be empty', () => {
    const none = { ...meta, bucketUsd: null, columns: 0, priceRange: null, demo: false };
    const body = expectValid(
      'HeatmapTimeSeriesBody',
      TIME_SERIES_START + encodeTimeSeriesEnd(none),
    );
    expect(body).toMatchObject({ data: [], meta: { price_range: null, price_bin_size: null } });
    expect(body).not.toHaveProperty('demo');
  });
});
