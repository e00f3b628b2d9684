/** Maps: of which symbols, and how often. */
import { describe, expect, test } from 'vitest';
import type { HeatmapUpdate } from '../src/index.ts';
import { refusal } from './fakes/fake-server.ts';
import { Rig } from './fakes/rig.ts';
import { settle } from './fakes/settle.ts';

interface Said {
  readonly action: string;
  readonly symbols: readonly string[];
  readonly update_interval?: number;
}

function said(rig: Rig): Said[] {
  return rig.server.connection('heatmap').wishes as unknown as Said[];
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
    expect(said(rig)).toMatchObject([
      { action: 'subscribe', symbols: ['BTCUSDT', 'ETHUSDT'], update_interval: 5 },
    ]);
    expect(maps.symbols).toEqual(['BTCUSDT', 'ETHUSDT']);
    expect(maps.interval).toBe(5);
  });

  test('options without a handler', async () => {
    const rig = new Rig();
    expect(rig.tide.heatmap(['BTCUSDT'], { interval: 60 }).interval).toBe(60);
    expect(rig.tide.heatmap(['BTCUSDT'], undefined, { interval: 1 }).interval).toBe(1);
    await settle();
    expect(said(rig).map((each) => each.update_interval)).toEqual([1]);
  });

  test('10 symbols a message', async () => {
    const rig = new Rig();
    const symbols = Array.from({ length: 23 }, (_, i) => `S${i}`);
    const maps = rig.tide.heatmap(symbols);
    await settle();
    expect(said(rig).map((each) => each.symbols.length)).toEqual([10, 10, 3]);
    expect(said(rig).flatMap((each) => each.symbols)).toEqual(symbols);
    expect(rig.server.connection().pings).toBe(1);
    maps.change(['S0']);
    await settle();
    const left = said(rig).filter(({ action }) => action === 'unsubscribe');
    expect(left.map((each) => each.symbols.length)).toEqual([10, 10, 2]);
  });

  test('symbols of one interval together', async () => {
    const rig = new Rig();
    rig.tide.heatmap(['A', 'B'], { interval: 2 });
    rig.tide.heatmap(['C'], { interval: 9 });
    rig.tide.heatmap(['D'], { interval: 2 });
    await settle();
    expect(said(rig)).toMatchObject([
      { symbols: ['A', 'B', 'D'], update_interval: 2 },
      { symbols: ['C'], update_interval: 9 },
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
    expect(said(rig).map((each) => each.update_interval)).toEqual([20, 3, 20]);
    expect(said(rig).every(({ action }) => action === 'subscribe')).toBe(true);
  });

  test('all again on a new line', async () => {
    const rig = new Rig();
    rig.tide.heatmap(['A'], { interval: 20 });
    await settle();
    rig.tide.heatmap(['B'], { interval: 3 });
    await settle();
    rig.server.connection().cut();
    await rig.untilRetry();
    expect(said(rig)).toMatchObject([
      { symbols: ['A'], update_interval: 20 },
      { symbols: ['B'], update_interval: 3 },
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
    expect(said(rig).slice(1)).toMatchObject([
      { action: 'unsubscribe', symbols: ['A'] },
      { action: 'subscribe', symbols: ['C'], update_interval: 5 },
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
    expect(said(rig)).toMatchObject([{ symbols: ['B'], update_interval: 9 }]);
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
    expect(said(rig)).toMatchObject([{ symbols: ['B'], update_interval: 1 }]);
  });
});

describe('the rhythm', () => {
  test('each gets the map no oftener than asked for, whatever others want', async () => {
    const rig = new Rig();
    const fast: number[] = [];
    const slow: HeatmapUpdate[] = [];
    rig.tide.heatmap(['A'], ({ seq }) => fast.push(seq), { interval: 1 });
    rig.tide.heatmap(['A'], (update) => slow.push(update), { interval: 5 });
    await settle();
    rig.server.map('A');
    await passWithMaps(rig, 15, 'A');
    expect(fast).toHaveLength(16);
    expect(slow.length).toBeGreaterThanOrEqual(3);
    expect(slow.length).toBeLessThanOrEqual(4);
    expect(slow.map(({ seq }) => seq).slice(1, 3)).toEqual([5, 10]);
    expect(slow.map(({ missed }) => missed).slice(0, 3)).toEqual([null, 3, 4]);
  });

  test('a map that came early is given when its time has come', async () => {
    const rig = new Rig();
    const slow: number[] = [];
    rig.tide.heatmap(['A'], { interval: 1 });
    rig.tide.heatmap(['A'], ({ seq }) => slow.push(seq), { interval: 10 });
    await settle();
    rig.server.map('A');
    await passWithMaps(rig, 2, 'A');
    expect(slow).toEqual([1]);
    await rig.pass(8_000);
    expect(slow).toEqual([1, 3]);
    expect(rig.tide.status.state).toBe('live');
  });

  test('of symbols each has its own', async () => {
    const rig = new Rig();
    const seen: string[] = [];
    rig.tide.heatmap(['A', 'B'], ({ symbol }) => seen.push(symbol), { interval: 10 });
    await settle();
    rig.server.map('A');
    await rig.pass(3_000);
    rig.server.map('B');
    rig.server.map('B');
    expect(seen).toEqual(['A', 'B']);
    await rig.pass(10_000);
    expect(seen).toEqual(['A', 'B', 'B']);
  });

  test('that of the server is taken over, so that nothing waits each time', async () => {
    const rig = new Rig();
    const seen: number[] = [];
    rig.tide.heatmap(['A'], ({ seq }) => seen.push(seq), { interval: 10 });
    await settle();
    rig.server.map('A');
    await rig.pass(4_000);
    // Such as after a reconnect: the server's rhythm has begun anew.
    rig.server.map('A');
    await rig.pass(10_000);
    rig.server.map('A');
    expect(seen).toEqual([1, 2, 3]);
    await rig.pass(9_000);
    rig.server.map('A');
    expect(seen).toEqual([1, 2, 3]);
  });

  test('the server’s timers may be off by a little', async () => {
    const rig = new Rig();
    const seen: number[] = [];
    rig.tide.heatmap(['A'], ({ seq }) => seen.push(seq), { interval: 1 });
    await settle();
    rig.server.map('A');
    await rig.pass(950);
    rig.server.map('A');
    expect(seen).toEqual([1, 2]);
    await rig.pass(850);
    rig.server.map('A');
    expect(seen).toEqual([1, 2]);
  });

  test('what waits is not given any more after closing or changing', async () => {
    const rig = new Rig();
    const seen: string[] = [];
    rig.tide.heatmap(['A', 'B'], { interval: 1 });
    const log = ({ symbol, seq }: HeatmapUpdate): void => void seen.push(`${symbol}${seq}`);
    const closed = rig.tide.heatmap(['A'], log, { interval: 30 });
    const changed = rig.tide.heatmap(['A'], log, { interval: 30 });
    await settle();
    rig.server.map('A');
    rig.server.map('A');
    closed.close();
    changed.change(['B']);
    await rig.pass(60_000);
    expect(seen).toEqual(['A1', 'A1']);
  });
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
  expect(said(rig)).toHaveLength(1);
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
  test('is told once over all lines, and named', async () => {
    const rig = new Rig();
    rig.server.symbols = ['A'];
    rig.server.restAnswer = refusal(500, 'SERVER_ERROR');
    rig.tide.heatmap(['NOPE', 'A']);
    await settle();
    rig.server.connection().cut();
    await rig.untilRetry();
    expect(rig.errors).toMatchObject([{ code: 'INVALID_SYMBOL', symbol: 'NOPE', fatal: false }]);
    expect(rig.errors[0]!.message).toContain('NOPE');
    expect(rig.tide.status.state).toBe('live');
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
