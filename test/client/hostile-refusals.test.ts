/** Servers, and what stands in front of them, that refuse the handshake in every way. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NodeWebSocket } from '../../packages/client/src/node-socket.ts';
import { type RealServer, startServer } from '../e2e/real-server.ts';
import { BOTH_SOCKETS } from './both-sockets.ts';
import { type Behaviour, HostileServer, passTo } from './hostile-server.ts';
import { LeapingClock } from './leaping-clock.ts';
import { WatchedClient, type WatchedOptions } from './watched-client.ts';

/** The middle of each wait: 2, 4, 8, 16, 32 s, then a minute each time. */
const TRIES_SEC = [0, 2, 6, 14, 30, 62, 122];
/** From the third failure on, each 10 s, and once with each failure. */
const POLLS_MAX = 30;
const THREE_MINUTES_MS = 180_000;
const PAGE = '<!doctype html><title>No</title><h1>No</h1>';
const STATUSES = [400, 401, 403, 404, 429, 500, 502, 503];
/** What others than our server say. */
const OTHERS = Object.entries({
  'no body': '',
  'a page': PAGE,
  'JSON of others': '{"message":"no","error":"no"}',
});

function refusing(
  status: number,
  body: unknown = '',
  headers: Readonly<Record<string, string | number>> = {},
): Behaviour {
  return { onRequest: (visit) => visit.respond(status, body, headers) };
}

function ours(code: string, more: object = {}): object {
  return { error: { code, message: `in the server's words: ${code}`, ...more } };
}

let real: RealServer;
beforeAll(async () => {
  real = await startServer();
});
afterAll(() => real?.end('SIGKILL'));

describe.each(BOTH_SOCKETS)('%s', (_, WebSocket) => {
  /** A price is wished for, and three minutes pass. */
  async function refused(
    behaviour: Behaviour,
    options: Pick<WatchedOptions, 'token' | 'draw'> = {},
  ): Promise<{ readonly server: HostileServer; readonly client: WatchedClient }> {
    const clock = new LeapingClock();
    const server = await HostileServer.start(behaviour, () => clock.nowMs());
    const client = new WatchedClient(server.url, { WebSocket, clock, ...options });
    client.tide.price(client.take);
    await clock.pass(THREE_MINUTES_MS);
    return { server, client };
  }

  /** This Node's own WebSocket asks twice in a moment where it is refused with 401. */
  function triesSec(server: HostileServer, { clock }: WatchedClient): readonly number[] {
    return [...new Set(server.secondsOf('try', clock.startMs))];
  }

  // What is in the answer is read by `fetch`, and so no other with another WebSocket.
  const bodies = OTHERS.slice(0, WebSocket === NodeWebSocket ? 1 : undefined);
  test.each([
    ...STATUSES.flatMap((status) => bodies.map(([name, body]) => [status, name, body] as const)),
    [200, 'a page', PAGE] as const,
    [204, 'no body', ''] as const,
  ])('%i with %s is on a bad day: tried on, in its time', async (status, _body, body) => {
    const { server, client } = await refused(refusing(status, body));
    expect(triesSec(server, client)).toEqual(TRIES_SEC);
    expect(client.tide.status).toMatchObject({ state: 'reconnecting', failures: TRIES_SEC.length });
    const told = { code: 'UNAVAILABLE', status, fatal: false };
    expect(client.tide.status.error).toMatchObject(told);
    expect(client.errors.length).toBeGreaterThan(0);
    for (const error of client.errors) expect(error).toMatchObject(told);
    expect(client.updates).toEqual([]);
    expect(server.visits('why').length).toBeLessThanOrEqual(TRIES_SEC.length);
    expect(server.visits('poll').length).toBeLessThanOrEqual(POLLS_MAX);
  });

  test.each([
    [400, 'UNKNOWN_SUBPROTOCOL', 'REFUSED'],
    [400, 'INVALID_PARAMETER', 'REFUSED'],
    [401, 'UNAUTHORIZED', 'UNAUTHORIZED'],
    [403, 'ORIGIN_NOT_ALLOWED', 'REFUSED'],
    [403, 'SOMETHING_NEW', 'REFUSED'],
    [404, 'NOT_FOUND', 'REFUSED'],
  ])('%i %s of our own is final; retry() asks again', async (status, serverCode, code) => {
    const { server, client } = await refused(refusing(status, ours(serverCode)));
    const fatal = { code, status, serverCode, fatal: true };
    expect(triesSec(server, client)).toEqual([0]);
    expect(client.tide.status).toMatchObject({ state: 'closed', retryAtMs: null, error: fatal });
    expect(client.errors).toMatchObject([fatal]);
    expect(client.errors[0]!.message).toContain(serverCode);
    expect(server.open).toBe(0);
    server.behaviour = passTo(real.port);
    client.tide.retry();
    await client.recovered();
    expect(client.tide.status.error).toBeNull();
  });

  test.each([
    [429, 'TOO_MANY_CONNECTIONS'],
    [500, 'SERVER_ERROR'],
    [502, 'BAD_GATEWAY'],
    [503, 'SERVER_FULL'],
  ])('%i %s is told, tried on, and over when the server is well', async (status, serverCode) => {
    const { server, client } = await refused(refusing(status, ours(serverCode)));
    expect(triesSec(server, client)).toEqual(TRIES_SEC);
    expect(client.errors.length).toBeGreaterThan(0);
    for (const error of client.errors) {
      expect(error).toMatchObject({ code: 'UNAVAILABLE', status, serverCode });
    }
    expect(client.updates).toEqual([]);
    server.behaviour = passTo(real.port);
    await client.recovered();
    expect(client.tide.status).toMatchObject({ state: 'live', error: null });
  });

  test.each([
    ['less than would be waited anyway', '1', TRIES_SEC],
    ['50 s, spread by a quarter', '50', [0, 56.25, 112.5, 168.75]],
    ['a day: 5 minutes are the most', '86400', [0]],
    ['no end', 'Infinity', [0]],
    ['a date', 'Fri, 20 Nov 2026 08:00:00 GMT', TRIES_SEC],
    ['less than nothing', '-50', TRIES_SEC],
    ['nonsense', 'soon', TRIES_SEC],
  ])('Retry-After: %s', async (_name, retryAfter, expectedSec) => {
    const { server, client } = await refused(
      refusing(503, ours('SERVER_FULL'), { 'retry-after': retryAfter }),
    );
    expect(triesSec(server, client)).toEqual(expectedSec);
  });

  test('429 of something in between, with Retry-After, is waited for as well', async () => {
    const { server, client } = await refused(refusing(429, PAGE, { 'retry-after': 100 }));
    expect(triesSec(server, client)).toEqual([0, 112.5]);
    expect(new Set(client.codes)).toEqual(new Set(['UNAVAILABLE']));
  });

  test.each([
    ['our own', ours('UPGRADE_REQUIRED')],
    ['somebody else', PAGE],
  ])('426 of %s would have let a WebSocket in: no error, and tried on', async (_name, body) => {
    const { server, client } = await refused(refusing(426, body));
    expect(triesSec(server, client)).toEqual(TRIES_SEC);
    expect(client.errors).toEqual([]);
    server.behaviour = passTo(real.port);
    await client.recovered();
  });

  test('a redirect to itself costs no more than the runtime follows it', async () => {
    const { server, client } = await refused({
      onRequest: (visit) => visit.respond(302, '', { location: visit.target }),
    });
    expect(triesSec(server, client)).toEqual(TRIES_SEC);
    const asked = server.visits('why').length + server.visits('poll').length;
    expect(asked).toBeLessThanOrEqual(21 * (TRIES_SEC.length + POLLS_MAX));
    expect(client.updates).toEqual([]);
  });

  test.each([301, 302, 307, 308])('%i elsewhere takes no token there', async (status) => {
    const elsewhere = await HostileServer.start(refusing(404, PAGE));
    const { server, client } = await refused(refusing(status, '', { location: elsewhere.url }), {
      token: 'a-key-of-some-length',
    });
    expect(triesSec(server, client)).toEqual(TRIES_SEC);
    const heads = [...elsewhere.visits('poll'), ...elsewhere.visits('why')];
    for (const { connection } of heads) expect(connection.head).not.toContain('a-key-of-some');
    expect(elsewhere.visits('try')).toEqual([]);
    server.behaviour = passTo(real.port);
    await client.recovered();
  });
});
