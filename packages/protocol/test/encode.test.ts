import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Reading, ReadingPoint } from '../src/index.ts';
import * as protocol from '../src/index.ts';
import { ajv, expectValid } from './wire-schema.ts';

const live: Reading = {
  priceUsd: 87_412.503_7,
  lowUsd: 87_210.1,
  highUsd: 87_603.999,
  confidence: 0.940_049,
  sampleSize: 4309,
  status: 'live',
};
const warming: Reading = {
  priceUsd: null,
  lowUsd: null,
  highUsd: null,
  confidence: 0,
  sampleSize: 0,
  status: 'warming_up',
};
const stats = { received: 12_543, filtered: 8234, activeInWindow: 4309, uptimeSec: 3600.9 };
const point = { timeSec: 1_767_225_599.94, priceUsd: 87_390.204, amountSats: 114_430 };
const real = { seq: 812, demo: false };
const demo = { seq: 1, demo: true };

const finite = fc.double({ min: -1e12, max: 1e12, noNaN: true });
const anyPoint: fc.Arbitrary<ReadingPoint> = fc.record({
  timeSec: finite,
  priceUsd: finite,
  amountSats: fc.nat({ max: 2_100_000_000_000_000 }),
});
const anyReading: fc.Arbitrary<Reading> = fc.record(
  {
    priceUsd: fc.option(finite),
    lowUsd: fc.option(finite),
    highUsd: fc.option(finite),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    sampleSize: fc.nat(),
    status: fc.constantFrom('warming_up', 'live', 'stale'),
    asOfSec: finite,
  },
  { requiredKeys: ['priceUsd', 'lowUsd', 'highUsd', 'confidence', 'sampleSize', 'status'] },
);

describe('price_update', () => {
  test('full: the form of the protocol page', () => {
    const text = protocol.encodePriceUpdate(real, 1_767_225_600.5, live, [point], stats);
    expect(expectValid('PriceUpdate', text)).toEqual({
      type: 'price_update',
      seq: 812,
      timestamp: 1_767_225_600.5,
      price: 87_412.5,
      confidence: 0.94,
      low: 87_210.1,
      high: 87_604,
      status: 'live',
      transactions: [{ timestamp: 1_767_225_599.9, price: 87_390.2, btc: 0.001_144_3 }],
      stats: {
        total_received: 12_543,
        total_filtered: 8234,
        active_in_window: 4309,
        uptime_seconds: 3600,
      },
      data: {
        price: 87_412.5,
        confidence: 0.94,
        timestamp: 1_767_225_600.5,
        sample_size: 4309,
        low: 87_210.1,
        high: 87_604,
        status: 'live',
      },
    });
  });

  test('warming up: no price, no interval, no confidence', () => {
    const text = protocol.encodePriceUpdate(demo, 5, warming, [], stats);
    expect(expectValid('PriceUpdate', text)).toMatchObject({
      price: null,
      low: null,
      high: null,
      confidence: 0,
      status: 'warming_up',
      demo: true,
    });
  });

  test('stale: since when beside the present time, in the data of each form', () => {
    const stale: Reading = { ...live, status: 'stale', asOfSec: 1_767_225_600.123_4 };
    const times = { timestamp: 1_767_225_660.5, as_of: 1_767_225_600.123 };
    const full = protocol.encodePriceUpdate(real, times.timestamp, stale, [], stats);
    expect(expectValid('PriceUpdate', full)).toMatchObject({ data: times });
    const only = protocol.encodePriceOnly(real, times.timestamp, stale);
    expect(expectValid('PriceOnly', only)).toMatchObject({ data: times });
    const body = protocol.encodePriceBody(false, times.timestamp, stale);
    expect(expectValid('PriceBody', body)).toMatchObject(times);
    const validate = ajv.compile({ $ref: 'wire#/$defs/PriceBody' });
    expect(validate({ ...(JSON.parse(body) as object), as_of: 'yesterday' })).toBe(false);
  });

  test('price: seq, type and data only, under 300 bytes at its longest', () => {
    const text = protocol.encodePriceOnly(real, 1_767_225_600.123_4, live);
    expect(Object.keys(expectValid('PriceOnly', text))).toEqual(['type', 'seq', 'data']);
    const longest: Reading = {
      priceUsd: 9_999_999.99,
      lowUsd: 9_999_999.99,
      highUsd: 9_999_999.99,
      confidence: 0.1234,
      sampleSize: 2 ** 31,
      status: 'stale',
      asOfSec: 1_767_225_600.123,
    };
    const position = { seq: Number.MAX_SAFE_INTEGER, demo: true };
    const long = protocol.encodePriceOnly(position, 1_767_225_600.123, longest);
    expect(long.length).toBeLessThan(protocol.PRICE_MESSAGE_BYTES_MAX);
  });

  test('any reading: valid, prices with at most two decimals, numbers never strings', () => {
    fc.assert(
      fc.property(anyReading, fc.array(anyPoint, { maxLength: 20 }), (reading, points) => {
        const text = protocol.encodePriceUpdate(demo, 1.5, reading, points, stats);
        const full = expectValid('PriceUpdate', text);
        expectValid('PriceOnly', protocol.encodePriceOnly(real, 1.5, reading));
        expectValid('PriceBody', protocol.encodePriceBody(true, 1.5, reading));
        if (reading.priceUsd !== null && Math.abs(reading.priceUsd) < 1e9) {
          expect(full.price).toBe(Number(Number(full.price).toFixed(2)));
          expect(Math.abs(Number(full.price) - reading.priceUsd)).toBeLessThan(0.0051);
        }
      }),
    );
  });

  test('a price that is not finite is a bug, not "warming up"', () => {
    const broken = { ...live, priceUsd: Number.NaN };
    expect(() => protocol.encodePriceOnly(real, 1, broken)).toThrow('a number of a message is NaN');
  });
});

describe('the other channels', () => {
  test('transactions: with epoch the window, without it what is new', () => {
    const first = expectValid(
      'TransactionsMessage',
      protocol.encodeTransactions(real, [point], 'k3x9'),
    );
    expect(first).toEqual({
      type: 'transactions',
      seq: 812,
      epoch: 'k3x9',
      data: { points: [[1_767_225_599.9, 87_390.2]], btc: [0.0011443] },
    });
    const later = protocol.encodeTransactions(demo, [], null);
    expect(later).toBe('{"type":"transactions","seq":1,"data":{"points":[],"btc":[]},"demo":true}');
    expectValid('TransactionsMessage', later);
  });

  test('histogram', () => {
    const histogram = { binsBtc: [0.000_01, 0.1 + 0.2], counts: [3, 4] };
    expect(
      expectValid(
        'HistogramMessage',
        protocol.encodeHistogram(real, 1_767_225_600.123_4, histogram),
      ),
    ).toMatchObject({
      type: 'histogram',
      timestamp: 1_767_225_600.123,
      data: { bins: [0.000_01, 0.3], counts: [3, 4] },
    });
  });

  test('confirmed', () => {
    const view = { estimate: live, blockHeight: 702_861, blockTimeSec: 1e9, points: [point] };
    expect(expectValid('ConfirmedUpdate', protocol.encodeConfirmed(demo, view))).toEqual({
      type: 'confirmed_update',
      seq: 1,
      data: {
        price: 87_412.5,
        low: 87_210.1,
        high: 87_604,
        confidence: 0.94,
        block_height: 702_861,
        block_time: 1e9,
        points: [[1_767_225_599.9, 87_390.2]],
        btc: [0.0011443],
      },
      demo: true,
    });
    const unknown = { estimate: warming, blockHeight: null, blockTimeSec: 1, points: [] };
    expectValid('ConfirmedUpdate', protocol.encodeConfirmed(real, unknown));
  });
});

describe('control messages', () => {
  test('hello', () => {
    const limits = {
      max_message_bytes: 4096,
      max_messages_per_10s: 100,
      max_pending_bytes: 1_048_576,
      update_interval_ms: 500,
      ping_interval_ms: 25_000,
      idle_timeout_ms: 60_000,
    };
    const hello = { server: 'tidegauge/0.1.0', epoch: 'k3x9', time: 1.0004, demo: false, limits };
    expect(expectValid('HelloMessage', protocol.encodeHello(hello))).toEqual({
      type: 'hello',
      protocol: 1,
      ...hello,
      time: 1,
    });
    const withSymbols = { ...hello, limits: { ...limits, max_symbols: 30 } };
    expect(expectValid('HelloMessage', protocol.encodeHello(withSymbols))).toMatchObject({
      limits: { max_symbols: 30 },
    });
  });

  test('pong echoes what it was given, and nothing when it was given nothing', () => {
    const iso = '2026-01-05T10:00:00.000Z';
    expect(expectValid('PongMessage', protocol.encodePong(iso, 17.5))).toHaveProperty('echo', 17.5);
    expect(expectValid('PongMessage', protocol.encodePong(iso, 'x'))).toHaveProperty('echo', 'x');
    expect(protocol.encodePong(iso, null)).toBe(`{"type":"pong","timestamp":"${iso}"}`);
  });

  test('error and warning', () => {
    expectValid(
      'ErrorMessage',
      protocol.encodeError({ code: 'RATE_LIMITED', message: 'slow down', retry_after_ms: 12 }),
    );
    const warning = { code: 'SLOW_CONSUMER', message: 'slow', dropped_messages: 3 } as const;
    expectValid('WarningMessage', protocol.encodeWarning(warning));
  });

  test('the schemas refuse what is not in them', () => {
    const validate = ajv.compile({ $ref: 'wire#/$defs/ErrorMessage' });
    expect(validate({ type: 'error', code: 'NO_SUCH_CODE', message: '' })).toBe(false);
  });
});
