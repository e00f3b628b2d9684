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
    rig.server.connection().isMute = true;
    await rig.pass(59_999);
    expect(rig.tide.status.state).toBe('live');
    await rig.pass(1);
    expect(rig.tide.status).toMatchObject({ state: 'reconnecting', failures: 1 });
    expect(rig.server.connection().socket.state).toBe('dropped');
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
  test('that is silent for 5 s is asked, and lives when it answers', async () => {
    const rig = await withPrice();
    const connection = rig.server.connection();
    const { pings } = connection;
    await rig.pass(4_900);
    expect(connection.pings).toBe(pings);
    await rig.pass(2_100);
    expect(connection.pings).toBe(pings + 1);
    await rig.pass(120_000);
    expect(rig.tide.status.state).toBe('live');
  });

  test('that does not answer within 5 s is dead', async () => {
    const rig = await withPrice();
    rig.server.price();
    rig.server.connection().isMute = true;
    await rig.pass(9_999);
    expect(rig.tide.status.state).toBe('live');
    await rig.pass(3_000);
    expect(rig.tide.status).toMatchObject({ state: 'reconnecting', failures: 1 });
    await rig.pass(4_000);
    expect(rig.tide.status.state).toBe('live');
    expect(rig.sockets.all).toHaveLength(2);
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
  test('the line is asked, and goes on when it answers', async () => {
    const rig = await withMaps();
    const connection = rig.server.connection();
    const { pings } = connection;
    await rig.clock.sleep(3_600_000);
    expect(connection.pings).toBe(pings + 1);
    await rig.pass(60_000);
    expect(rig.tide.status.state).toBe('live');
    expect(rig.sockets.all).toHaveLength(1);
  });

  test('it is dead when it does not answer within 5 s', async () => {
    const rig = await withMaps();
    const { socket } = rig.server.connection();
    rig.server.connection().isMute = true;
    await rig.clock.sleep(3_600_000);
    expect(socket.state).toBe('open');
    await rig.pass(7_000);
    expect(socket.state).toBe('dropped');
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
