import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHealth } from '../src/wire/read-health.ts';
import { readMessage } from '../src/wire/read-message.ts';

const say = (message: unknown) => readMessage(JSON.stringify(message));
const DATA = {
  price: 87_412.5,
  low: 87_210,
  high: 87_604,
  confidence: 0.94,
  timestamp: 1_767_225_600.5,
  sample_size: 4309,
  status: 'live',
};

describe('price_update', () => {
  it('is read into the terms of the page', () => {
    expect(say({ type: 'price_update', seq: 3, demo: true, data: DATA })).toEqual({
      kind: 'price',
      demo: true,
      price: {
        priceUsd: 87_412.5,
        lowUsd: 87_210,
        highUsd: 87_604,
        confidence: 0.94,
        timestampSec: 1_767_225_600.5,
        sampleSize: 4309,
        status: 'live',
      },
    });
  });

  it('may have no price while warming up or stale', () => {
    const none = { ...DATA, price: null, low: null, high: null, confidence: 0 };
    for (const status of ['warming_up', 'stale']) {
      expect(say({ type: 'price_update', data: { ...none, status } })).toMatchObject({
        kind: 'price',
        price: { priceUsd: null, lowUsd: null, highUsd: null },
      });
    }
    expect(say({ type: 'price_update', data: { ...none, status: 'live' } }).kind).toBe('malformed');
  });

  it.each([
    ['a price as text', { price: '87412.5' }],
    ['a price of zero', { price: 0 }],
    ['an interval with one end', { low: null }],
    ['an interval upside down', { low: 88_000, high: 87_000 }],
    ['a confidence over 1', { confidence: 1.2 }],
    ['no time', { timestamp: undefined }],
    ['a status of its own', { status: 'splendid' }],
  ])('is malformed with %s', (_, over) => {
    expect(say({ type: 'price_update', data: { ...DATA, ...over } }).kind).toBe('malformed');
  });
});

describe('points', () => {
  it('are the whole window exactly when an epoch is there', () => {
    const data = { points: [[1, 2]] };
    expect(say({ type: 'transactions', seq: 4, epoch: 'x', data })).toMatchObject({ whole: true });
    expect(say({ type: 'transactions', seq: 5, data })).toMatchObject({ whole: false, seq: 5 });
  });

  it('that are none are left out, the others kept', () => {
    const points = [[1, 2], [1], 'x', [1, -5], [null, 3], [4, 5], [6, 7]];
    const btc = [null, 1, 1, 1, 1, 0.25, 'much'];
    expect(say({ type: 'transactions', seq: 1, data: { points, btc } })).toMatchObject({
      points: [
        [1, 2],
        [4, 5, 0.25],
        [6, 7],
      ],
    });
  });
});

describe('other messages', () => {
  it('hello of a newer protocol is still a hello', () => {
    expect(say({ type: 'hello', protocol: 7, time: '2026-01-05T10:00:00Z' })).toMatchObject({
      kind: 'hello',
      protocol: 7,
      timeSec: 1_767_607_200,
      demo: false,
    });
  });

  it('confirmed without a price has points all the same', () => {
    const data = { price: null, low: null, high: null, confidence: 0, block_height: null };
    expect(
      say({ type: 'confirmed_update', data: { ...data, block_time: 9, points: [[9, 1]] } }),
    ).toMatchObject({ kind: 'confirmed', blockHeight: null, blockTimeSec: 9, points: [[9, 1]] });
  });

  it('warning, error and pong', () => {
    expect(say({ type: 'warning', code: 'SOURCE_STALE', source: 'zmq', since: 5 })).toMatchObject({
      kind: 'warning',
      code: 'SOURCE_STALE',
      source: 'zmq',
      sinceSec: 5,
    });
    expect(say({ type: 'error', code: 'RATE_LIMITED', message: 'slower' })).toEqual({
      kind: 'error',
      code: 'RATE_LIMITED',
      message: 'slower',
    });
    expect(say({ type: 'pong', timestamp: 'x' })).toEqual({ kind: 'pong', echo: null });
    expect(say({ type: 'pong', echo: 'a' })).toEqual({ kind: 'pong', echo: 'a' });
  });

  it('a type of a later version is unknown, not an error', () => {
    expect(say({ type: 'weather' })).toEqual({ kind: 'unknown', type: 'weather' });
  });

  it('never throws, whatever the text', () => {
    for (const text of ['', '{', 'null', '[]', '7', '"x"', '{"type":7}', '{"type":"hello"}']) {
      expect(readMessage(text).kind).toBe('malformed');
    }
    fc.assert(fc.property(fc.string(), (text) => void readMessage(text)));
    const types = fc.constantFrom('hello', 'price_update', 'transactions', 'confirmed_update');
    fc.assert(
      fc.property(types, fc.object(), fc.jsonValue(), (type, fields, data) => {
        expect(() => readMessage(JSON.stringify({ ...fields, data, type }))).not.toThrow();
      }),
    );
  });
});

describe('health', () => {
  it('is read with what is there', () => {
    const sources = {
      zmq: { state: 'lost', since: 100, detail: 'no answer' },
      broken: 7,
      binance: { state: 'connected', since: 200, detail: null },
    };
    expect(
      readHealth({
        status: 'draining',
        mempool_active_txs: 3,
        last_block: { height: 5, time: 90 },
        sources,
      }),
    ).toEqual({
      activeTxs: 3,
      receivedTxs: null,
      filteredTxs: null,
      uptimeSec: null,
      demo: false,
      draining: true,
      sources: [{ name: 'zmq', state: 'lost', sinceSec: 100, detail: 'no answer' }],
      venues: [{ name: 'binance', state: 'connected', sinceSec: 200, detail: null }],
      lastBlock: { height: 5, timeSec: 90 },
    });
    expect(readHealth({ error: { code: 'NOT_FOUND' } })).toBeNull();
    expect(readHealth('<html>')).toBeNull();
  });
});
