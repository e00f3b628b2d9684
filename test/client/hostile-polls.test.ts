/** Servers without WebSockets that answer the questions asked instead in every wrong way. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RealServer, startServer } from '../e2e/real-server.ts';
import { HostileServer, passTo, type Visit } from './hostile-server.ts';
import { LeapingClock } from './leaping-clock.ts';
import { EPOCH, everyMessage, price, snapshot } from './messages.ts';
import { promised } from './promised.ts';
import { spoiled } from './spoiled.ts';
import { WatchedClient } from './watched-client.ts';

const FIVE_MINUTES_MS = 300_000;
/** The third try that fails is at 6 s: from then on the newest is asked for. */
const POLLS_FROM_SEC = 6;
/** Between two questions of which the first was of no use. */
const PAUSE_MIN_SEC = 0.5;

let real: RealServer;
beforeAll(async () => {
  real = await startServer();
});
afterAll(() => real?.end('SIGKILL'));

/** Price and a map are wished for, WebSockets cut, and questions answered as given. */
async function meet(
  answer: (visit: Visit) => void,
): Promise<{ readonly server: HostileServer; readonly client: WatchedClient }> {
  const clock = new LeapingClock();
  const server = await HostileServer.start(
    { onRequest: (visit) => (visit.kind === 'poll' ? answer(visit) : visit.socket.destroy()) },
    () => clock.nowMs(),
  );
  const client = new WatchedClient(server.url, { clock });
  client.tide.price(client.take);
  client.tide.transactions(client.take);
  client.tide.heatmap(['BTCUSDT'], client.take, { interval: 2 });
  return { server, client };
}

function mempool(messages: unknown, changes: object = {}): object {
  return { epoch: EPOCH, time: 1_800_000_000, update_interval_ms: 500, messages, ...changes };
}

/** Seconds at which one of the two was asked. */
function askedSec(server: HostileServer, client: WatchedClient, path: string): readonly number[] {
  return server
    .visits('poll')
    .filter(({ target }) => target.startsWith(path))
    .map(({ atMs }) => (atMs - client.clock.startMs) / 1000);
}

test.each<[string, (visit: Visit) => void]>([
  ['a page', (visit) => visit.respond(200, '<!doctype html><p>Welcome')],
  ['nothing', (visit) => visit.respond(200)],
  ['null', (visit) => visit.respond(200, 'null')],
  ['a list', (visit) => visit.respond(200, '[]')],
  ['messages that are no list', (visit) => visit.respond(200, mempool({ length: 1 }))],
  ['500', (visit) => visit.respond(500, 'oh no')],
  ['404', (visit) => visit.respond(404, mempool([price(1)]))],
  ['a cut', (visit) => visit.socket.resetAndDestroy()],
  [
    'half an answer',
    (visit) => visit.socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"m'),
  ],
])('%s as answer: nothing is shown, and it is asked in its time', async (_, answer) => {
  const { server, client } = await meet(answer);
  await client.clock.pass(FIVE_MINUTES_MS);
  expect(client.updates).toEqual([]);
  expect(client.statuses.map(({ state }) => state)).not.toContain('polling');
  const asked = askedSec(server, client, '/api/v1/mempool');
  expect(asked.length).toBeGreaterThan(5);
  for (const pauseSec of pauses(asked)) expect(pauseSec).toBeGreaterThanOrEqual(PAUSE_MIN_SEC);
  server.behaviour = passTo(real.port);
  await client.recovered();
});

test.each<[string, (visit: Visit) => void]>([
  ['never comes', () => {}],
  ['never ends', ({ socket }) => socket.write('HTTP/1.1 200 OK\r\n\r\n{"messages":[')],
])('an answer that %s is given up after 5 s; never two are waited for', async (_, answer) => {
  let open = 0;
  let mostOpen = 0;
  const { server, client } = await meet((visit) => {
    if (!visit.target.startsWith('/api/v1/mempool')) return visit.socket.destroy();
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    visit.socket.on('close', () => {
      open -= 1;
    });
    answer(visit);
  });
  await client.clock.pass(FIVE_MINUTES_MS);
  expect(mostOpen).toBe(1);
  expect(client.updates).toEqual([]);
  const asked = askedSec(server, client, '/api/v1/mempool');
  for (const pauseSec of pauses(asked)) expect(pauseSec).toBeGreaterThanOrEqual(PAUSE_MIN_SEC);
  client.tide.close();
  await client.until(({ tide }) => tide.status.state === 'closed');
  await expect.poll(() => open).toBe(0);
});

test('Retry-After of an answer is waited for', async () => {
  const { server, client } = await meet((visit) =>
    visit.respond(
      429,
      { error: { code: 'TOO_MANY_REQUESTS', message: 'x' } },
      { 'retry-after': 45 },
    ),
  );
  await client.clock.pass(FIVE_MINUTES_MS);
  const asked = askedSec(server, client, '/api/v1/mempool').filter((sec) => sec > POLLS_FROM_SEC);
  for (const pauseSec of pauses(asked)) expect(pauseSec).toBeGreaterThanOrEqual(45);
  expect(asked.length).toBeGreaterThan(2);
});

test.each([0, -1, 1e300, null, 'soon', {}])(
  'an interval of %s makes it neither hasty nor asleep',
  async (updateIntervalMs) => {
    let seq = 0;
    const { server, client } = await meet((visit) => {
      if (visit.target.startsWith('/api/v1/heatmap')) visit.respond(200, snapshot(1));
      else visit.respond(200, mempool([price(++seq)], { update_interval_ms: updateIntervalMs }));
    });
    await client.clock.pass(40_000);
    const asked = askedSec(server, client, '/api/v1/mempool').filter((sec) => sec > POLLS_FROM_SEC);
    expect(asked.length).toBeGreaterThan(0);
    for (const pauseSec of pauses(asked)) expect(pauseSec).toBeGreaterThanOrEqual(PAUSE_MIN_SEC);
    const maps = askedSec(server, client, '/api/v1/heatmap').filter((sec) => sec > POLLS_FROM_SEC);
    for (const pauseSec of pauses(maps)) expect(pauseSec).toBeGreaterThanOrEqual(PAUSE_MIN_SEC);
  },
);

test('every field of every answer, spoiled in every way', async () => {
  // What is in a message is spoiled over WebSockets too: here one in a few is enough.
  const some = (list: Iterable<string>): string[] => [...list].filter((_, i) => i % 40 === 0);
  const messages = everyMessage().flatMap((message, i) => [...spoiled(message, 1 + 1_000 * i)]);
  const answers = [
    ...some(messages).map((bad) => JSON.stringify(mempool('HOLE')).replace('"HOLE"', `[${bad}]`)),
    ...some(spoiled(mempool([]), 0)),
    ...everyMessage().map((message) => JSON.stringify(mempool([message]))),
  ];
  const maps = some(spoiled(snapshot(1), 1));
  const { client } = await meet((visit) => {
    const list = visit.target.startsWith('/api/v1/heatmap') ? maps : answers;
    visit.respond(200, list.shift() ?? mempool([]));
  });
  while (answers.length + maps.length > 0) await client.clock.pass(30_000);
  expect(client.updates.length).toBeGreaterThan(1);
  for (const update of client.updates) expect(promised(update)).toEqual([]);
  expect(Object.prototype).not.toHaveProperty('polluted');
});

test('a poll that is good is shown as what it is, and stops once the line is back', async () => {
  let seq = 0;
  const { server, client } = await meet((visit) => {
    if (visit.target.startsWith('/api/v1/heatmap')) visit.respond(200, snapshot(1));
    else visit.respond(200, mempool([price(++seq)]));
  });
  await client.clock.pass(20_000);
  expect(client.tide.status).toMatchObject({ state: 'polling', failures: 4 });
  expect(client.updates.at(-1)).toMatchObject({ via: 'polling', isLive: true });
  const held = client.updates.at(-1)!;
  server.behaviour = passTo(real.port);
  await client.recovered();
  expect(held.isLive).toBe(false);
});

/** Seconds between one and the next. */
function pauses(askedSec: readonly number[]): readonly number[] {
  return askedSec.slice(1).map((sec, i) => sec - askedSec[i]!);
}
