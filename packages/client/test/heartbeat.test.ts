/** How a dead line is told from one on which nothing happens. */
import { describe, expect, test } from 'vitest';
import { refusal } from './fakes/fake-server.ts';
import { Rig } from './fakes/rig.ts';
import { settle } from './fakes/settle.ts';

async function withMaps(): Promise<Rig> {
  const rig = new Rig();
  rig.server.restAnswer = refusal(500, 'SERVER_ERROR');
  rig.tide.heatmap(['BTCUSDT']);
  await settle();
  return rig;
}

async function withPrice(): Promise<Rig> {
  const rig = new Rig();
  rig.server.restAnswer = refusal(500, 'SERVER_ERROR');
  rig.tide.price();
  await settle();
  return rig;
}

describe('a line of maps, on which nothing may happen for long', () => {
  test('is pinged each 30 s', async () => {
    const rig = await withMaps();
    const connection = rig.server.connection();
    const { pings } = connection;
    await rig.pass(29_999);
    expect(connection.pings).toBe(pings);
    await rig.pass(1);
    expect(connection.pings).toBe(pings + 1);
    await rig.pass(300_000);
    expect(connection.pings).toBe(pings + 11);
    expect(rig.tide.status.state).toBe('live');
  });

  test('is dead after 60 s without anything', async () => {
    const rig = await withMaps();
    const { socket } = rig.server.connection();
    rig.server.connection().isMute = true;
    await rig.pass(59_999);
    expect(socket.state).toBe('open');
    await rig.pass(1);
    expect(rig.tide.status).toMatchObject({ state: 'reconnecting', failures: 1 });
    expect(socket.state).toBe('dropped');
  });

  test('anything that comes is a sign of life', async () => {
    const rig = await withMaps();
    const connection = rig.server.connection();
    connection.isMute = true;
    for (let n = 0; n < 10; n += 1) {
      await rig.pass(50_000);
      connection.send({ type: 'something_new' });
    }
    expect(rig.tide.status.state).toBe('live');
  });
});

describe('a line of prices', () => {
  test('that is silent brings nothing live after 15 s, is not well after 40 s, and dead after 60 s', async () => {
    const rig = await withPrice();
    const price = rig.tide.price();
    rig.server.price();
    rig.server.connection().isMute = true;
    await rig.pass(14_000);
    expect([rig.tide.status.state, price.latest!.isLive]).toEqual(['live', true]);
    await rig.pass(4_000);
    expect([rig.tide.status.state, price.latest!.isLive]).toEqual(['live', false]);
    await rig.pass(25_000);
    expect([rig.tide.status.state, price.latest!.isLive]).toEqual(['slow', false]);
    expect(rig.states.at(-1)).toBe('slow');
    await rig.pass(19_000);
    expect(rig.server.connections[0]!.socket.state).toBe('dropped');
    await rig.pass(4_000);
    expect(rig.tide.status.state).toBe('live');
  });

  test('on which prices come is only pinged each 30 s', async () => {
    const rig = await withPrice();
    const connection = rig.server.connection();
    const { pings } = connection;
    await rig.passWithPrices(300_000);
    expect(connection.pings).toBe(pings + 10);
    expect(rig.sockets.all).toHaveLength(1);
  });
});

describe('after a sleep', () => {
  test('of half a minute the line is asked, and goes on when it answers', async () => {
    const rig = await withMaps();
    const connection = rig.server.connection();
    const { pings } = connection;
    await rig.clock.sleep(40_000);
    expect(connection.pings).toBe(pings + 1);
    await rig.pass(60_000);
    expect(rig.tide.status.state).toBe('live');
    expect(rig.sockets.all).toHaveLength(1);
  });

  test('of an hour the line is live again soon, the same or another', async () => {
    const rig = await withMaps();
    const maps = rig.tide.heatmap(['BTCUSDT']);
    await rig.clock.sleep(3_600_000);
    rig.server.map('BTCUSDT');
    await rig.pass(15_000);
    expect(rig.tide.status.state).toBe('live');
    expect(maps.latest).toMatchObject({ seq: 1, isLive: true });
  });

  test('what was held does not pretend to be new', async () => {
    const rig = new Rig();
    const price = rig.tide.price();
    await settle();
    rig.server.price();
    const update = price.latest!;
    rig.server.connection().isMute = true;
    await rig.clock.sleep(3_600_000);
    expect(update.isLive).toBe(false);
    expect(update.ageMs).toBe(3_600_000);
  });

  test('a try that was due is made at once', async () => {
    const rig = await withMaps();
    rig.server.connection().cut(1012, 'reconnect after 60000 ms');
    await rig.clock.sleep(3_600_000);
    expect(rig.tide.status.state).toBe('live');
  });
});
