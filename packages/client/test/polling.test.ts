/** What is asked for over HTTP while there is no WebSocket. */
import { describe, expect, test } from 'vitest';
import type { PriceUpdate } from '../src/index.ts';
import type { Question } from './fakes/fake-http.ts';
import { refusal } from './fakes/fake-server.ts';
import { Rig } from './fakes/rig.ts';
import { settle } from './fakes/settle.ts';

const DATA = '/api/v1/';

/** Whose sockets fail from now on, while questions over HTTP are answered. */
function withoutSockets(rig: Rig): void {
  rig.server.refusal = { status: 502, body: 'Bad Gateway' };
  for (const connection of rig.server.connections) connection.cut();
}

/** A client that shows the price and has failed so often, nothing being answered until then. */
async function failed(times: number): Promise<{ rig: Rig; seen: PriceUpdate[] }> {
  const rig = new Rig();
  const seen: PriceUpdate[] = [];
  rig.tide.price((update) => seen.push(update));
  await settle();
  rig.server.price();
  await rig.fail(times);
  rig.server.isUp = true;
  withoutSockets(rig);
  return { rig, seen };
}

/** Times between questions, ms. */
function pauses(asked: readonly Question[]): number[] {
  return asked.slice(1).map(({ atMs }, i) => atMs - asked[i]!.atMs);
}

describe('from the third failure on', () => {
  test('at the interval of the server, until a line is proven', async () => {
    const { rig, seen } = await failed(3);
    const before = rig.http.askedFor(DATA).length;
    await rig.passWithPrices(4_000);
    const asked = rig.http.askedFor(DATA).slice(before);
    expect(new Set(pauses(asked))).toEqual(new Set([500]));
    expect(asked.length).toBeGreaterThanOrEqual(7);
    expect(rig.tide.status.state).toBe('polling');
    expect(seen.at(-1)).toMatchObject({ via: 'polling', isLive: true, missed: 0 });
    rig.server.refusal = null;
    await rig.untilRetry();
    expect(rig.tide.status.state).toBe('live');
    const asking = rig.http.asked.length;
    await rig.pass(60_000);
    expect(rig.http.asked).toHaveLength(asking);
  });

  test('not so often before', async () => {
    const { rig } = await failed(2);
    rig.server.price();
    const before = rig.http.askedFor(DATA).length;
    await rig.pass(rig.retryInMs! - 1);
    const asked = rig.http.askedFor(DATA).slice(before);
    expect(pauses(asked).every((pauseMs) => pauseMs === 1_500)).toBe(true);
    expect(asked.length).toBeGreaterThan(1);
  });

  test('while it goes on to try, at its own pace', async () => {
    const { rig } = await failed(3);
    await rig.passWithPrices(200_000);
    const triesMs = rig.http.askedFor('/ws/').map(({ atMs }) => atMs);
    expect(pauses(rig.http.askedFor('/ws/')).slice(-3)).toEqual([32_000, 60_000, 60_000]);
    expect(triesMs).toHaveLength(rig.sockets.all.length - 1);
    expect(rig.tide.status.state).toBe('polling');
  });

  test('for what is wanted then, and from where it stands', async () => {
    const { rig } = await failed(3);
    rig.tide.transactions();
    rig.server.keepPoints(0);
    rig.server.points([1, 2]);
    await rig.passWithPrices(1_500);
    const [first, ...later] = rig.http.askedFor(`${DATA}mempool`).slice(-3);
    expect(first!.url.searchParams.get('channels')).toBe('price,transactions');
    const resume = later.at(-1)!.url.searchParams.get('resume');
    expect(resume).toMatch(/^price:run-1:\d+,transactions:run-1:1$/);
  });

  test('no update twice, none out of order, over both ways', async () => {
    const { rig, seen } = await failed(3);
    await rig.passWithPrices(10_000);
    rig.server.refusal = null;
    await rig.passWithPrices(30_000);
    expect(new Set(seen.map(({ via }) => via))).toEqual(new Set(['websocket', 'polling']));
    const seqs = seen.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    expect(seen.map(({ missed }) => missed)).toEqual([
      null,
      ...seqs.slice(1).map((seq, i) => seq - seqs[i]! - 1),
    ]);
    expect(seen.at(-1)!.via).toBe('websocket');
  });

  test('stops when nothing is wanted any more', async () => {
    const rig = new Rig();
    const price = rig.tide.price();
    await settle();
    withoutSockets(rig);
    while (rig.tide.status.failures < 3) await rig.untilRetry();
    await rig.pass(1_000);
    expect(rig.tide.status.state).toBe('polling');
    price.close();
    await settle();
    expect(rig.tide.status.state).toBe('idle');
    expect(rig.held).toMatchObject({ timers: 0, questions: 0 });
  });

  test('stops when the server refuses for good', async () => {
    const { rig } = await failed(3);
    await rig.pass(1_000);
    rig.server.refusal = refusal(403, 'ORIGIN_NOT_ALLOWED');
    await rig.untilRetry();
    expect(rig.tide.status.state).toBe('closed');
    expect(rig.held).toMatchObject({ timers: 0, questions: 0 });
  });
});

describe('an answer', () => {
  test('of points adds to what was held, and their gaps are filled', async () => {
    const rig = new Rig();
    rig.server.points([1, 2]);
    const points = rig.tide.transactions();
    await settle();
    withoutSockets(rig);
    while (rig.tide.status.failures < 3) await rig.untilRetry();
    rig.server.points([3, 2]);
    rig.server.points([4, 2]);
    await rig.pass(1_000);
    expect(points.latest!.points.map(({ timeMs }) => timeMs)).toEqual([1_000, 3_000, 4_000]);
    expect(points.latest).toMatchObject({ via: 'polling', seq: 3, missed: 0 });
  });

  test('without news keeps what is held alive', async () => {
    const { rig, seen } = await failed(3);
    await rig.pass(5_000);
    expect(seen.at(-1)).toMatchObject({ seq: 1, isLive: true });
    expect(rig.tide.status.state).toBe('polling');
  });

  test('of another run of the server starts anew', async () => {
    const { rig, seen } = await failed(3);
    rig.server.restart('run-2');
    rig.server.price(70_000);
    await rig.pass(1_000);
    expect(seen.at(-1)).toMatchObject({ epoch: 'run-2', seq: 1, missed: null, priceUsd: 70_000 });
  });

  test('that fails makes what is held old, and the next question later', async () => {
    const { rig, seen } = await failed(3);
    await rig.pass(1_000);
    expect(seen.at(-1)!.isLive).toBe(true);
    rig.server.restAnswer = refusal(500, 'SERVER_ERROR');
    await rig.pass(500);
    expect(seen.at(-1)!.isLive).toBe(false);
    expect(rig.tide.status.state).toBe('reconnecting');
    const before = rig.http.askedFor(DATA).length;
    await rig.pass(15_500);
    for (const pauseMs of pauses(rig.http.askedFor(DATA).slice(before))) {
      expect(pauseMs).toBeGreaterThanOrEqual(1_500);
    }
    rig.server.restAnswer = null;
    await rig.pass(16_000);
    expect(rig.tide.status.state).toBe('polling');
  });

  test('that tells of a lost source is heard, once for each loss', async () => {
    const { rig } = await failed(3);
    const since = rig.clock.nowMs() / 1000;
    const warning = {
      type: 'warning',
      code: 'SOURCE_STALE',
      message: 'lost',
      source: 'zmq',
      since,
    };
    const body = { epoch: 'run-1', time: since, messages: [warning] };
    rig.server.restAnswer = { status: 200, body };
    await rig.pass(3_000);
    expect(rig.warnings).toMatchObject([{ code: 'SOURCE_STALE', sinceMs: since * 1000 }]);
    expect(rig.tide.status.state).toBe('polling');
  });

  test('that asks for more patience is heeded', async () => {
    const { rig } = await failed(3);
    await rig.pass(1_000);
    rig.server.restAnswer = refusal(429, 'TOO_MANY_REQUESTS', { retryAfter: '17' });
    await rig.pass(500);
    rig.server.restAnswer = null;
    const before = rig.http.askedFor(DATA).length;
    await rig.pass(18_000);
    expect(pauses(rig.http.askedFor(DATA).slice(before - 1))[0]).toBe(17_000);
    expect(rig.tide.status.state).toBe('polling');
  });

  test.each(['', 'null', '[]', '{}', '{"messages":7}', '<html>'])(
    'of %j is none, and harms nothing',
    async (body) => {
      const { rig, seen } = await failed(3);
      rig.server.restAnswer = { status: 200, body };
      await rig.pass(3_000);
      expect(seen).toHaveLength(1);
      expect(rig.tide.status.state).toBe('reconnecting');
    },
  );

  test('that does not come within 5 s is given up', async () => {
    const { rig } = await failed(3);
    rig.server.isHttpStuck = true;
    await rig.pass(1_000);
    expect(rig.http.pending.filter(({ url }) => url.pathname.startsWith(DATA))).toHaveLength(1);
    await rig.pass(5_000);
    rig.server.isHttpStuck = false;
    await rig.pass(2_000);
    expect(rig.tide.status.state).toBe('polling');
  });

  test('is asked for at the interval that hello told, 500 ms at the least', async () => {
    for (const [updateIntervalMs, pauseMs] of [
      [3_000, 3_000],
      [10, 500],
    ] as const) {
      const rig = new Rig();
      rig.server.updateIntervalMs = updateIntervalMs;
      rig.tide.price();
      await settle();
      withoutSockets(rig);
      while (rig.tide.status.state !== 'polling') await rig.pass(100);
      await rig.pass(10_000);
      // A try that fails in between is reason to ask at once.
      expect(Math.max(...pauses(rig.http.askedFor(DATA)).slice(-3))).toBe(pauseMs);
    }
  });
});

describe('before that, a question now and then', () => {
  test('bridges the wait after a line was cut', async () => {
    const rig = new Rig();
    const seen: PriceUpdate[] = [];
    rig.tide.price((update) => seen.push(update));
    await settle();
    rig.server.price();
    rig.server.connection().cut();
    rig.server.price();
    await rig.pass(1_000);
    expect(rig.http.askedFor(`${DATA}mempool`)).toHaveLength(1);
    expect(seen.map(({ via, seq }) => [via, seq])).toEqual([
      ['websocket', 1],
      ['polling', 2],
    ]);
    expect(rig.tide.status.state).toBe('polling');
    await rig.pass(999);
    expect(rig.http.asked).toHaveLength(1);
  });

  test('is asked again each 1.5 s: nobody says when what is wrong is over', async () => {
    const rig = new Rig();
    rig.draw = 0.9;
    const price = rig.tide.price();
    await settle();
    rig.server.price();
    rig.server.isUp = false;
    rig.server.connection().cut();
    await rig.pass(2_000);
    rig.server.isUp = true;
    rig.server.price();
    await rig.pass(1_500);
    expect(price.latest).toMatchObject({ seq: 2, via: 'polling' });
    expect(rig.tide.status).toMatchObject({ state: 'polling', failures: 1 });
    expect(pauses(rig.http.askedFor(DATA))).toEqual([1_500]);
  });

  test('is asked after the second failure too', async () => {
    const rig = new Rig();
    rig.tide.price();
    await settle();
    withoutSockets(rig);
    await rig.untilRetry();
    await rig.pass(1_000);
    expect(rig.tide.status.failures).toBe(2);
    expect(rig.http.askedFor(`${DATA}mempool`)).toHaveLength(2);
  });

  test('is given up when the line is well again', async () => {
    const rig = new Rig();
    rig.tide.price();
    await settle();
    rig.server.isHttpStuck = true;
    rig.server.connection().cut();
    await rig.untilRetry();
    expect(rig.tide.status.state).toBe('live');
    expect(rig.http.pending).toEqual([]);
  });

  test('asks for each map that is wanted', async () => {
    const rig = new Rig();
    const seen: string[] = [];
    rig.tide.heatmap(['BTCUSDT', 'ETHUSDT'], ({ symbol, via }) => seen.push(`${symbol} ${via}`));
    await settle();
    rig.server.connection().cut();
    rig.server.map('BTCUSDT');
    rig.server.map('ETHUSDT');
    await rig.pass(1_999);
    expect(seen).toEqual(['BTCUSDT polling', 'ETHUSDT polling']);
  });
});

describe('maps', () => {
  test('are asked for at their own interval, whatever hello says of another', async () => {
    const rig = new Rig();
    rig.server.updateIntervalMs = 5_000;
    rig.tide.heatmap(['A'], { interval: 1 });
    await settle();
    rig.server.map('A');
    rig.server.refusal = { status: 502, body: '' };
    rig.server.connection().cut();
    while (rig.tide.status.failures < 3) await rig.untilRetry();
    await rig.pass(1_500);
    const before = rig.http.askedFor('/api/').length;
    await rig.pass(5_000);
    expect(rig.http.askedFor('/api/')).toHaveLength(before + 5);
  });

  test('are asked for by their names, whatever those are made of', async () => {
    const rig = new Rig();
    rig.server.map('ETH/USDT');
    rig.server.refusal = refusal(503, 'WEBSOCKETS_OFF', { retryAfter: '300' });
    const maps = rig.tide.heatmap(['ETH/USDT'], { interval: 2 });
    await rig.pass(5_000);
    expect(maps.latest).toMatchObject({ symbol: 'ETH/USDT' });
    const paths = rig.http.askedFor(DATA).map(({ url }) => url.pathname);
    expect(new Set(paths)).toEqual(new Set(['/api/v1/heatmap/ETH%2FUSDT']));
    expect(new Set(pauses(rig.http.askedFor(DATA)))).toEqual(new Set([1_500]));
  });

  test('at their own interval, not at that which the server calls usual', async () => {
    const rig = new Rig();
    rig.server.updateIntervalMs = 5_000;
    rig.tide.heatmap(['BTCUSDT'], { interval: 1 });
    await settle();
    rig.server.map('BTCUSDT');
    withoutSockets(rig);
    while (rig.tide.status.failures < 3) await rig.untilRetry();
    await rig.pass(1_000);
    const before = rig.http.askedFor(DATA).length;
    await rig.pass(5_000);
    expect(rig.http.askedFor(DATA).length - before).toBe(5);
  });

  test('that the server does not carry do not stop the others', async () => {
    const rig = new Rig();
    rig.server.symbols = ['ETHUSDT'];
    rig.server.refusal = refusal(503, 'WEBSOCKETS_OFF', { retryAfter: '300' });
    rig.server.map('ETHUSDT');
    const maps = rig.tide.heatmap(['NOPE', 'ETHUSDT'], { interval: 1 });
    await rig.pass(10_000);
    expect(maps.latest).toMatchObject({ symbol: 'ETHUSDT', via: 'polling', isLive: true });
    expect(rig.tide.status.state).toBe('polling');
  });

  test('that a question failed for are asked for again with the next one', async () => {
    const rig = new Rig();
    rig.server.refusal = refusal(503, 'WEBSOCKETS_OFF', { retryAfter: '300' });
    for (const symbol of ['SLOW', 'FAST']) rig.server.map(symbol);
    const slow = rig.tide.heatmap(['SLOW'], { interval: 10 });
    rig.tide.heatmap(['FAST'], { interval: 1 });
    const asked = (): number => rig.http.askedFor(`${DATA}heatmap/SLOW`).length;
    while (asked() === 0) await rig.pass(100);
    await rig.pass(9_500);
    rig.server.map('SLOW');
    rig.server.isUp = false;
    while (asked() === 1) await rig.pass(100);
    rig.server.isUp = true;
    await rig.pass(5_000);
    expect(slow.latest).toMatchObject({ seq: 2, isLive: true });
  });

  test('are not told twice when they did not change', async () => {
    const rig = new Rig();
    const seqs: number[] = [];
    rig.server.refusal = refusal(503, 'WEBSOCKETS_OFF', { retryAfter: '300' });
    rig.server.map('BTCUSDT');
    rig.tide.heatmap(['BTCUSDT'], ({ seq }) => seqs.push(seq), { interval: 1 });
    await rig.pass(5_000);
    rig.server.map('BTCUSDT');
    await rig.pass(5_000);
    expect(seqs).toEqual([1, 2]);
  });

  test('that cannot be answered for are asked for seldom', async () => {
    const rig = new Rig();
    rig.server.refusal = refusal(503, 'WEBSOCKETS_OFF', { retryAfter: '300' });
    rig.server.restAnswer = refusal(500, 'SERVER_ERROR');
    rig.tide.heatmap(['BTCUSDT'], { interval: 1 });
    await rig.pass(200_000);
    expect(Math.min(...pauses(rig.http.askedFor(DATA)).slice(-2))).toBeGreaterThanOrEqual(10_000);
    expect(rig.tide.status.state).toBe('reconnecting');
  });
});

test('a map that is not there yet does not make the others old', async () => {
  const rig = new Rig();
  rig.server.refusal = refusal(503, 'WEBSOCKETS_OFF', { retryAfter: '300' });
  rig.server.map('B');
  const maps = rig.tide.heatmap(['A', 'B'], { interval: 1 });
  await rig.pass(5_000);
  expect(maps.latest).toMatchObject({ symbol: 'B', isLive: true });
  expect(rig.tide.status.state).toBe('polling');
});

test('a fetch that throws at once is one that failed', async () => {
  const rig = new Rig({
    fetch: () => {
      throw new TypeError('no such scheme');
    },
  });
  rig.server.isUp = false;
  rig.tide.price();
  await rig.pass(30_000);
  expect(rig.tide.status.state).toBe('reconnecting');
});
