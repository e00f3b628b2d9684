/** The end: nothing is left, in whatever state it comes. The rig counts at the end of each test. */
import { describe, expect, test } from 'vitest';
import { refusal } from './fakes/fake-server.ts';
import { Rig } from './fakes/rig.ts';
import { settle } from './fakes/settle.ts';

const NOTHING = { timers: 0, sockets: 0, questions: 0, listeners: 0 };

/** How a client comes to each state from which it may be closed. */
const STATES: Readonly<Record<string, (rig: Rig) => Promise<void>>> = {
  idle: () => settle(),
  'just subscribed': async (rig) => {
    rig.tide.price();
    await Promise.resolve();
  },
  connecting: async (rig) => {
    rig.server.isStuck = true;
    rig.tide.price();
    rig.tide.heatmap(['A']);
    await settle();
  },
  'open and not of use yet': async (rig) => {
    rig.server.isStuck = true;
    rig.tide.price();
    await settle();
    rig.sockets.all[0]!.open();
  },
  live: async (rig) => {
    rig.tide.price();
    rig.tide.heatmap(['A']);
    await settle();
    rig.server.price();
  },
  slow: async (rig) => {
    rig.tide.price();
    await settle();
    rig.server.connection().send({ type: 'warning', code: 'SLOW_CONSUMER', message: '' });
  },
  'a map waits': async (rig) => {
    rig.tide.heatmap(['A']);
    await settle();
    rig.server.map('A');
    rig.server.map('A');
  },
  'waiting for the next try': async (rig) => {
    rig.tide.price();
    await settle();
    rig.server.connection().cut();
  },
  'asking once': async (rig) => {
    rig.server.isHttpStuck = true;
    rig.tide.price();
    await settle();
    rig.server.connection().cut();
    await rig.pass(1_000);
    expect(rig.http.pending).toHaveLength(1);
  },
  'asking why': async (rig) => {
    rig.server.isHttpStuck = true;
    rig.server.refusal = refusal(503, 'SERVER_FULL');
    rig.tide.price();
    await settle();
    expect(rig.http.pending).toHaveLength(1);
  },
  polling: async (rig) => {
    rig.server.refusal = refusal(503, 'WEBSOCKETS_OFF');
    rig.server.price();
    rig.tide.price();
    await rig.pass(2_000);
    expect(rig.tide.status.state).toBe('polling');
  },
  'in the middle of polling': async (rig) => {
    rig.tide.price();
    await settle();
    await rig.fail(3);
    rig.server.isUp = true;
    rig.server.isHttpStuck = true;
    await rig.pass(1_000);
    expect(rig.http.pending.length).toBeGreaterThan(0);
  },
  offline: async (rig) => {
    rig.tide.price();
    await settle();
    rig.surroundings.setOnline(false);
    rig.server.connection().cut();
  },
  refused: async (rig) => {
    rig.tide.price();
    await settle();
    rig.server.connection().cut(4500);
  },
};

describe.each(Object.keys(STATES))('closed while %s', (name) => {
  test('nothing is left, at once, and twice is as good as once', async () => {
    const rig = new Rig();
    await STATES[name]!(rig);
    rig.tide.close();
    rig.tide.close();
    await settle();
    expect(rig.held).toEqual(NOTHING);
    expect(rig.tide.status).toMatchObject({ state: 'closed', retryAtMs: null });
    const tried = [rig.sockets.all.length, rig.http.asked.length];
    rig.surroundings.setOnline(true);
    rig.surroundings.show();
    rig.tide.retry();
    await rig.pass(600_000);
    expect([rig.sockets.all.length, rig.http.asked.length]).toEqual(tried);
    expect(rig.states.filter((state) => state === 'closed').length).toBeLessThanOrEqual(2);
    expect(rig.states.at(-1)).toBe('closed');
  });
});

test('while a token is waited for, nothing is left', async () => {
  let give!: (token: string) => void;
  const rig = new Rig({
    token: () =>
      new Promise((resolve) => {
        give = resolve;
      }),
  });
  rig.tide.price();
  await settle();
  rig.tide.close();
  expect(rig.held).toEqual(NOTHING);
  give('late');
  await settle();
  expect(rig.held).toEqual(NOTHING);
  expect(rig.sockets.all).toEqual([]);
});

test('a token that fails after the end is nobody’s trouble', async () => {
  let fail!: (error: Error) => void;
  const rig = new Rig({
    token: () =>
      new Promise((_, reject) => {
        fail = reject;
      }),
  });
  rig.tide.price();
  await settle();
  rig.tide.close();
  fail(new Error('too late'));
  await settle();
  expect(rig.errors).toEqual([]);
});

test('every subscription ends', async () => {
  const rig = new Rig();
  const subscriptions = [rig.tide.price(), rig.tide.transactions(), rig.tide.heatmap(['A'])];
  await settle();
  rig.tide.close();
  expect(subscriptions.map(({ closed }) => closed)).toEqual([true, true, true]);
});

test('nothing is subscribed to afterwards', () => {
  const rig = new Rig();
  rig.tide.close();
  const { tide } = rig;
  expect(() => tide.price()).toThrow(/closed/);
  expect(() => tide.transactions()).toThrow(/closed/);
  expect(() => tide.histogram()).toThrow(/closed/);
  expect(() => tide.confirmed()).toThrow(/closed/);
  expect(() => tide.heatmap(['A'])).toThrow(/closed/);
});

test('nothing is held by a client that was never used', () => {
  const rig = new Rig();
  expect(rig.held).toEqual({ ...NOTHING, listeners: 1 });
  rig.tide.close();
  expect(rig.held).toEqual(NOTHING);
});

test('subscribing and leaving a thousand times leaves nothing', async () => {
  const rig = new Rig();
  for (let n = 0; n < 1_000; n += 1) {
    const price = rig.tide.price();
    const maps = rig.tide.heatmap([`S${n % 7}`]);
    if (n % 3 === 0) await settle();
    maps.change([`S${n % 5}`]);
    if (n % 2 === 0) await settle();
    price.close();
    maps.close();
  }
  await settle();
  expect(rig.held).toEqual({ ...NOTHING, listeners: 1 });
});
