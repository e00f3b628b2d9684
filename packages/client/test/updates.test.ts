/** What every update says of itself. */
import { describe, expect, test } from 'vitest';
import type { PriceUpdate } from '../src/index.ts';
import { Rig, type RigOptions } from './fakes/rig.ts';
import { settle } from './fakes/settle.ts';

/** A client that shows the price and has been told one. */
async function withPrice(options: RigOptions = {}): Promise<{ rig: Rig; update: PriceUpdate }> {
  const rig = new Rig(options);
  const price = rig.tide.price();
  await settle();
  rig.server.price();
  return { rig, update: price.latest! };
}

describe('age', () => {
  test('rises while the update is held', async () => {
    const { rig, update } = await withPrice();
    expect(update.ageMs).toBe(0);
    await rig.pass(1_500);
    expect(update.ageMs).toBe(1_500);
    expect({ ...update }.asOfMs).toBe(rig.clock.nowMs() - 1_500);
  });

  test.each([-3_600_000, 3_600_000])(
    'by the server, when its clock is off by %d ms',
    async (ms) => {
      const rig = new Rig();
      rig.server.aheadMs = ms;
      const price = rig.tide.price();
      const blocks = rig.tide.confirmed();
      await settle();
      rig.server.price();
      rig.server.confirmed(900_000, rig.server.nowSec - 600);
      await rig.pass(2_000);
      expect(price.latest!.ageMs).toBeCloseTo(2_000, 0);
      expect(blocks.latest!.ageMs).toBeCloseTo(602_000, 0);
      expect(price.latest!.asOfMs).toBeCloseTo(rig.clock.nowMs() + ms - 2_000, 0);
    },
  );

  test('counts the time that a message was on its way', async () => {
    const rig = new Rig();
    const price = rig.tide.price();
    await settle();
    const late = rig.server.price();
    await rig.pass(800);
    rig.server.connection().send({ ...late, seq: 2 });
    expect(price.latest!.ageMs).toBeGreaterThan(790);
    expect(price.latest!.ageMs).toBeLessThanOrEqual(800);
  });

  test('is never below zero, though the server’s clock is set back', async () => {
    const rig = new Rig();
    rig.server.aheadMs = 60_000;
    const price = rig.tide.price();
    await settle();
    rig.server.price();
    rig.server.aheadMs = 0;
    rig.server.connection().cut();
    await rig.untilRetry();
    expect(rig.tide.status.state).toBe('live');
    expect(price.latest!.ageMs).toBe(0);
  });

  test('without a word of the server’s time, by this device', async () => {
    const rig = new Rig();
    rig.server.isStuck = true;
    const histogram = rig.tide.histogram();
    await settle();
    rig.sockets.all[0]!.open();
    rig.sockets.all[0]!.receive(rig.server.histogram(3, 4));
    await rig.pass(700);
    expect(histogram.latest!.ageMs).toBeCloseTo(700, 0);
  });

  test('of a stale price goes on from when it was live', async () => {
    const { rig } = await withPrice();
    const price = rig.tide.price();
    await rig.pass(6_000);
    rig.server.price(95_000, 'stale');
    expect(price.latest).toMatchObject({ status: 'stale' });
    expect(price.latest!.ageMs).toBeCloseTo(6_000, 0);
    await rig.pass(1_000);
    rig.server.price(95_000, 'stale');
    expect(price.latest!.ageMs).toBeCloseTo(7_000, 0);
  });
});

describe('live', () => {
  test('until a newer one came', async () => {
    const { rig, update } = await withPrice();
    expect(update.isLive).toBe(true);
    rig.server.price();
    expect(update.isLive).toBe(false);
  });

  test('not after the line is lost, nor when a newer one came over the next', async () => {
    const { rig, update } = await withPrice();
    rig.server.connection().cut();
    expect(update.isLive).toBe(false);
    const price = rig.tide.price();
    rig.server.price();
    await rig.untilRetry();
    expect(update.isLive).toBe(false);
    expect(price.latest).toMatchObject({ seq: 2, isLive: true });
  });

  test('again after a cut when the server says that it still is the newest', async () => {
    const { rig, update } = await withPrice();
    rig.server.connection().cut();
    await rig.untilRetry();
    expect(rig.tide.status.state).toBe('live');
    expect(update.isLive).toBe(true);
  });

  test('not when nothing has come for too long', async () => {
    const { rig, update } = await withPrice();
    rig.server.connection().isMute = true;
    await rig.pass(16_000);
    expect(update.isLive).toBe(false);
  });

  test('as long as the server answers, though nothing changes', async () => {
    const rig = new Rig();
    const maps = rig.tide.heatmap(['BTCUSDT']);
    await settle();
    rig.server.map('BTCUSDT');
    await rig.pass(300_000);
    expect(maps.latest!.isLive).toBe(true);
    expect(rig.sockets.all).toHaveLength(1);
  });

  test('not when the subscription is closed, nor the client', async () => {
    const { rig, update } = await withPrice();
    const maps = rig.tide.heatmap(['BTCUSDT']);
    await settle();
    rig.server.map('BTCUSDT');
    const map = maps.latest!;
    expect(map.isLive).toBe(true);
    maps.close();
    await settle();
    expect([map.isLive, update.isLive]).toEqual([false, true]);
    rig.tide.close();
    expect(update.isLive).toBe(false);
  });

  test('not when the source is lost: what came before the warning', async () => {
    const rig = new Rig();
    const maps = rig.tide.heatmap(['BTCUSDT']);
    await settle();
    rig.server.map('BTCUSDT');
    const map = maps.latest!;
    await rig.pass(1_000);
    const since = rig.server.nowSec;
    rig.server.connection().send({
      type: 'warning',
      code: 'SOURCE_STALE',
      message: 'nothing has come',
      source: 'binance',
      since,
    });
    expect(map.isLive).toBe(false);
    expect(rig.warnings).toEqual([
      {
        code: 'SOURCE_STALE',
        message: 'nothing has come',
        feed: 'heatmap',
        source: 'binance',
        sinceMs: since * 1000,
        droppedMessages: null,
      },
    ]);
    await rig.pass(5_000);
    rig.server.map('BTCUSDT');
    expect(maps.latest).toMatchObject({ seq: 2, isLive: true });
  });

  test('the price does not end with the source of the maps', async () => {
    const { rig, update } = await withPrice();
    rig.tide.heatmap(['BTCUSDT']);
    await settle();
    rig.server.connection('heatmap').send({ type: 'warning', code: 'SOURCE_STALE', message: '' });
    expect(update.isLive).toBe(true);
  });

  test('not when the server was started anew', async () => {
    const { rig, update } = await withPrice();
    rig.server.restart('run-2');
    await rig.untilRetry();
    expect(rig.tide.status.state).toBe('live');
    expect(update.isLive).toBe(false);
  });

  test('not when the server has said that its source was lost before', async () => {
    const rig = new Rig();
    const maps = rig.tide.heatmap(['A']);
    await settle();
    const since = rig.clock.nowMs() / 1000 + 60;
    const warning = { type: 'warning', code: 'SOURCE_STALE', message: 'lost', source: 'x', since };
    rig.server.connection('heatmap').send(warning);
    rig.server.map('A');
    expect(maps.latest).toMatchObject({ seq: 1, isLive: false });
    await rig.pass(61_000);
    rig.server.map('A');
    expect(maps.latest).toMatchObject({ seq: 2, isLive: true });
  });

  test('not after nobody wants it any more', async () => {
    const rig = new Rig();
    const maps = rig.tide.heatmap(['A']);
    await settle();
    rig.server.map('A');
    const held = maps.latest!;
    expect(held.isLive).toBe(true);
    maps.change(['B']);
    await settle();
    expect(held.isLive).toBe(false);
  });

  test('not when a price came too late, however fast others come', async () => {
    const { rig, update } = await withPrice();
    rig.tide.histogram();
    await rig.pass(20_000);
    rig.server.histogram(1);
    expect(rig.tide.status.state).toBe('live');
    expect(update.isLive).toBe(false);
  });
});

describe('missed', () => {
  test('0 when it follows, else how many lie between, null for the first', async () => {
    const rig = new Rig();
    const seen: (number | null)[] = [];
    rig.tide.price(({ missed }) => seen.push(missed));
    await settle();
    rig.server.price();
    rig.server.price();
    rig.server.connection().isDeaf = true;
    rig.server.price();
    rig.server.price();
    rig.server.connection().isDeaf = false;
    rig.server.price();
    expect(seen).toEqual([null, 0, 2]);
  });

  test('counts over a reconnect', async () => {
    const { rig } = await withPrice();
    const price = rig.tide.price();
    rig.server.connection().cut();
    for (let n = 0; n < 4; n += 1) rig.server.price();
    await rig.untilRetry();
    expect(price.latest).toMatchObject({ seq: 5, missed: 3 });
  });

  test('null in another epoch, though the sequence is lower', async () => {
    const { rig } = await withPrice();
    const price = rig.tide.price();
    rig.server.price();
    rig.server.price();
    rig.server.restart('run-2');
    rig.server.price();
    await rig.untilRetry();
    expect(price.latest).toMatchObject({ seq: 1, epoch: 'run-2', missed: null });
  });
});

test('the same message twice is told once, and an older one not at all', async () => {
  const rig = new Rig();
  const seen: number[] = [];
  rig.tide.price(({ seq }) => seen.push(seq));
  await settle();
  const message = rig.server.price();
  rig.server.connection().send(message);
  rig.server.connection().send(message);
  expect(seen).toEqual([1]);
  expect(rig.errors).toEqual([]);
  expect(rig.sockets.all).toHaveLength(1);
});

test('what a new line brings that is older than what is known is left out, and no trouble', async () => {
  const rig = new Rig();
  const seen: number[] = [];
  rig.tide.price(({ seq }) => seen.push(seq));
  await settle();
  const older = rig.server.price();
  rig.server.price();
  rig.server.connection().cut();
  await rig.untilRetry();
  rig.server.connection().send(older);
  rig.server.price();
  expect(seen).toEqual([1, 2, 3]);
  expect(rig.errors).toEqual([]);
  expect(rig.tide.status.state).toBe('live');
});

test('an answer of another run ends what was held of the one before', async () => {
  const rig = new Rig();
  rig.tide.price();
  const blocks = rig.tide.confirmed();
  await settle();
  rig.server.price();
  rig.server.confirmed(900_000);
  const update = blocks.latest!;
  rig.server.refusal = { status: 502, body: '' };
  rig.server.restart('run-2');
  rig.server.price();
  while (rig.tide.status.state !== 'polling') await rig.pass(500);
  expect(update.isLive).toBe(false);
});
