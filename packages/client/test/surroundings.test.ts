/** A network that comes and goes, and a page that somebody looks at again. */
import { describe, expect, test } from 'vitest';
import { refusal } from './fakes/fake-server.ts';
import { Rig } from './fakes/rig.ts';
import { settle } from './fakes/settle.ts';

async function live(): Promise<Rig> {
  const rig = new Rig();
  rig.server.restAnswer = refusal(500, 'SERVER_ERROR');
  rig.tide.price();
  await settle();
  return rig;
}

describe('without a network', () => {
  test('nothing is tried when the line is lost, and at once when it is back', async () => {
    const rig = await live();
    rig.surroundings.setOnline(false);
    rig.server.connection().cut();
    expect(rig.tide.status.state).toBe('reconnecting');
    await rig.untilRetry();
    expect(rig.tide.status).toMatchObject({
      state: 'reconnecting',
      offline: true,
      retryAtMs: null,
    });
    const asked = rig.http.asked.length;
    await rig.pass(3_600_000);
    expect(rig.sockets.all).toHaveLength(1);
    expect(rig.http.asked).toHaveLength(asked);
    rig.surroundings.setOnline(true);
    await settle();
    expect(rig.tide.status).toMatchObject({ state: 'live', offline: false });
  });

  test('a planned try is called off', async () => {
    const rig = await live();
    rig.server.connection().cut();
    rig.surroundings.setOnline(false);
    expect(rig.tide.status).toMatchObject({ offline: true, retryAtMs: null });
    await rig.pass(60_000);
    expect(rig.sockets.all).toHaveLength(1);
    expect(rig.clock.pending).toBe(0);
  });

  test('questions over HTTP end, and begin again with it', async () => {
    const rig = new Rig();
    rig.tide.price();
    await settle();
    rig.server.refusal = { status: 502, body: '' };
    rig.server.connection().cut();
    while (rig.tide.status.failures < 3) await rig.untilRetry();
    await rig.pass(1_000);
    expect(rig.tide.status.state).toBe('polling');
    rig.surroundings.setOnline(false);
    expect(rig.tide.status).toMatchObject({ state: 'reconnecting', offline: true });
    const before = rig.http.asked.length;
    await rig.pass(60_000);
    expect(rig.http.asked).toHaveLength(before);
    rig.surroundings.setOnline(true);
    await rig.pass(2_000);
    expect(rig.tide.status).toMatchObject({ state: 'polling', offline: false });
  });

  test('an open line is asked, not given up: devices are wrong about it', async () => {
    const rig = await live();
    const { pings } = rig.server.connection();
    rig.surroundings.setOnline(false);
    await settle();
    expect(rig.server.connection().pings).toBe(pings + 1);
    await rig.passWithPrices(20_000);
    expect(rig.tide.status).toMatchObject({ state: 'live', offline: false });
  });

  test('an open line that does not answer is given up soon', async () => {
    const rig = await live();
    rig.server.connection().isMute = true;
    rig.surroundings.setOnline(false);
    await rig.pass(15_000);
    expect(rig.server.connection().socket.state).toBe('dropped');
    expect(rig.tide.status).toMatchObject({ state: 'reconnecting', offline: true });
  });

  test('a retry by hand is made all the same', async () => {
    const rig = await live();
    rig.surroundings.setOnline(false);
    rig.server.connection().cut();
    rig.tide.retry();
    await settle();
    expect(rig.tide.status.state).toBe('live');
  });
});

describe('another network', () => {
  test('an open line is asked, and another taken when it does not answer', async () => {
    const rig = await live();
    rig.server.price();
    const { socket } = rig.server.connection();
    rig.server.connection().isMute = true;
    rig.surroundings.setOnline(true);
    await rig.pass(15_000);
    expect(socket.state).toBe('dropped');
    expect(rig.tide.status.state).toBe('live');
  });

  test('is reason to try at once', async () => {
    const rig = await live();
    await rig.fail(5);
    rig.server.isUp = true;
    rig.surroundings.setOnline(true);
    await settle();
    expect(rig.tide.status.state).toBe('live');
  });
});

describe('a page shown again', () => {
  test('tries at once instead of waiting on', async () => {
    const rig = await live();
    await rig.fail(6);
    rig.server.isUp = true;
    rig.surroundings.show();
    await settle();
    expect(rig.tide.status.state).toBe('live');
  });

  test('asks a line that is open', async () => {
    const rig = await live();
    const { pings } = rig.server.connection();
    rig.surroundings.show();
    await settle();
    expect(rig.server.connection().pings).toBe(pings + 1);
    expect(rig.sockets.all).toHaveLength(1);
  });

  test('leaves alone what was refused for good, what is under way, and what nobody wants', async () => {
    const idle = new Rig();
    idle.surroundings.show();
    idle.surroundings.setOnline(true);
    await settle();
    expect(idle.sockets.all).toEqual([]);
    const rig = await live();
    rig.server.connection().cut(4500);
    rig.surroundings.show();
    rig.surroundings.setOnline(true);
    await settle();
    expect(rig.sockets.all).toHaveLength(1);
    rig.server.isStuck = true;
    rig.tide.retry();
    await settle();
    rig.surroundings.show();
    rig.surroundings.setOnline(true);
    await settle();
    expect(rig.sockets.all).toHaveLength(2);
  });
});

test('the device is listened to from the start, by one listener, until the end', () => {
  const rig = new Rig();
  expect(rig.surroundings.listening).toBe(1);
  rig.tide.close();
  expect(rig.surroundings.listening).toBe(0);
});
