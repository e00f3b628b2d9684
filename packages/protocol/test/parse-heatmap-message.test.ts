import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseHeatmapMessage } from '../src/index.ts';

function failureOf(value: unknown): { code: string; message: string } {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const result = parseHeatmapMessage(text);
  if (result.ok) throw new Error(`was taken: ${text}`);
  return result;
}

function requestOf(value: unknown): unknown {
  const result = parseHeatmapMessage(JSON.stringify(value));
  if (!result.ok) throw new Error(result.message);
  return result.message;
}

const subscribe = { action: 'subscribe', symbols: ['BTCUSDT'] };

describe('what is taken', () => {
  test('symbols as they are, each once', () => {
    expect(requestOf({ action: 'subscribe', symbols: ['BTCUSDT', 'x', 'BTCUSDT'] })).toEqual({
      kind: 'subscribe',
      symbols: ['BTCUSDT', 'x'],
      intervalSec: null,
      resume: new Map(),
    });
    expect(requestOf({ action: 'unsubscribe', symbols: ['a', 'a'] })).toEqual({
      kind: 'unsubscribe',
      symbols: ['a'],
    });
    const ten = Array.from({ length: 10 }, (_, i) => `S${i}`);
    expect(requestOf({ action: 'subscribe', symbols: ten })).toMatchObject({ symbols: ten });
    expect(requestOf({ type: 'subscribe', symbols: ['a'] })).toMatchObject({ kind: 'subscribe' });
  });

  test.each([1, 2.5, 60])('an interval of %d s', (update_interval) => {
    expect(requestOf({ ...subscribe, update_interval })).toMatchObject({
      intervalSec: update_interval,
    });
  });

  test('positions by symbol, whatever the symbol is called', () => {
    const resume = {
      BTCUSDT: { epoch: 'k3x9', seq: 41, more: 1 },
      constructor: { epoch: '', seq: 1 },
    };
    expect(requestOf({ ...subscribe, resume })).toMatchObject({
      resume: new Map([
        ['BTCUSDT', { epoch: 'k3x9', seq: 41 }],
        ['constructor', { epoch: '', seq: 1 }],
      ]),
    });
    const text =
      '{"action":"subscribe","symbols":["__proto__"],"resume":{"__proto__":{"epoch":"e","seq":2}}}';
    expect(parseHeatmapMessage(text)).toMatchObject({
      message: { symbols: ['__proto__'], resume: new Map([['__proto__', { epoch: 'e', seq: 2 }]]) },
    });
  });

  test('null is as good as absent, and unknown fields are ignored', () => {
    const request = { ...subscribe, update_interval: null, resume: null, colour: 'blue' };
    expect(requestOf(request)).toMatchObject({ intervalSec: null, resume: new Map() });
  });

  test('ping in both forms, with what it wants echoed', () => {
    expect(requestOf({ action: 'ping' })).toEqual({ kind: 'ping', timestamp: null });
    expect(requestOf({ type: 'ping', timestamp: 17.5 })).toEqual({ kind: 'ping', timestamp: 17.5 });
  });
});

describe('what is refused, naming what was given and what is allowed', () => {
  const list = /symbols must be a list of 1 to 10 symbols such as \["BTCUSDT"\]/;
  const interval = /update_interval must be a number of seconds from 1 to 60, not/;
  const position = /resume of "X" must be as in \{"BTCUSDT":\{"epoch":"k3x9","seq":41\}\}, not/;

  test.each<[unknown, string, RegExp]>([
    ['subscribe', 'INVALID_MESSAGE', /not JSON: subscribe; .*"action":"subscribe"/],
    [[1], 'INVALID_MESSAGE', /not an object/],
    [{}, 'INVALID_MESSAGE', /no field that says what to do in \{\}; allowed is .*"symbols"/],
    [{ subscribe: 'price' }, 'INVALID_MESSAGE', /no field that says what to do/],
    [{ action: 7 }, 'INVALID_MESSAGE', /action must be a string/],
    [
      { action: 'buy' },
      'INVALID_ACTION',
      /unknown action "buy"; allowed here: .*unsubscribe.*ping/,
    ],
    [{ type: 'snapshot' }, 'INVALID_ACTION', /unknown type "snapshot"/],
    [{ action: 'subscribe' }, 'INVALID_MESSAGE', /symbols is missing; it must be a list/],
    [{ action: 'unsubscribe' }, 'INVALID_MESSAGE', /symbols is missing/],
    [{ ...subscribe, symbols: [] }, 'INVALID_MESSAGE', list],
    [{ ...subscribe, symbols: 'BTCUSDT' }, 'INVALID_MESSAGE', /not "BTCUSDT"/],
    [{ ...subscribe, symbols: ['a', 7] }, 'INVALID_MESSAGE', /not \["a",7\]/],
    [{ ...subscribe, symbols: null }, 'INVALID_MESSAGE', list],
    [{ ...subscribe, update_interval: 0.5 }, 'INVALID_MESSAGE', /from 1 to 60, not 0.5/],
    [{ ...subscribe, update_interval: 61 }, 'INVALID_MESSAGE', interval],
    [{ ...subscribe, update_interval: '5' }, 'INVALID_MESSAGE', /not "5"/],
    [
      { ...subscribe, resume: [] },
      'INVALID_MESSAGE',
      /resume must be an object such as .* not \[\]/,
    ],
    [{ ...subscribe, resume: 'x' }, 'INVALID_MESSAGE', /resume must be an object/],
    [{ ...subscribe, resume: { X: 41 } }, 'INVALID_MESSAGE', position],
    [{ ...subscribe, resume: { X: null } }, 'INVALID_MESSAGE', position],
    [{ ...subscribe, resume: { X: { epoch: 'e' } } }, 'INVALID_MESSAGE', position],
    [{ ...subscribe, resume: { X: { epoch: 1, seq: 1 } } }, 'INVALID_MESSAGE', position],
    [{ ...subscribe, resume: { X: { epoch: 'e', seq: 0 } } }, 'INVALID_MESSAGE', position],
    [{ ...subscribe, resume: { X: { epoch: 'e', seq: 1.5 } } }, 'INVALID_MESSAGE', position],
    [{ action: 'ping', timestamp: {} }, 'INVALID_MESSAGE', /timestamp must be/],
  ])('%j', (given, code, message) => {
    const failure = failureOf(given);
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(message);
  });

  test('too many symbols', () => {
    const symbols = Array.from({ length: 11 }, (_, i) => `S${i}`);
    expect(failureOf({ ...subscribe, symbols }).message).toBe(
      'symbols has 11 names; allowed are at most 10',
    );
  });

  test('long text is repeated only in its beginning', () => {
    for (const wrong of ['z'.repeat(4_000), { ...subscribe, resume: { ['k'.repeat(4_000)]: 1 } }]) {
      expect(failureOf(wrong).message.length).toBeLessThan(300);
    }
  });
});

describe('for any text', () => {
  test('never throws, and what is taken keeps to its bounds', () => {
    const check = (text: string) => {
      const result = parseHeatmapMessage(text);
      if (!result.ok) {
        expect(result.message.length).toBeLessThan(300);
        return;
      }
      const request = result.message;
      if (request.kind === 'ping') return;
      expect(request.symbols.length).toBeGreaterThan(0);
      expect(request.symbols.length).toBeLessThanOrEqual(10);
      expect(new Set(request.symbols).size).toBe(request.symbols.length);
      if (request.kind !== 'subscribe' || request.intervalSec === null) return;
      expect(request.intervalSec).toBeGreaterThanOrEqual(1);
      expect(request.intervalSec).toBeLessThanOrEqual(60);
    };
    fc.assert(fc.property(fc.string({ unit: 'binary' }), check));
    fc.assert(fc.property(fc.json(), check));
    const symbol = fc.oneof(fc.constantFrom('BTCUSDT', 'ETHUSDT'), fc.string());
    const position = fc.record({ epoch: fc.string(), seq: fc.integer({ min: -1 }) });
    const message = fc.record(
      {
        action: fc.oneof(fc.constantFrom('subscribe', 'unsubscribe', 'ping'), fc.jsonValue()),
        type: fc.oneof(fc.constantFrom('subscribe', 'ping'), fc.jsonValue()),
        symbols: fc.oneof(fc.array(symbol, { maxLength: 12 }), fc.jsonValue()),
        update_interval: fc.oneof(fc.double(), fc.integer({ min: 0, max: 61 }), fc.jsonValue()),
        resume: fc.oneof(fc.dictionary(symbol, position), fc.jsonValue()),
        timestamp: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(message, (value) => check(JSON.stringify(value))),
      { numRuns: 1000 },
    );
  });
});
