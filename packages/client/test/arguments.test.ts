/** What a program may get wrong: each error names the value and what is allowed. */
import { describe, expect, test } from 'vitest';
import { connect, TidegaugeError } from '../src/index.ts';
import { Rig } from './fakes/rig.ts';

describe('the address', () => {
  test.each(['', 'localhost:8000', 'ftp://tide.example', '/ws', 'ws:/', 'ws://', 'not an address'])(
    '%j is none',
    (url) => {
      expect(() => connect(url)).toThrow(TypeError);
      expect(() => connect(url)).toThrow(/no address.*ws:\/\/localhost:8000/);
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
    [[], /\[\]/],
    ['BTCUSDT', /"BTCUSDT"/],
    [null, /null/],
    [undefined, /undefined/],
    [[''], /\[""\]/],
    [['BTCUSDT', 7], /7/],
    [{ 0: 'BTCUSDT', length: 1 }, /"BTCUSDT"/],
  ])('%j is no list of names', (symbols, words) => {
    const { tide } = new Rig();
    const call = (): unknown => tide.heatmap(symbols as string[]);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(words);
    expect(call).toThrow(/\['BTCUSDT'\]/);
    const maps = tide.heatmap(['A']);
    expect(() => maps.change(symbols as string[])).toThrow(TypeError);
    expect(maps.symbols).toEqual(['A']);
  });
});

describe('the interval', () => {
  test.each([0, 0.99, 60.01, 61, -5, Number.NaN, Number.POSITIVE_INFINITY])('%d is none', (sec) => {
    const { tide } = new Rig();
    const call = (): unknown => tide.heatmap(['A'], { interval: sec });
    expect(call).toThrow(RangeError);
    expect(call).toThrow(`not ${sec}`);
    expect(call).toThrow('1 to 60 seconds');
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
  expect(() => tide.on('tides' as 'status', () => {})).toThrow(/'tides'.*status, error, warning/);
});

test('an error says all that is known of it, and null for what is not', () => {
  const cause = new Error('deep');
  const full = new TidegaugeError('REFUSED', 'closed', { fatal: true, closeCode: 4500, cause });
  expect(full).toMatchObject({ name: 'TidegaugeError', code: 'REFUSED', message: 'closed' });
  expect(full).toMatchObject({ fatal: true, closeCode: 4500, cause, status: null, symbol: null });
  const bare = new TidegaugeError('MALFORMED', 'odd');
  expect(bare).toBeInstanceOf(Error);
  expect(bare).toMatchObject({ fatal: false, closeCode: null, serverCode: null });
  expect('cause' in bare).toBe(false);
});

function recorder(
  urls: string[],
): new (
  url: string,
) => { protocol: string; send(): void; close(): void; addEventListener(): void } {
  return class {
    readonly protocol = '';
    constructor(url: string) {
      urls.push(url);
    }
    send(): void {}
    close(): void {}
    addEventListener(): void {}
  };
}

function unreachable(): Promise<never> {
  return Promise.reject(new TypeError('fetch failed'));
}
