/** When a lost line is tried again, and with what it goes on. */
import { describe, expect, test } from 'vitest';
import { refusal } from './fakes/fake-server.ts';
import type { Message } from './fakes/publication.ts';
import { Rig, type RigOptions } from './fakes/rig.ts';
import { settle } from './fakes/settle.ts';

/** A client that wants the price, of a server that answers no questions over HTTP. */
async function connected(options: RigOptions = {}): Promise<Rig> {
  const rig = new Rig(options);
  rig.server.restAnswer = refusal(500, 'SERVER_ERROR');
  rig.tide.price();
  await settle();
  rig.server.price();
  return rig;
}

/** How long it waited before each of so many tries, each of which failed. */
async function waits(rig: Rig, count: number): Promise<number[]> {
  rig.server.isUp = false;
  rig.server.connections.at(-1)?.cut();
  await settle();
  const waitsMs: number[] = [];
  while (waitsMs.length < count) {
    waitsMs.push(rig.retryInMs!);
    await rig.untilRetry();
  }
  return waitsMs;
}

/** All positions that were sent along, in one message or in several. */
function resumed(wishes: readonly Message[]): object {
  return Object.assign({}, ...wishes.map(({ resume }) => resume)) as object;
}

describe('waits', () => {
  test('of 2, 4, 8, 16, 32 s in the middle, then 60 s', async () => {
    const rig = await connected();
    expect(await waits(rig, 8)).toEqual([
      2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000,
    ]);
    expect(rig.sockets.all).toHaveLength(9);
  });

  test('of almost nothing at the least, then 45 s', async () => {
    const rig = await connected();
    rig.draw = 0;
    expect(await waits(rig, 7)).toEqual([250, 250, 250, 250, 250, 45_000, 45_000]);
  });

  test('of twice the step at the most, then 75 s', async () => {
    const rig = await connected();
    rig.draw = 0.999_999_9;
    const rounded = (await waits(rig, 7)).map((ms) => Math.round(ms));
    expect(rounded).toEqual([4_000, 8_000, 16_000, 32_000, 64_000, 75_000, 75_000]);
  });

  test('are the same for a server that never was there', async () => {
    const rig = new Rig();
    rig.server.isUp = false;
    rig.tide.price();
    await settle();
    expect(await waits(rig, 3)).toEqual([2_000, 4_000, 8_000]);
    expect(rig.tide.status).toMatchObject({ state: 'reconnecting', failures: 4 });
  });

  test('are of each feed its own', async () => {
    const rig = await connected();
    rig.tide.heatmap(['BTCUSDT']);
    await settle();
    rig.server.connection('mempool').cut();
    expect(rig.tide.status.feeds).toMatchObject({
      mempool: { state: 'reconnecting', failures: 1 },
      heatmap: { state: 'live', failures: 0 },
    });
    expect(rig.tide.status.state).toBe('reconnecting');
  });

  test('are over when the server is back after an hour', async () => {
    const rig = await connected();
    rig.server.isUp = false;
    rig.server.connection().cut();
    await rig.pass(3_600_000);
    expect(rig.sockets.alive).toEqual([]);
    rig.server.isUp = true;
    await rig.passWithPrices(75_000);
    expect(rig.tide.status.state).toBe('live');
  });
});

describe('the next wait is short again', () => {
  test('when the line was of use for 10 s', async () => {
    const rig = await connected();
    await rig.fail(4);
    rig.server.isUp = true;
    await rig.untilRetry();
    await rig.passWithPrices(10_000);
    expect(await waits(rig, 2)).toEqual([2_000, 4_000]);
  });

  test('when everything was left in between', async () => {
    const rig = new Rig();
    const price = rig.tide.price();
    await settle();
    await rig.fail(4);
    price.close();
    await settle();
    expect(rig.tide.status).toMatchObject({ state: 'idle', failures: 0 });
    rig.tide.price();
    await settle();
    expect(rig.retryInMs).toBe(2_000);
  });

  test('not when it was of use for less', async () => {
    const rig = await connected();
    await rig.fail(3);
    rig.server.isUp = true;
    await rig.untilRetry();
    await rig.passWithPrices(9_500);
    expect(await waits(rig, 1)).toEqual([16_000]);
  });

  test('not when it was open for longer and nothing came', async () => {
    const rig = await connected();
    await rig.fail(2);
    rig.server.isUp = true;
    rig.server.isStuck = true;
    await rig.untilRetry();
    rig.sockets.all.at(-1)!.open();
    rig.sockets.all.at(-1)!.receive(rig.server.hello());
    await rig.pass(10_000);
    expect(rig.retryInMs).toBe(8_000);
  });
});

test('a server that closes at once, in a loop, is asked more and more seldom', async () => {
  const rig = new Rig();
  rig.server.restAnswer = refusal(500, 'SERVER_ERROR');
  rig.tide.price();
  await settle();
  for (let n = 0; n < 8; n += 1) {
    rig.server.connection().cut(1000);
    await rig.untilRetry();
  }
  const stepsMs = [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000];
  expect(rig.retryInMs).toBeNull();
  rig.server.connection().cut(1000);
  expect(rig.retryInMs).toBe(60_000);
  expect(rig.sockets.all).toHaveLength(stepsMs.length + 2);
});

test('one that takes the connection and never answers has failed after 10 s', async () => {
  const rig = new Rig();
  rig.server.isStuck = true;
  rig.tide.price();
  await rig.pass(9_999);
  expect(rig.tide.status).toMatchObject({ state: 'connecting', failures: 0 });
  await rig.pass(1);
  expect(rig.tide.status).toMatchObject({ state: 'reconnecting', failures: 1 });
  expect(rig.sockets.alive).toEqual([]);
});

test('one that opens and stays silent has failed after 10 s', async () => {
  const rig = new Rig();
  rig.server.isStuck = true;
  rig.tide.price();
  await rig.pass(5_000);
  rig.sockets.all[0]!.open();
  await rig.pass(9_999);
  expect(rig.tide.status.state).toBe('connecting');
  await rig.pass(1);
  expect(rig.tide.status).toMatchObject({ state: 'reconnecting', failures: 1 });
  expect(rig.sockets.alive).toEqual([]);
});

test('data alone proves a line, without any pong', async () => {
  const rig = new Rig();
  rig.server.isStuck = true;
  rig.tide.price();
  await settle();
  rig.sockets.all[0]!.open();
  rig.sockets.all[0]!.receive(rig.server.price());
  await settle();
  expect(rig.tide.status.state).toBe('live');
});

describe('a hint of when to come back', () => {
  test.each([
    [1001, 'reconnect after 3120 ms', 3_120],
    [1012, 'reconnect after 4687 ms', 4_687],
    [4029, 'reconnect after 4097 ms', 4_097],
    [4008, 'slow three times in a row', 2_000],
    [1012, 'reconnect after 99999999 ms', 300_000],
    [1012, 'reconnect after soon', 2_000],
  ])('%d "%s" is waited for', async (code, reason, waitMs) => {
    const rig = await connected();
    rig.server.connection().cut(code, reason);
    expect(rig.retryInMs).toBe(waitMs);
  });

  test('is waited for in a loop too, or longer', async () => {
    const rig = await connected();
    for (let n = 1; n <= 5; n += 1) {
      rig.server.connection().cut(1012, 'reconnect after 40000 ms');
      expect(rig.retryInMs).toBeGreaterThanOrEqual(40_000);
      await rig.untilRetry();
    }
    expect(rig.tide.status).toMatchObject({ state: 'live', failures: 5 });
  });

  test('is not asked about over HTTP: the server is known to be away', async () => {
    const rig = await connected();
    rig.server.connection().cut(1012, 'reconnect after 9000 ms');
    await rig.pass(8_999);
    expect(rig.http.asked).toEqual([]);
    await rig.pass(1);
    expect(rig.tide.status.state).toBe('live');
  });
});

describe('codes that are for good', () => {
  test.each([4500, 4502, 4999])('%d stops', async (code) => {
    const rig = await connected();
    rig.server.connection().cut(code, 'ten errors within 10 s');
    await settle();
    expect(rig.errors).toMatchObject([{ code: 'REFUSED', fatal: true, closeCode: code }]);
    expect(rig.errors[0]!.message).toContain('ten errors within 10 s');
    expect(rig.tide.status).toMatchObject({ state: 'closed', retryAtMs: null });
    expect(rig.tide.status.error).toBe(rig.errors[0]);
    await rig.pass(3_600_000);
    expect(rig.sockets.all).toHaveLength(1);
    expect(rig.held).toEqual({ timers: 0, sockets: 0, questions: 0, listeners: 1 });
  });

  test.each([1000, 1001, 1005, 1006, 1008, 1009, 1011, 3000, 4000, 4008, 4499, 5000])(
    '%d is not',
    async (code) => {
      const rig = await connected();
      rig.server.connection().cut(code);
      expect(rig.tide.status.state).toBe('reconnecting');
      expect(rig.errors).toEqual([]);
    },
  );

  test('stop one feed, not the other', async () => {
    const rig = await connected();
    const maps = rig.tide.heatmap(['BTCUSDT']);
    await settle();
    rig.server.connection('mempool').cut(4500);
    rig.server.map('BTCUSDT');
    expect(rig.tide.status.feeds).toMatchObject({
      mempool: { state: 'closed' },
      heatmap: { state: 'live' },
    });
    expect(maps.latest).not.toBeNull();
  });

  test('are tried again when told so', async () => {
    const rig = await connected();
    rig.server.connection().cut(4500);
    rig.tide.retry();
    await settle();
    expect(rig.tide.status).toMatchObject({ state: 'live', error: null });
  });

  test('also hold for what is subscribed to later', async () => {
    const rig = await connected();
    rig.server.connection().cut(4500);
    rig.tide.histogram();
    await rig.pass(60_000);
    expect(rig.sockets.all).toHaveLength(1);
    expect(rig.tide.status.state).toBe('closed');
  });

  test('begin anew when everything was left and something is wanted again', async () => {
    const rig = new Rig();
    const price = rig.tide.price();
    await settle();
    rig.server.connection().cut(4500);
    price.close();
    await settle();
    expect(rig.tide.status.state).toBe('idle');
    rig.tide.price();
    await settle();
    expect(rig.tide.status.state).toBe('live');
  });
});

describe('retry', () => {
  test('tries at once, whatever was to be waited for, and never twice', async () => {
    const rig = await connected();
    rig.server.connection().cut(1012, 'reconnect after 200000 ms');
    rig.tide.retry();
    rig.tide.retry();
    await settle();
    expect(rig.sockets.all).toHaveLength(2);
    expect(rig.tide.status.state).toBe('live');
    rig.tide.retry();
    await rig.pass(300_000);
    expect(rig.sockets.all).toHaveLength(2);
  });

  test('does nothing where nothing is wanted, or nothing is to be had any more', async () => {
    const rig = new Rig();
    rig.tide.retry();
    await settle();
    rig.tide.close();
    rig.tide.retry();
    await settle();
    expect(rig.sockets.all).toEqual([]);
  });
});

describe('what goes on', () => {
  test('is each channel where it was', async () => {
    const rig = await connected();
    rig.tide.transactions();
    rig.tide.histogram();
    rig.tide.confirmed();
    await settle();
    rig.server.keepPoints(0);
    rig.server.points([1, 2]);
    rig.server.price();
    rig.server.histogram(1);
    rig.server.histogram(2);
    rig.server.connection().cut();
    await rig.untilRetry();
    const { wishes } = rig.server.connection();
    expect(wishes.flatMap(({ subscribe }) => subscribe)).toEqual([
      'price',
      'transactions',
      'histogram',
      'confirmed',
    ]);
    expect(resumed(wishes)).toMatchObject({
      price: { epoch: 'run-1', seq: 2 },
      histogram: { epoch: 'run-1', seq: 2 },
    });
  });

  test('is what is wanted then, not what was wanted before', async () => {
    const rig = new Rig();
    const price = rig.tide.price();
    rig.tide.histogram();
    await settle();
    rig.server.connection().cut();
    price.close();
    rig.tide.confirmed();
    await rig.untilRetry();
    expect(rig.server.connection().subscribed).toEqual(new Set(['histogram', 'confirmed']));
  });

  test('is each symbol where it was', async () => {
    const rig = new Rig();
    rig.tide.heatmap(['BTCUSDT', 'ETHUSDT']);
    await settle();
    rig.server.map('BTCUSDT');
    rig.server.map('BTCUSDT');
    rig.server.connection().cut();
    await rig.untilRetry();
    const { wishes, subscribed } = rig.server.connection();
    expect(resumed(wishes)).toEqual({ BTCUSDT: { epoch: 'run-1', seq: 2 } });
    expect(subscribed).toEqual(new Set(['BTCUSDT', 'ETHUSDT']));
  });

  test('is nothing that a socket given up still brings', async () => {
    const rig = new Rig();
    const seen: number[] = [];
    rig.tide.price(({ seq }) => seen.push(seq));
    await settle();
    const { socket } = rig.server.connection();
    rig.tide.price();
    rig.server.connection().isMute = true;
    await rig.pass(70_000);
    expect(socket.state).toBe('dropped');
    const before = rig.tide.status;
    socket.receive(rig.server.price());
    socket.end(4500, 'too late');
    await settle();
    expect(rig.tide.status.feeds.mempool.state).toBe(before.feeds.mempool.state);
    expect(rig.errors).toEqual([]);
  });
});

test('a hint of 0 ms, in a loop, is no storm', async () => {
  const rig = new Rig();
  rig.tide.price();
  await settle();
  const beganMs = rig.clock.nowMs();
  for (let n = 0; n < 20; n += 1) {
    rig.server.connection().cut(1012, 'reconnect after 0 ms');
    await rig.untilRetry();
  }
  expect(rig.clock.nowMs() - beganMs).toBeGreaterThanOrEqual(20 * 250);
});
