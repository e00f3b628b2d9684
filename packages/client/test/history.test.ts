/** Trouble of all kinds at random: what a program is told stays a history without a flaw. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TransactionsUpdate, Update } from '../src/index.ts';
import { refusal } from './fakes/fake-server.ts';
import { Rig } from './fakes/rig.ts';
import { settle } from './fakes/settle.ts';

interface Step {
  readonly kind: (typeof KINDS)[number];
  readonly amount: number;
}

const KINDS = [
  'publish',
  'pass',
  'cut',
  'cut with a hint',
  'restart',
  'lose messages',
  'fall silent',
  'go down',
  'come back',
  'refuse',
  'break HTTP',
  'hang HTTP',
  'sleep',
  'go offline',
  'go online',
  'show',
] as const;

/** By channel or symbol, what the program was told. */
type Told = Readonly<Record<'price' | 'transactions' | 'A' | 'B', Update[]>>;

/** What the server has published in its present run. */
interface Published {
  points: number[];
  count: number;
}

function publish({ server }: Rig, published: Published, times: number): void {
  for (let n = 0; n < times; n += 1) {
    published.count += 1;
    published.points.push(published.count);
    server.price(50_000 + published.count);
    server.points([published.count, 9]);
    server.map('A', 50_000 + published.count);
    server.map('B', 50_000 + published.count);
  }
}

async function take(rig: Rig, { kind, amount }: Step, published: Published): Promise<void> {
  const { server, surroundings } = rig;
  const live = server.connections.filter(({ socket }) => socket.isAlive);
  const some = live[amount % 2] ?? live[0];
  switch (kind) {
    case 'publish':
      return publish(rig, published, 1 + (amount % 5));
    case 'pass':
      return rig.pass(amount * 20);
    case 'cut':
      return some?.cut();
    case 'cut with a hint':
      return some?.cut(1012, `reconnect after ${amount} ms`);
    case 'restart':
      published.points = [];
      return server.restart(`run-${published.count}-${amount}`);
    case 'lose messages':
      if (!some) return;
      some.isDeaf = true;
      publish(rig, published, 1 + (amount % 3));
      some.isDeaf = false;
      return publish(rig, published, 1);
    case 'fall silent':
      if (some) some.isMute = some.isDeaf = true;
      return;
    case 'go down':
      server.isUp = false;
      for (const each of live) each.cut();
      return;
    case 'come back':
      server.isUp = true;
      server.refusal = server.restAnswer = null;
      server.isHttpStuck = false;
      return;
    case 'refuse':
      server.refusal = refusal(503, 'SERVER_FULL', { retryAfter: String(amount % 40) });
      return;
    case 'break HTTP':
      server.restAnswer = refusal(500, 'SERVER_ERROR');
      return;
    case 'hang HTTP':
      server.isHttpStuck = true;
      return;
    case 'sleep':
      return rig.clock.sleep(amount * 100);
    case 'go offline':
      return surroundings.setOnline(false);
    case 'go online':
      return surroundings.setOnline(true);
    case 'show':
      return surroundings.show();
  }
}

/** Each follows the one before in its epoch, and says how many lie between. */
function assertFlawless(updates: readonly Update[]): void {
  for (const [i, update] of updates.entries()) {
    const before = updates[i - 1];
    const isReplaced = 'whole' in update && update.whole === true;
    if (before?.epoch !== update.epoch) expect(update.missed).toBeNull();
    else if (!isReplaced) expect(update.missed).toBe(update.seq - before.seq - 1);
    if (before?.epoch === update.epoch) expect(update.seq).toBeGreaterThan(before.seq);
    expect(update.missed ?? 0).toBeGreaterThanOrEqual(0);
    expect(updates.slice(i + 1).some(({ isLive }) => isLive) && update.isLive).toBe(false);
  }
  const places = updates.map(({ epoch, seq }) => `${epoch} ${seq}`);
  expect(new Set(places).size).toBe(places.length);
}

/** A program that adds up what was added has what a program has that takes the window. */
function assertPoints(updates: readonly TransactionsUpdate[]): void {
  let added: readonly unknown[] = [];
  for (const update of updates) {
    added = update.whole ? update.points : [...added, ...update.added];
    expect(update.points).toEqual(added);
  }
}

async function assertConverged(rig: Rig, told: Told, published: Published): Promise<void> {
  const { server } = rig;
  server.isUp = true;
  server.refusal = server.restAnswer = null;
  server.isHttpStuck = false;
  for (const connection of server.connections) connection.cut();
  rig.surroundings.setOnline(true);
  await rig.pass(400_000);
  publish(rig, published, 2);
  await rig.pass(60_000);
  publish(rig, published, 1);
  await settle();
  expect(rig.tide.status.state).toBe('live');
  const last = published.count;
  expect(told.price.at(-1)).toMatchObject({ priceUsd: 50_000 + last, isLive: true });
  expect(told.A.at(-1)).toMatchObject({ currentPriceUsd: 50_000 + last, isLive: true });
  expect(told.B.at(-1)).toMatchObject({ currentPriceUsd: 50_000 + last, isLive: true });
  const window = told.transactions.at(-1) as TransactionsUpdate;
  expect(window.points.map(({ timeMs }) => timeMs / 1000)).toEqual(published.points);
}

test('no update twice or out of order, each gap said or healed, and the newest at the end', async () => {
  const step = fc.record({
    kind: fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom<Step['kind']>('publish', 'pass', 'cut') },
      { weight: 1, arbitrary: fc.constantFrom(...KINDS) },
    ),
    amount: fc.nat(2_000),
  });
  const steps = fc.array(step, { minLength: 5, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(steps, fc.double({ min: 0, max: 0.999, noNaN: true }), async (all, draw) => {
      const rig = new Rig();
      rig.draw = draw;
      const told: Told = { price: [], transactions: [], A: [], B: [] };
      rig.tide.price((update) => told.price.push(update));
      rig.tide.transactions((update) => told.transactions.push(update));
      rig.tide.heatmap(['A'], (update) => told.A.push(update), { interval: 1 });
      rig.tide.heatmap(['B'], (update) => told.B.push(update), { interval: 7 });
      const published: Published = { points: [], count: 0 };
      publish(rig, published, 1);
      for (const each of all) {
        await take(rig, each, published);
        await settle();
      }
      await assertConverged(rig, told, published);
      Object.values(told).forEach(assertFlawless);
      assertPoints(told.transactions as TransactionsUpdate[]);
      expect(rig.errors.filter(({ code }) => code !== 'UNAVAILABLE')).toEqual([]);
      expect(rig.sockets.violations).toEqual([]);
      rig.tide.close();
    }),
    { numRuns: 100 },
  );
});
