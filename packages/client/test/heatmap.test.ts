/** Maps: of which symbols, and how often. */
import { describe, expect, test } from 'vitest';
import type { HeatmapUpdate } from '../src/index.ts';
import { Rig } from './fakes/rig.ts';
import { settle } from './fakes/settle.ts';

/** What was said of each symbol, whether in one message or in several: seconds, or that it ends. */
function said(rig: Rig): (readonly [symbol: string, sec: unknown])[] {
  return rig.server.connection('heatmap').wishes.flatMap((message) => {
    const symbols = message.symbols as string[];
    expect(symbols.length).toBeLessThanOrEqual(10);
    const sec = message.action === 'subscribe' ? message.update_interval : 'ends';
    return symbols.map((symbol) => [symbol, sec] as const);
  });
}

/** A map each second, for so long. */
async function passWithMaps(rig: Rig, sec: number, ...symbols: string[]): Promise<void> {
  for (let n = 0; n < sec; n += 1) {
    await rig.pass(1_000);
    for (const symbol of symbols) rig.server.map(symbol);
  }
}

describe('what is said', () => {
  test('symbols and interval, 5 s unless told otherwise', async () => {
    const rig = new Rig();
    const maps = rig.tide.heatmap(['BTCUSDT', 'ETHUSDT', 'BTCUSDT']);
    await settle();
    expect(said(rig)).toEqual([
      ['BTCUSDT', 5],
      ['ETHUSDT', 5],
    ]);
    expect(new Set(maps.symbols)).toEqual(new Set(['BTCUSDT', 'ETHUSDT']));
    expect(maps.interval).toBe(5);
  });

  test('options without a handler', async () => {
    const rig = new Rig();
    expect(rig.tide.heatmap(['BTCUSDT'], { interval: 60 }).interval).toBe(60);
    expect(rig.tide.heatmap(['BTCUSDT'], undefined, { interval: 1 }).interval).toBe(1);
    await settle();
    expect(said(rig)).toEqual([['BTCUSDT', 1]]);
  });

  test('of many symbols each, and of those that are left', async () => {
    const rig = new Rig();
    const symbols = Array.from({ length: 23 }, (_, i) => `S${i}`);
    const maps = rig.tide.heatmap(symbols);
    await settle();
    expect(said(rig).map(([symbol]) => symbol)).toEqual(symbols);
    expect(rig.server.connection().pings).toBe(1);
    maps.change(['S0']);
    await settle();
    const left = said(rig).filter(([, sec]) => sec === 'ends');
    expect(left.map(([symbol]) => symbol)).toEqual(symbols.slice(1));
  });

  test('each symbol with its own interval', async () => {
    const rig = new Rig();
    rig.tide.heatmap(['A', 'B'], { interval: 2 });
    rig.tide.heatmap(['C'], { interval: 9 });
    await settle();
    expect(said(rig)).toEqual([
      ['A', 2],
      ['B', 2],
      ['C', 9],
    ]);
  });

  test('the shortest interval of those who want a symbol, and the next when they leave', async () => {
    const rig = new Rig();
    rig.tide.heatmap(['A'], { interval: 20 });
    await settle();
    const hasty = rig.tide.heatmap(['A'], { interval: 3 });
    await settle();
    hasty.close();
    await settle();
    expect(said(rig)).toEqual([
      ['A', 20],
      ['A', 3],
      ['A', 20],
    ]);
  });

  test('all again on a new line', async () => {
    const rig = new Rig();
    rig.tide.heatmap(['A'], { interval: 20 });
    await settle();
    rig.tide.heatmap(['B'], { interval: 3 });
    await settle();
    rig.server.connection().cut();
    await rig.untilRetry();
    expect(said(rig)).toEqual([
      ['A', 20],
      ['B', 3],
    ]);
  });
});

describe('change', () => {
  test('says what is new and what is gone, and nothing of what stays', async () => {
    const rig = new Rig();
    const maps = rig.tide.heatmap(['A', 'B']);
    await settle();
    maps.change(['B', 'C']);
    await settle();
    expect(said(rig).slice(2)).toEqual([
      ['A', 'ends'],
      ['C', 5],
    ]);
    expect(maps.symbols).toEqual(['B', 'C']);
  });

  test('keeps the interval unless told another', async () => {
    const rig = new Rig();
    const maps = rig.tide.heatmap(['A'], { interval: 7 });
    maps.change(['B']);
    expect(maps.interval).toBe(7);
    maps.change(['B'], {});
    expect(maps.interval).toBe(7);
    maps.change(['B'], { interval: 9 });
    expect(maps.interval).toBe(9);
    await settle();
    expect(said(rig)).toEqual([['B', 9]]);
  });

  test('to the same is nothing to be said', async () => {
    const rig = new Rig();
    const maps = rig.tide.heatmap(['A']);
    await settle();
    rig.server.map('A');
    maps.change(['A'], { interval: 5 });
    await settle();
    expect(said(rig)).toHaveLength(1);
    expect(maps.latest).toMatchObject({ symbol: 'A', isLive: true });
  });

  test('brings only what is wanted now', async () => {
    const rig = new Rig();
    const seen: string[] = [];
    rig.tide.heatmap(['A', 'B'], { interval: 1 });
    const maps = rig.tide.heatmap(['A'], ({ symbol }) => seen.push(symbol), { interval: 1 });
    await settle();
    rig.server.map('A');
    maps.change(['B']);
    rig.server.map('A');
    rig.server.map('B');
    await passWithMaps(rig, 2, 'A', 'B');
    expect(seen[0]).toBe('A');
    expect(new Set(seen.slice(1))).toEqual(new Set(['B']));
  });

  test('makes `ready` stand for the new symbols', async () => {
    const rig = new Rig();
    const maps = rig.tide.heatmap(['A']);
    await maps.ready;
    rig.server.connection().isMute = true;
    let ready = false;
    maps.change(['A', 'B']);
    void maps.ready.then(() => {
      ready = true;
    });
    await settle();
    expect(ready).toBe(false);
    rig.server.connection().send(rig.server.map('B'));
    await settle();
    expect(ready).toBe(true);
  });

  test('gives at once what others know of the new symbol', async () => {
    const rig = new Rig();
    const seen: HeatmapUpdate[] = [];
    rig.tide.heatmap(['B']);
    const maps = rig.tide.heatmap(['A'], (update) => seen.push(update));
    await settle();
    rig.server.map('B');
    maps.change(['B']);
    await settle();
    expect(seen).toMatchObject([{ symbol: 'B', seq: 1, missed: null, isLive: true }]);
    await maps.ready;
  });

  test('back to a symbol asks for all of it', async () => {
    const rig = new Rig();
    const maps = rig.tide.heatmap(['A']);
    await settle();
    rig.server.map('A');
    maps.change(['B']);
    await settle();
    maps.change(['A']);
    await settle();
    const again = rig.server.connection().wishes.at(-2)!;
    expect(again.resume ?? {}).toEqual({});
    expect(maps.latest).toMatchObject({ symbol: 'A', missed: null });
  });

  test('of a closed one does nothing', async () => {
    const rig = new Rig();
    const maps = rig.tide.heatmap(['A']);
    maps.close();
    maps.change(['B']);
    await settle();
    expect(rig.sockets.all).toEqual([]);
    expect(maps.closed).toBe(true);
  });

  test('is taken along to the next line when there is none', async () => {
    const rig = new Rig();
    const maps = rig.tide.heatmap(['A']);
    await settle();
    rig.server.connection().cut();
    maps.change(['B'], { interval: 1 });
    await rig.untilRetry();
    expect(said(rig)).toEqual([['B', 1]]);
  });
});

test('of several intervals for a symbol the shortest counts for all', async () => {
  const rig = new Rig();
  const slow: number[] = [];
  rig.tide.heatmap(['A'], { interval: 1 });
  rig.tide.heatmap(['A'], ({ seq }) => slow.push(seq), { interval: 5 });
  await settle();
  rig.server.map('A');
  await passWithMaps(rig, 3, 'A');
  expect(slow).toEqual([1, 2, 3, 4]);
  expect(said(rig)).toEqual([['A', 1]]);
});

test('of several symbols the last that came is the latest', async () => {
  const rig = new Rig();
  const maps = rig.tide.heatmap(['A', 'B']);
  await settle();
  rig.server.map('A');
  expect(maps.latest?.symbol).toBe('A');
  rig.server.map('B');
  expect(maps.latest?.symbol).toBe('B');
});

test('who comes later gets the maps that others know, of its own symbols alone', async () => {
  const rig = new Rig();
  rig.tide.heatmap(['A', 'B', 'C']);
  await settle();
  for (const symbol of ['A', 'B', 'C']) rig.server.map(symbol);
  const seen: string[] = [];
  rig.tide.heatmap(['C', 'A'], ({ symbol }) => seen.push(symbol));
  await settle();
  expect(seen.sort()).toEqual(['A', 'C']);
  expect(said(rig)).toHaveLength(3);
});

test('a map of a symbol that nobody asked for is nobody’s', async () => {
  const rig = new Rig();
  const seen: string[] = [];
  const maps = rig.tide.heatmap(['A'], ({ symbol }) => seen.push(symbol));
  await settle();
  rig.server.connection().send(rig.server.map('B'));
  rig.server.connection().send({ ...rig.server.map('C'), symbol: '__proto__' });
  expect(seen).toEqual([]);
  expect(maps.latest).toBeNull();
  expect(rig.errors).toEqual([]);
});

describe('a symbol that the server does not carry', () => {
  test('is told and named, and does not end the others', async () => {
    const rig = new Rig();
    rig.server.symbols = ['A'];
    const maps = rig.tide.heatmap(['NOPE', 'A']);
    await settle();
    rig.server.map('A');
    expect(rig.errors).toMatchObject([{ code: 'INVALID_SYMBOL', symbol: 'NOPE', fatal: false }]);
    expect(rig.errors[0]!.message).toContain('NOPE');
    expect(rig.tide.status.state).toBe('live');
    expect(maps.latest).toMatchObject({ symbol: 'A', isLive: true });
  });

  test('is told again to those who ask for it again', async () => {
    const rig = new Rig();
    rig.server.symbols = ['A'];
    const maps = rig.tide.heatmap(['NOPE', 'A']);
    await settle();
    maps.change(['A']);
    await settle();
    maps.change(['NOPE']);
    await settle();
    expect(rig.errors.map(({ symbol }) => symbol)).toEqual(['NOPE', 'NOPE']);
  });

  test('is taken once the server carries it', async () => {
    const rig = new Rig();
    rig.server.symbols = ['A'];
    const maps = rig.tide.heatmap(['NEW']);
    await settle();
    rig.server.symbols = ['A', 'NEW'];
    rig.server.map('NEW');
    rig.server.connection().cut();
    await rig.untilRetry();
    expect(maps.latest).toMatchObject({ symbol: 'NEW' });
  });

  test('is ready all the same: the server has answered', async () => {
    const rig = new Rig();
    rig.server.symbols = [];
    const maps = rig.tide.heatmap(['NOPE']);
    await maps.ready;
    expect(maps.latest).toBeNull();
  });
});
