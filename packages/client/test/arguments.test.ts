/** What a program may get wrong: each error names the value and what is allowed. */
import { describe, expect, test } from 'vitest';
import { connect, TidegaugeError } from '../src/index.ts';
import { Rig } from './fakes/rig.ts';

describe('the address', () => {
  test.each(['', 'localhost:8000', 'ftp://tide.example', '/ws', 'ws:/', 'ws://', 'not an address'])(
    '%j is none',
    (url) => {
      expect(() => connect(url)).toThrow(TypeError);
      expect(() => connect(url)).toThrow('ws://localhost:8000');
      if (url !== '') expect(() => connect(url)).toThrow(url);
    },
  );

  test.each([
    ['ws://tide.example', 'ws://tide.example/ws/mempool'],
    ['http://tide.example', 'ws://tide.example/ws/mempool'],
    ['https://tide.example/', 'wss://tide.example/ws/mempool'],
    ['wss://tide.example:8443/below', 'wss://tide.example:8443/below/ws/mempool'],
    ['wss://tide.example/below/?a=b#c', 'wss://tide.example/below/ws/mempool'],
    ['ws://[::1]:8000', 'ws://[::1]:8000/ws/mempool'],
  ])('%s leads to %s', async (url, wanted) => {
    const urls: string[] = [];
    const tide = connect(url, { WebSocket: recorder(urls), fetch: unreachable });
    tide.price();
    await new Promise(setImmediate);
    tide.close();
    expect(urls.map((each) => each.split('?')[0])).toEqual([wanted]);
  });

  test('may be a URL', () => {
    connect(new URL('ws://tide.example')).close();
  });
});

describe('symbols', () => {
  test.each([
    [[], /not ''/],
    [[''], /not ''/],
    [['A', ''], /not 'A,'/],
  ])('%j is no list of names', (symbols, words) => {
    const { tide } = new Rig();
    const call = (): unknown => tide.heatmap(symbols);
    expect(call).toThrow(RangeError);
    expect(call).toThrow(words);
    expect(call).toThrow('symbols');
    const maps = tide.heatmap(['A']);
    expect(() => maps.change(symbols)).toThrow(RangeError);
    expect(maps.symbols).toEqual(['A']);
  });

  test.each(['BTCUSDT', null, undefined])('%j is not even a list', (symbols) => {
    const { tide } = new Rig();
    expect(() => tide.heatmap(symbols as unknown as string[])).toThrow(TypeError);
  });
});

describe('the interval', () => {
  test.each([0, 0.99, 60.01, 61, -5, Number.NaN, Number.POSITIVE_INFINITY])('%d is none', (sec) => {
    const { tide } = new Rig();
    const call = (): unknown => tide.heatmap(['A'], { interval: sec });
    expect(call).toThrow(RangeError);
    expect(call).toThrow(`, ${sec}`);
    expect(call).toThrow('1 to 60 s');
    const maps = tide.heatmap(['A'], { interval: 9 });
    expect(() => maps.change(['B'], { interval: sec })).toThrow(RangeError);
    expect([maps.symbols, maps.interval]).toEqual([['A'], 9]);
  });

  test.each([1, 2.5, 60])('%d is one', (interval) => {
    const { tide } = new Rig();
    expect(tide.heatmap(['A'], { interval }).interval).toBe(interval);
  });
});

test('an event that there is none of', () => {
  const { tide } = new Rig();
  expect(() => tide.on('tides' as 'status', () => {})).toThrow(TypeError);
});

test('an error says what is known of it, and nothing of what is not', () => {
  const cause = new Error('deep');
  const full = new TidegaugeError('REFUSED', 'closed', { fatal: true, closeCode: 4500, cause });
  expect(full).toMatchObject({ name: 'TidegaugeError', code: 'REFUSED', message: 'closed' });
  expect(full).toMatchObject({ fatal: true, closeCode: 4500, cause });
  const bare = new TidegaugeError('MALFORMED', 'odd');
  expect(bare).toBeInstanceOf(Error);
  expect(bare.fatal).toBe(false);
  expect([bare.closeCode, bare.serverCode, bare.cause]).toEqual(Array(3).fill(undefined));
});

/** A WebSocket that never opens, and keeps the addresses. */
function recorder(urls: string[]): new (url: string) => { send(): void; close(): void } {
  return class {
    constructor(url: string) {
      urls.push(url);
    }
    send(): void {}
    close(): void {}
  };
}

function unreachable(): Promise<never> {
  return Promise.reject(new TypeError('fetch failed'));
}
