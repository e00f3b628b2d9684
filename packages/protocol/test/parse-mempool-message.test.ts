import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHANNELS, parseMempoolMessage } from '../src/index.ts';

function failureOf(text: string): { code: string; message: string } {
  const result = parseMempoolMessage(text);
  if (result.ok) throw new Error(`was taken: ${text}`);
  return result;
}

function requestOf(value: unknown): unknown {
  const result = parseMempoolMessage(JSON.stringify(value));
  if (!result.ok) throw new Error(result.message);
  return result.message;
}

describe('what is taken', () => {
  test('one channel or a list, each channel once', () => {
    expect(requestOf({ subscribe: 'price' })).toEqual({
      kind: 'channels',
      subscribe: ['price'],
      unsubscribe: [],
      resume: new Map(),
      rejected: null,
    });
    expect(requestOf({ subscribe: ['price', 'histogram', 'price'], x: 1 })).toMatchObject({
      subscribe: ['price', 'histogram'],
    });
    expect(requestOf({ unsubscribe: 'histogram' })).toMatchObject({ unsubscribe: ['histogram'] });
    expect(requestOf({ subscribe: 'price', unsubscribe: ['full'] })).toMatchObject({
      subscribe: ['price'],
      unsubscribe: ['full'],
    });
  });

  test('a position to resume from, by channel', () => {
    const resume = { transactions: { epoch: 'k3x9', seq: 41, more: true } };
    expect(requestOf({ subscribe: 'transactions', resume })).toMatchObject({
      resume: new Map([['transactions', { epoch: 'k3x9', seq: 41 }]]),
    });
  });

  test.each([
    ['a list', []],
    ['a number', 41],
    ['no epoch', { transactions: { seq: 41 } }],
    ['a sequence of 0', { transactions: { epoch: 'k3x9', seq: 0 } }],
  ])('a resume that is %s is an error', (_name, resume) => {
    expect(parseMempoolMessage(JSON.stringify({ subscribe: 'price', resume }))).toMatchObject({
      ok: false,
      code: 'INVALID_MESSAGE',
      message: expect.stringMatching(/^resume .*"epoch":"k3x9","seq":41/),
    });
  });

  test('the good channels beside a bad one, which is named', () => {
    expect(requestOf({ subscribe: ['price', 'prices'] })).toEqual({
      kind: 'channels',
      subscribe: ['price'],
      unsubscribe: [],
      resume: new Map(),
      rejected:
        'unknown channel "prices"; allowed: full, price, transactions, histogram, confirmed',
    });
  });

  test('ping in both forms, with what it wants echoed', () => {
    expect(requestOf({ action: 'ping' })).toEqual({ kind: 'ping', timestamp: null });
    expect(requestOf({ type: 'ping', timestamp: 17.5 })).toEqual({ kind: 'ping', timestamp: 17.5 });
    expect(requestOf({ action: 'ping', timestamp: '2026-01-01T00:00:00Z' })).toEqual({
      kind: 'ping',
      timestamp: '2026-01-01T00:00:00Z',
    });
    expect(requestOf({ type: 'ping', timestamp: null })).toEqual({ kind: 'ping', timestamp: null });
  });
});

describe('what is refused, naming what was given and what is allowed', () => {
  test.each([
    ['', 'INVALID_MESSAGE', /not JSON/],
    ['subscribe price', 'INVALID_MESSAGE', /not JSON: subscribe price; allowed is .*"subscribe"/],
    ['[]', 'INVALID_MESSAGE', /not an object: \[\]/],
    ['null', 'INVALID_MESSAGE', /not an object/],
    ['"ping"', 'INVALID_MESSAGE', /not an object/],
    ['{}', 'INVALID_MESSAGE', /no field that says what to do/],
    [
      '{"subscribe":"prices"}',
      'INVALID_MESSAGE',
      /unknown channel "prices"; allowed: full, price,/,
    ],
    ['{"subscribe":[]}', 'INVALID_MESSAGE', /a list of channels, not \[\]/],
    ['{"subscribe":7}', 'INVALID_MESSAGE', /a list of channels, not 7; allowed: full/],
    ['{"subscribe":["price",7]}', 'INVALID_MESSAGE', /not \["price",7\]/],
    ['{"subscribe":"price","unsubscribe":null}', 'INVALID_MESSAGE', /unsubscribe must be/],
    ['{"action":7}', 'INVALID_MESSAGE', /action must be a string such as "ping", not 7/],
    ['{"action":"dance"}', 'INVALID_ACTION', /unknown action "dance"; allowed here: .*ping/],
    ['{"type":"hello"}', 'INVALID_ACTION', /unknown type "hello"/],
    ['{"action":"ping","timestamp":{}}', 'INVALID_MESSAGE', /timestamp must be .* not \{\}/],
    ['{"action":"ping","timestamp":1e999}', 'INVALID_MESSAGE', /timestamp must be/],
  ])('%s', (text, code, message) => {
    const failure = failureOf(text);
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(message);
  });

  test('too many names', () => {
    const text = JSON.stringify({ subscribe: Array.from({ length: 11 }, () => 'price') });
    expect(failureOf(text).message).toBe('subscribe has 11 names; allowed are at most 10');
  });

  test('too deep: the ninth level, not the eighth, and brackets in strings do not count', () => {
    const nested = (levels: number) =>
      `{"action":"ping","x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
    expect(parseMempoolMessage(nested(8)).ok).toBe(true);
    expect(failureOf(nested(9)).message).toMatch(/nested over 8 deep/);
    expect(parseMempoolMessage(`{"action":"ping","x":"\\"${'['.repeat(99)}"}`).ok).toBe(true);
  });

  test('long text is repeated only in its beginning', () => {
    const message = failureOf('z'.repeat(4_000)).message;
    expect(message).toContain(`${'z'.repeat(40)}…`);
    expect(message.length).toBeLessThan(250);
  });
});

describe('for any text', () => {
  test('never throws, and what is taken names known channels only', () => {
    const check = (text: string) => {
      const result = parseMempoolMessage(text);
      if (!result.ok) expect(result.message.length).toBeLessThan(700);
      else if (result.message.kind === 'channels') {
        const { subscribe, unsubscribe } = result.message;
        expect(CHANNELS).toEqual(expect.arrayContaining([...subscribe, ...unsubscribe]));
      }
    };
    fc.assert(fc.property(fc.string({ unit: 'binary' }), check));
    fc.assert(fc.property(fc.json(), check));
    const names = fc.oneof(fc.constantFrom(...CHANNELS), fc.string(), fc.jsonValue());
    const message = fc.record(
      {
        subscribe: fc.oneof(names, fc.array(names)),
        unsubscribe: fc.oneof(names, fc.array(names)),
        action: fc.oneof(fc.constant('ping'), fc.jsonValue()),
        type: fc.oneof(fc.constant('ping'), fc.jsonValue()),
        timestamp: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(fc.property(message, (value) => check(JSON.stringify(value))));
  });

  test('a deeply nested text neither throws nor hangs', () => {
    expect(failureOf('['.repeat(100_000)).code).toBe('INVALID_MESSAGE');
    expect(failureOf(`${'['.repeat(5_000)}${']'.repeat(5_000)}`).code).toBe('INVALID_MESSAGE');
    expect(failureOf(`{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`).code).toBe(
      'INVALID_MESSAGE',
    );
  });
});
