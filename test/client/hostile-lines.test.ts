/** Servers that let in, or seem to, and then are silent, close, break off or come back after an hour. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { frame, TEXT } from '../conformance/frame.ts';
import { type RealServer, startServer } from '../e2e/real-server.ts';
import { BOTH_SOCKETS } from './both-sockets.ts';
import { type Behaviour, HostileServer, passTo, type Visit } from './hostile-server.ts';
import { LeapingClock } from './leaping-clock.ts';
import { hello, price } from './messages.ts';
import { WatchedClient } from './watched-client.ts';

/** The middle of each wait: 2, 4, 8, 16, 32 s, then a minute each time. */
const TRIES_SEC = [0, 2, 6, 14, 30, 62, 122, 182, 242];
/** The same with 10 s of waiting for an answer before each. */
const SILENT_TRIES_SEC = [0, 12, 26, 44, 70, 112, 182, 252];
const FIVE_MINUTES_MS = 300_000;
const HOUR_MS = 3_600_000;

let real: RealServer;
beforeAll(async () => {
  real = await startServer();
});
afterAll(() => real?.end('SIGKILL'));

describe.each(BOTH_SOCKETS)('%s', (_, WebSocket) => {
  async function meet(
    behaviour: Behaviour,
  ): Promise<{ readonly server: HostileServer; readonly client: WatchedClient }> {
    const clock = new LeapingClock();
    const server = await HostileServer.start(behaviour, () => clock.nowMs());
    const client = new WatchedClient(server.url, { WebSocket, clock });
    client.tide.price(client.take);
    return { server, client };
  }

  test.each<[string, Behaviour]>([
    ['resets each connection', { onConnect: (socket) => socket.resetAndDestroy() }],
    ['ends each connection', { onConnect: (socket) => socket.destroy() }],
    [
      'says something else than HTTP',
      { onConnect: (socket) => socket.resume().end('220 mail ready\r\n') },
    ],
    ['breaks off in its answer', { onRequest: ({ socket }) => socket.end('HTTP/1.1 101 Swi') }],
    [
      'answers with a key of its own',
      onTry(({ connection, socket }) =>
        socket.end(connection.answer({ 'sec-websocket-accept': 'bm90IHRoZSByaWdodCBvbmU=' })),
      ),
    ],
  ])('a server that %s is tried in its time', async (_name, behaviour) => {
    const { server, client } = await meet(behaviour);
    await client.clock.pass(FIVE_MINUTES_MS);
    expect(client.tide.status).toMatchObject({ state: 'reconnecting', failures: TRIES_SEC.length });
    if (behaviour.onRequest) {
      expect(server.secondsOf('try', client.clock.startMs)).toEqual(TRIES_SEC);
    }
    expect(client.updates).toEqual([]);
    expect(server.open).toBe(0);
    server.behaviour = passTo(real.port);
    await client.recovered();
  });

  test.each<[string, Behaviour]>([
    ['before the handshake', onTry(() => {})],
    ['after the handshake', onTry((visit) => visit.letIn())],
  ])('a server that is silent %s is given 10 s each time', async (_name, behaviour) => {
    const { server, client } = await meet(behaviour);
    await client.clock.pass(FIVE_MINUTES_MS);
    expect(server.secondsOf('try', client.clock.startMs)).toEqual(SILENT_TRIES_SEC);
    expect(client.statuses.map(({ state }) => state)).not.toContain('live');
    expect(client.updates).toEqual([]);
    server.behaviour = passTo(real.port);
    await client.recovered();
  });

  test('a server that says hello and nothing else is of no use either', async () => {
    const { server, client } = await meet(
      onTry((visit) => {
        visit.letIn();
        visit.say(hello());
      }),
    );
    await client.clock.pass(FIVE_MINUTES_MS);
    expect(server.secondsOf('try', client.clock.startMs)).toEqual(SILENT_TRIES_SEC);
    expect(client.statuses.map(({ state }) => state)).not.toContain('live');
  });

  test('one message and then silence is no use that would make the waits short again', async () => {
    let seq = 0;
    const { server, client } = await meet(
      onTry((visit) => {
        visit.letIn();
        visit.say(hello(), price(++seq));
      }),
    );
    await client.clock.pass(FIVE_MINUTES_MS);
    const tries = server.visits('try').length;
    expect(tries).toBeGreaterThan(2);
    expect(client.tide.status.failures).toBeGreaterThanOrEqual(tries - 1);
    expect(client.updates.length).toBe(tries);
    for (const update of client.updates) expect(update.isLive).toBe(false);
  });

  test.each([1000, 1001, 1006, 1012, 3000, 4000, 4499])(
    'a server that lets in and closes with %i in a loop is tried in its time',
    async (code) => {
      const { server, client } = await meet(onTry((visit) => closing(visit, code)));
      await client.clock.pass(FIVE_MINUTES_MS);
      expect(server.secondsOf('try', client.clock.startMs)).toEqual(TRIES_SEC);
      expect(client.tide.status.failures).toBe(TRIES_SEC.length);
      server.behaviour = passTo(real.port);
      await client.recovered();
    },
  );

  test('data before each close makes no difference: no 10 s of use, no short wait', async () => {
    let seq = 0;
    const { server, client } = await meet(
      onTry((visit) => {
        visit.letIn();
        visit.say(hello(), price(++seq));
        visit.end(1001);
      }),
    );
    await client.clock.pass(FIVE_MINUTES_MS);
    expect(server.secondsOf('try', client.clock.startMs)).toEqual(TRIES_SEC);
    expect(client.updates.map((update) => update.seq)).toEqual(TRIES_SEC.map((__, i) => i + 1));
    for (const update of client.updates) expect(update.isLive).toBe(false);
  });

  test.each([4500, 4900, 4999])('%i is final; retry() tries again', async (code) => {
    const { server, client } = await meet(onTry((visit) => closing(visit, code)));
    await client.clock.pass(FIVE_MINUTES_MS);
    expect(server.visits('try').length).toBe(1);
    expect(client.errors).toMatchObject([{ code: 'REFUSED', closeCode: code, fatal: true }]);
    expect(client.tide.status.state).toBe('closed');
    server.behaviour = passTo(real.port);
    client.tide.retry();
    await client.recovered();
  });

  test.each([
    ['a hint, taken at its word twice', 'reconnect after 4000 ms', 9],
    ['a hint of a day, cut to 5 minutes', 'reconnect after 86400000 ms', 1],
    ['a hint that cannot be', 'reconnect after 1e9 ms', TRIES_SEC.length],
    ['a hint below nothing', 'reconnect after -5 ms', TRIES_SEC.length],
  ])('%s with the close', async (_name, reason, tries) => {
    const { server, client } = await meet(onTry((visit) => closing(visit, 1012, reason)));
    await client.clock.pass(FIVE_MINUTES_MS - 1);
    expect(server.visits('try').length).toBe(tries);
  });

  test.each(['FIN', 'RST'])('a server that dies in mid-frame with %s', async (end) => {
    const { server, client } = await meet(
      onTry((visit) => {
        const reset = (): void => void (end === 'RST' && visit.socket.resetAndDestroy());
        visit.letIn(reset);
        const whole = frame(TEXT, JSON.stringify(price(2)), { masked: false });
        visit.say(hello(), price(1));
        visit.connection.write(whole.subarray(0, 40));
        if (end === 'FIN') visit.socket.end();
      }),
    );
    await client.clock.pass(FIVE_MINUTES_MS);
    expect(server.secondsOf('try', client.clock.startMs)).toEqual(TRIES_SEC);
    expect(client.updates.map(({ seq }) => seq)).toEqual([1]);
    server.behaviour = passTo(real.port);
    await client.recovered();
  });

  test('a server that comes back after an hour is found again within 75 s', async () => {
    const { server, client } = await meet(passTo(real.port));
    await client.until(({ updates }) => updates.length > 0);
    expect(client.tide.status.state).toBe('live');
    const held = client.updates[0]!;
    const lost = client.until(({ tide }) => tide.status.state === 'reconnecting');
    server.behaviour = { onConnect: (socket) => socket.resetAndDestroy() };
    server.cut();
    await lost;
    const lostMs = client.clock.nowMs();
    const updatesThen = client.updates.length;
    await client.clock.pass(HOUR_MS);
    expect(client.updates.length).toBe(updatesThen);
    expect(client.statuses.at(-1)).toMatchObject({ state: 'reconnecting', failures: 64 });
    expect(held.isLive).toBe(false);
    expect(held.ageMs).toBeGreaterThan(HOUR_MS - 60_000);
    server.behaviour = passTo(real.port);
    await client.recovered();
    expect(client.clock.nowMs() - lostMs).toBeLessThanOrEqual(HOUR_MS + 75_000);
    await client.until(({ updates }) => updates.at(-1)!.via === 'websocket');
    expect(client.updates.at(-1)).toMatchObject({ isLive: true });
  });
});

function onTry(act: (visit: Visit) => void): Behaviour {
  return {
    onRequest: (visit) => {
      if (visit.kind === 'try') act(visit);
      else visit.socket.destroy();
    },
  };
}

function closing(visit: Visit, code: number, reason = ''): void {
  visit.letIn();
  if (code === 1006) visit.socket.end();
  else visit.end(code, reason);
}
