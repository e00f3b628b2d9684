/** What a program is told of the line itself. */
import { describe, expect, test } from 'vitest';
import { Rig } from './fakes/rig.ts';
import { settle } from './fakes/settle.ts';

test('idle, connecting, live, reconnecting, polling, live, closed', async () => {
  const rig = new Rig();
  expect(rig.tide.status).toEqual({
    state: 'idle',
    failures: 0,
    retryAtMs: null,
    offline: false,
    error: null,
    feeds: {
      mempool: { state: 'idle', failures: 0, retryAtMs: null, offline: false, error: null },
      heatmap: { state: 'idle', failures: 0, retryAtMs: null, offline: false, error: null },
    },
  });
  rig.server.isStuck = true;
  rig.tide.price();
  await settle();
  rig.server.isStuck = false;
  rig.server.accept(rig.sockets.all[0]!);
  await settle();
  rig.server.connection().cut();
  await rig.untilRetry();
  rig.tide.close();
  await settle();
  const distinct = rig.states.filter((state, i) => state !== rig.states[i - 1]);
  expect(distinct).toEqual(['connecting', 'live', 'reconnecting', 'polling', 'live', 'closed']);
});

test('is told once for what changes in one turn, and not when it looks the same', async () => {
  const rig = new Rig();
  rig.tide.price();
  rig.tide.heatmap(['BTCUSDT']);
  await settle();
  rig.server.price();
  const told = rig.statuses.length;
  await rig.passWithPrices(20_000);
  expect(rig.statuses).toHaveLength(told);
  for (const [i, status] of rig.statuses.entries()) {
    expect(status).not.toEqual(rig.statuses[i - 1]);
  }
  rig.tide.close();
  await settle();
  expect(rig.statuses).toHaveLength(told + 1);
});

test('tells when the next try is due', async () => {
  const rig = new Rig();
  rig.tide.price();
  await settle();
  rig.server.connection().cut(1012, 'reconnect after 5000 ms');
  await settle();
  expect(rig.statuses.at(-1)).toMatchObject({
    state: 'reconnecting',
    failures: 1,
    retryAtMs: rig.clock.nowMs() + 5_000,
  });
});

test('is what it is at the moment of asking, and does not change afterwards', async () => {
  const rig = new Rig();
  rig.tide.price();
  await settle();
  const { status } = rig.tide;
  rig.server.connection().cut();
  expect(status.state).toBe('live');
  expect(rig.tide.status.state).toBe('reconnecting');
});

test('is the worst of the feeds that are in use', async () => {
  const rig = new Rig();
  rig.tide.price();
  await settle();
  expect(rig.tide.status.state).toBe('live');
  rig.server.isStuck = true;
  const maps = rig.tide.heatmap(['BTCUSDT']);
  await settle();
  expect(rig.tide.status.state).toBe('connecting');
  await rig.passWithPrices(10_000);
  expect(rig.tide.status).toMatchObject({ state: 'reconnecting', failures: 1 });
  maps.close();
  await settle();
  expect(rig.tide.status).toMatchObject({ state: 'live', failures: 0 });
});

describe('slow', () => {
  const warning = { type: 'warning', code: 'SLOW_CONSUMER', message: 'slow', dropped_messages: 23 };

  test('for 15 s from the last warning', async () => {
    const rig = new Rig();
    rig.tide.price();
    await settle();
    rig.server.connection().send(warning);
    await settle();
    expect(rig.tide.status.state).toBe('slow');
    await rig.passWithPrices(10_000);
    rig.server.connection().send(warning);
    await rig.passWithPrices(14_500);
    expect(rig.tide.status.state).toBe('slow');
    await rig.passWithPrices(2_500);
    expect(rig.states.slice(-2)).toEqual(['slow', 'live']);
    expect(rig.warnings[0]).toEqual({
      code: 'SLOW_CONSUMER',
      message: 'slow',
      feed: 'mempool',
      source: null,
      sinceMs: null,
      droppedMessages: 23,
    });
  });
});

test('warnings of a newer server are passed on', async () => {
  const rig = new Rig();
  rig.tide.heatmap(['BTCUSDT']);
  await settle();
  rig.server.connection().send({ type: 'warning', code: 'HIGH_TIDE', message: 'mind it' });
  rig.server.connection().send({
    type: 'warning',
    code: 'CONNECTION_UNSTABLE',
    message: 'wait longer',
  });
  expect(rig.warnings.map(({ code, message, feed }) => [code, message, feed])).toEqual([
    ['HIGH_TIDE', 'mind it', 'heatmap'],
    ['CONNECTION_UNSTABLE', 'wait longer', 'heatmap'],
  ]);
  expect(rig.errors).toEqual([]);
});

describe('errors that the server sends', () => {
  test('are passed on with its own code and words', async () => {
    const rig = new Rig();
    rig.tide.price();
    await settle();
    rig.server.connection().send({
      type: 'error',
      code: 'RATE_LIMITED',
      message: 'over 100 messages',
      retry_after_ms: 4697,
    });
    expect(rig.errors).toMatchObject([
      { code: 'SERVER', serverCode: 'RATE_LIMITED', message: 'over 100 messages' },
    ]);
    expect(rig.tide.status.state).toBe('live');
  });

  test('of a symbol do not end the others', async () => {
    const rig = new Rig();
    rig.server.symbols = ['BTCUSDT'];
    const maps = rig.tide.heatmap(['NOPE', 'BTCUSDT']);
    await settle();
    rig.server.map('BTCUSDT');
    expect(rig.errors).toMatchObject([{ code: 'INVALID_SYMBOL' }]);
    expect(maps.latest).toMatchObject({ symbol: 'BTCUSDT' });
  });
});

describe('a listener', () => {
  test('is taken away by what `on` returned, more than once without harm', async () => {
    const rig = new Rig();
    const states: string[] = [];
    const off = rig.tide.on('status', ({ state }) => states.push(state));
    rig.tide.price();
    await settle();
    off();
    off();
    rig.server.connection().cut();
    await settle();
    expect(states.at(-1)).toBe('live');
  });

  test('hears of the end, and nothing after it', async () => {
    const rig = new Rig();
    rig.tide.price();
    await settle();
    const { socket } = rig.server.connection();
    rig.tide.close();
    await settle();
    const told = rig.statuses.length;
    socket.end(1006);
    rig.surroundings.show();
    await rig.pass(60_000);
    expect(rig.states.at(-1)).toBe('closed');
    expect(rig.statuses).toHaveLength(told);
  });
});
