import { constants, createDeflateRaw, type DeflateRaw } from 'node:zlib';
import {
  encodeConfirmed,
  encodeError,
  encodeHeatmap,
  encodeHello,
  encodeHistogram,
  encodePong,
  encodePriceOnly,
  encodePriceUpdate,
  encodeTransactions,
  encodeWarning,
} from '@tidegauge/protocol';
import { describe, expect, test } from 'vitest';
import { LatencyHistogram } from '../../src/load/latency-histogram.ts';
import { MessageInflater } from '../../src/load/message-inflater.ts';
import { MARKS_BYTES, readMarks } from '../../src/load/message-marks.ts';
import { PositionWatch } from '../../src/load/position-watch.ts';
import { LIVE } from '../hub-fakes.ts';

const AT = { seq: 4711, demo: true };
const TIME_SEC = 1_767_225_600.5;
const STATS = { received: 1, filtered: 2, activeInWindow: 3, uptimeSec: 4 };
const POINT = { timeSec: 1, priceUsd: 2, amountSats: 3 };
const VIEW = { estimate: LIVE, blockHeight: 1, blockTimeSec: 2, points: [POINT] };
const HEATMAP = { symbol: 'BTCUSDT', epoch: 'e1', seq: 9, timeSec: TIME_SEC, demo: false };

const marksOf = (text: string) => readMarks(text.slice(0, MARKS_BYTES));

describe('the marks of a message', () => {
  const none = { epoch: null, timeMs: null, code: null, isError: false };
  const timeMs = TIME_SEC * 1000;

  test.each([
    ['full', encodePriceUpdate(AT, TIME_SEC, LIVE, [POINT], STATS), { ...none, timeMs }],
    ['price', encodePriceOnly(AT, TIME_SEC, LIVE), { ...none, timeMs }],
    ['transactions', encodeTransactions(AT, [POINT], 'e1'), { ...none, epoch: 'e1' }],
    ['transactions', encodeTransactions(AT, [POINT], null), none],
    ['histogram', encodeHistogram(AT, 1, { binsBtc: [1], counts: [1] }), none],
    ['confirmed_update', encodeConfirmed(AT, VIEW), none],
  ])('%s', (channel, text, marks) => {
    expect(marksOf(text)).toEqual({ ...marks, channel, seq: 4711 });
  });

  test('a map belongs to its symbol', () => {
    const marks = { ...none, channel: 'BTCUSDT', epoch: 'e1', seq: 9, timeMs };
    expect(marksOf(encodeHeatmap(HEATMAP, '{"levels":[]}'))).toEqual(marks);
  });

  test('warnings and errors have a code', () => {
    const warning = encodeWarning({ code: 'SLOW_CONSUMER', message: 'x', dropped_messages: 3 });
    expect(marksOf(warning)).toMatchObject({ code: 'SLOW_CONSUMER', isError: false });
    const error = encodeError({ code: 'INVALID_ACTION', message: 'x' });
    expect(marksOf(error)).toMatchObject({ code: 'INVALID_ACTION', isError: true });
  });

  test('others have none', () => {
    const limits = {
      max_message_bytes: 1,
      max_messages_per_10s: 1,
      max_pending_bytes: 1,
      update_interval_ms: 1,
      ping_interval_ms: 1,
      idle_timeout_ms: 1,
    };
    const hello = { server: 'x', epoch: 'e', time: 1, demo: false, limits };
    for (const text of [encodeHello(hello), encodePong('now', null), '', '{}', '{"seq":1}']) {
      expect(marksOf(text)).toBeNull();
    }
  });
});

test('steps of a sequence: on, twice, back; each channel and epoch by itself', () => {
  const watch = new PositionWatch();
  const step = (channel: string | null, seq: number, epoch: string | null = null) =>
    watch.step({ channel, epoch, seq, timeMs: null, code: null, isError: false });
  expect([5, 6, 9, 9, 7].map((seq) => step('price', seq))).toEqual([null, 1, 3, 0, -2]);
  expect(step('full', 1)).toBeNull();
  expect([step('a', 8, 'x'), step('a', 9, 'x'), step('a', 1, 'y')]).toEqual([null, 1, null]);
  // Only the first message of a channel may name the epoch.
  expect([step('t', 3, 'x'), step('t', 5), step('t', 1, 'z')]).toEqual([null, 2, null]);
  expect(step(null, 1)).toBeNull();
});

describe('times by buckets', () => {
  test('shares of them are right to within 3 %, the largest is exact', () => {
    const histogram = new LatencyHistogram();
    for (let i = 1; i <= 10_000; i += 1) histogram.record(i / 7);
    for (const share of [0.001, 0.5, 0.9, 0.99, 1]) {
      const exact = (10_000 * share) / 7;
      const measured = histogram.quantileMs(share)!;
      expect(measured).toBeGreaterThanOrEqual(exact - 0.001);
      expect(measured).toBeLessThanOrEqual(exact * 1.032);
    }
    expect(histogram.maxMs).toBe(10_000 / 7);
    expect(histogram.buckets().reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
    expect(histogram.buckets().length).toBeLessThan(600);
  });

  test('has a place for everything', () => {
    const histogram = new LatencyHistogram();
    expect(histogram.quantileMs(0.5)).toBeNull();
    for (const milliseconds of [-5, 0, 1e9]) histogram.record(milliseconds);
    expect(histogram.quantileMs(0.5)).toBe(0);
    expect(histogram.quantileMs(1)).toBeGreaterThan(2_000_000);
    histogram.reset();
    expect([histogram.count, histogram.maxMs, histogram.quantileMs(1)]).toEqual([0, 0, null]);
  });
});

describe('inflating', () => {
  /** What a server sends for a message (RFC 7692, 7.2.1). */
  async function compressed(deflate: DeflateRaw, text: string): Promise<Buffer> {
    const chunks: Buffer[] = [];
    deflate.on('data', (chunk: Buffer) => chunks.push(chunk));
    deflate.write(text);
    await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    deflate.removeAllListeners('data');
    return Buffer.concat(chunks).subarray(0, -4);
  }

  test('each message may refer to those before it, up to the window', async () => {
    const deflate = createDeflateRaw();
    const inflater = new MessageInflater(true);
    const texts = ['a map', 'a map of now', 'x'.repeat(50_000), 'a map of now', ''];
    for (let i = 0; i < 200; i += 1) texts.push(JSON.stringify({ seq: i, levels: [i * 7919] }));
    for (const text of texts) {
      expect(inflater.inflate(await compressed(deflate, text)).toString()).toBe(text);
    }
  });

  test('without takeover the one before does not help, nor hurt', async () => {
    const inflater = new MessageInflater(false);
    for (const text of ['one', 'one and two', 'one']) {
      const payload = await compressed(createDeflateRaw(), text);
      expect(inflater.inflate(payload).toString()).toBe(text);
    }
    const deflate = createDeflateRaw();
    inflater.inflate(await compressed(deflate, 'the same text'));
    const refers = await compressed(deflate, 'the same text');
    expect(() => inflater.inflate(refers)).toThrow('invalid distance');
  });

  test('throws at what is no deflate stream', () => {
    expect(() => new MessageInflater(true).inflate(Buffer.from('not compressed'))).toThrow();
  });
});
