/** What follows when the server does not let somebody in, and says why. */
import { describe, expect, test } from 'vitest';
import type { Answer } from './fakes/fake-http.ts';
import { refusal, upgradeRequired } from './fakes/fake-server.ts';
import { Rig } from './fakes/rig.ts';
import { settle } from './fakes/settle.ts';

async function refused(answer: Answer): Promise<Rig> {
  const rig = new Rig();
  rig.server.refusal = answer;
  rig.server.restAnswer = refusal(500, 'SERVER_ERROR');
  rig.tide.price();
  await settle();
  return rig;
}

test('the same address is asked over plain HTTP, once a failure', async () => {
  const rig = await refused(refusal(503, 'SERVER_FULL'));
  expect(rig.http.asked.map(({ url }) => url.href)).toEqual(['http://tide.example/ws/mempool']);
  await rig.untilRetry();
  expect(rig.http.askedFor('/ws/mempool')).toHaveLength(2);
});

test('a line that was open and was cut is not asked about', async () => {
  const rig = new Rig();
  rig.tide.price();
  await settle();
  rig.server.connection().cut();
  await rig.pass(1_000);
  expect(rig.http.askedFor('/ws/')).toEqual([]);
});

describe('for good', () => {
  test.each([
    [400, 'INVALID_PARAMETER', 'REFUSED'],
    [400, 'BAD_UPGRADE', 'REFUSED'],
    [400, 'UNKNOWN_SUBPROTOCOL', 'REFUSED'],
    [401, 'UNAUTHORIZED', 'UNAUTHORIZED'],
    [403, 'ORIGIN_NOT_ALLOWED', 'REFUSED'],
    [404, 'NOT_FOUND', 'REFUSED'],
    [405, 'METHOD_NOT_ALLOWED', 'REFUSED'],
  ])('%d %s is %s', async (status, serverCode, code) => {
    const rig = await refused(refusal(status, serverCode));
    expect(rig.errors).toMatchObject([{ code, status, serverCode, fatal: true }]);
    expect(rig.errors[0]!.message).toContain('in words');
    expect(rig.tide.status).toMatchObject({ state: 'closed', retryAtMs: null });
    await rig.pass(600_000);
    expect(rig.sockets.all).toHaveLength(1);
    expect(rig.http.asked).toHaveLength(1);
  });

  test('until it is told to try again', async () => {
    const rig = await refused(refusal(403, 'ORIGIN_NOT_ALLOWED'));
    rig.server.refusal = null;
    rig.tide.retry();
    await settle();
    expect(rig.tide.status).toMatchObject({ state: 'live', error: null });
  });

  test('and again for good, if it still is', async () => {
    const rig = await refused(refusal(401, 'UNAUTHORIZED'));
    rig.tide.retry();
    await settle();
    expect(rig.tide.status.state).toBe('closed');
    expect(rig.sockets.all).toHaveLength(2);
  });
});

describe('for now', () => {
  test.each([
    [429, 'TOO_MANY_CONNECTIONS', '30', 30_000],
    [429, 'TOO_MANY_FAILURES', '47', 47_000],
    [503, 'SERVER_FULL', '30', 30_000],
    [503, 'DRAINING', '10', 10_000],
    [503, 'TOKENS_UNCHECKED', '10', 10_000],
  ])('%d %s waits %s s and up to a quarter more', async (status, serverCode, retryAfter, ms) => {
    const rig = await refused(refusal(status, serverCode, { retryAfter }));
    expect(rig.errors).toMatchObject([{ code: 'UNAVAILABLE', status, serverCode, fatal: false }]);
    expect(rig.tide.status.error).toBe(rig.errors[0]);
    expect(rig.retryInMs).toBe(ms * 1.125);
  });

  test.each([
    [0, 30_000],
    [0.999_999_999, 37_500],
  ])('spread by chance: %d', async (draw, ms) => {
    const rig = new Rig();
    rig.draw = draw;
    rig.server.refusal = refusal(503, 'SERVER_FULL', { retryAfter: '30' });
    rig.tide.price();
    await settle();
    expect(rig.retryInMs).toBeCloseTo(ms, 0);
  });

  test.each([
    ['86400', 300_000],
    ['1', 2_000],
    ['-5', 2_000],
    ['Fri, 20 Nov 2026 17:00:00 GMT', 2_000],
    ['', 2_000],
  ])('Retry-After "%s" is %d ms', async (retryAfter, ms) => {
    const rig = await refused(refusal(503, 'SERVER_FULL', { retryAfter }));
    expect(rig.retryInMs).toBe(ms);
  });

  test.each([
    [500, refusal(500, 'SERVER_ERROR')],
    [502, { status: 502, body: '<html>Bad Gateway</html>' }],
    [404, { status: 404, body: 'not found' }],
    [401, { status: 401, body: '<html>log in to the proxy</html>' }],
    [200, { status: 200, body: '<html>the wifi wants your name</html>' }],
    [403, { status: 403, body: { error: 'no' } }],
    [418, { status: 418, body: '[]' }],
  ] as const)('%d of something in between is not for good', async (status, answer) => {
    const rig = await refused(answer);
    expect(rig.errors).toMatchObject([{ code: 'UNAVAILABLE', status, fatal: false }]);
    expect(rig.retryInMs).toBe(2_000);
  });

  test('each trouble is told, and the newest stands in the status', async () => {
    const rig = await refused(refusal(503, 'SERVER_FULL', { retryAfter: '30' }));
    rig.server.refusal = refusal(503, 'DRAINING', { retryAfter: '10' });
    await rig.untilRetry();
    expect(rig.errors.map(({ serverCode }) => serverCode)).toEqual(['SERVER_FULL', 'DRAINING']);
    expect(rig.tide.status.error).toBe(rig.errors[1]);
  });

  test('told again after it was well in between', async () => {
    const rig = await refused(refusal(503, 'SERVER_FULL', { retryAfter: '30' }));
    rig.server.refusal = null;
    await rig.untilRetry();
    expect(rig.tide.status).toMatchObject({ state: 'live', error: null });
    rig.server.refusal = refusal(503, 'SERVER_FULL', { retryAfter: '30' });
    rig.server.connection().cut();
    await rig.untilRetry();
    expect(rig.errors).toHaveLength(2);
  });

  test('a server that cannot be reached at all is no error', async () => {
    const rig = new Rig();
    rig.server.isUp = false;
    rig.tide.price();
    await settle();
    expect(rig.http.asked).toHaveLength(1);
    expect(rig.errors).toEqual([]);
    expect(rig.tide.status.error).toBeNull();
  });

  test('an answer that does not come is given up after 5 s, or with the next try', async () => {
    const rig = new Rig();
    rig.draw = 0.999;
    rig.server.refusal = refusal(401, 'UNAUTHORIZED');
    rig.server.isHttpStuck = true;
    rig.tide.heatmap(['BTCUSDT']);
    await settle();
    const pending = (): number[] =>
      rig.http.pending.filter(({ url }) => url.pathname.startsWith('/ws/')).map(({ atMs }) => atMs);
    const [first] = pending();
    await rig.untilRetry();
    const [second, ...others] = pending();
    expect(second).toBeGreaterThan(first!);
    expect(others).toEqual([]);
    await rig.pass(4_999);
    expect(pending()).toEqual([second]);
    await rig.pass(1);
    expect(pending()).toEqual([]);
    expect(rig.errors).toEqual([]);
  });
});

describe('WebSockets switched off', () => {
  test('what is wanted is asked for at once, and the socket tried when it was said', async () => {
    const rig = new Rig();
    rig.server.refusal = refusal(503, 'WEBSOCKETS_OFF', { retryAfter: '300' });
    rig.server.price();
    const price = rig.tide.price();
    await rig.pass(1_000);
    expect(price.latest).toMatchObject({ via: 'polling', isLive: true });
    expect(rig.tide.status).toMatchObject({ state: 'polling', failures: 1 });
    expect(rig.retryInMs).toBeGreaterThan(295_000);
    await rig.passWithPrices(3_000);
    expect(price.latest!.seq).toBeGreaterThanOrEqual(5);
    expect(rig.sockets.all).toHaveLength(1);
  });
});

describe('subprotocols that something in between takes away', () => {
  test('are not offered where there is no token, so nothing is lost', async () => {
    const rig = new Rig();
    rig.server.stripsSubprotocols = true;
    rig.server.restAnswer = refusal(500, 'SERVER_ERROR');
    const price = rig.tide.price();
    await settle();
    rig.server.price();
    expect(price.latest).toMatchObject({ seq: 1, epoch: 'run-1' });
    rig.server.connection().cut();
    rig.server.price();
    await rig.untilRetry();
    expect(rig.server.connection().wishes[0]!.resume).toEqual({
      price: { epoch: 'run-1', seq: 1 },
    });
    expect(price.latest).toMatchObject({ seq: 2, missed: 0 });
    expect(rig.sockets.all.map(({ protocols }) => protocols)).toEqual([[], []]);
  });
});

describe('another version of the protocol', () => {
  test.each([0, 2, 17])('%d in hello is told, not guessed at', async (protocol) => {
    const rig = new Rig();
    rig.server.protocol = protocol;
    const price = rig.tide.price();
    rig.server.price();
    await settle();
    expect(rig.errors).toMatchObject([{ code: 'PROTOCOL_UNSUPPORTED', fatal: true }]);
    expect(rig.errors[0]!.message).toContain(String(protocol));
    expect(rig.tide.status.state).toBe('closed');
    expect(price.latest).toBeNull();
    await rig.pass(600_000);
    expect(rig.sockets.all).toHaveLength(1);
  });

  test('a server that would let us in is tried again, and no trouble', async () => {
    const rig = await refused(upgradeRequired(['tidegauge.v1']));
    expect(rig.errors).toEqual([]);
    expect(rig.tide.status).toMatchObject({ state: 'reconnecting', error: null });
  });

  test('hello of a newer server with more in it is taken', async () => {
    const rig = new Rig();
    rig.server.isStuck = true;
    const price = rig.tide.price();
    await settle();
    const [socket] = rig.sockets.all;
    socket!.open();
    socket!.receive({ ...rig.server.hello(), tides: { high: 1 } });
    socket!.receive({ type: 'tide_table', high: 1 });
    socket!.receive({ ...rig.server.price(), moon: 'full' });
    expect(price.latest).toMatchObject({ seq: 1, priceUsd: 95_000 });
    expect(price.latest).not.toHaveProperty('moon');
    expect(rig.errors).toEqual([]);
  });
});

test('an address that no WebSocket can be opened to is refused, not thrown at somebody', async () => {
  const { createClient } = await import('../src/client.ts');
  const rig = new Rig();
  const errors: unknown[] = [];
  const tide = createClient(
    'http://tide.example/',
    {},
    {
      clock: rig.clock,
      random: () => 0.5,
      openSocket: () => {
        throw new DOMException('insecure', 'SecurityError');
      },
      fetch: rig.http.fetch,
      surroundings: rig.surroundings,
    },
  );
  tide.on('error', (error) => errors.push(error));
  tide.price();
  await settle();
  expect(errors).toMatchObject([{ code: 'REFUSED', fatal: true, cause: expect.any(DOMException) }]);
  expect(tide.status.state).toBe('closed');
  tide.close();
  expect(rig.clock.pending).toBe(0);
});
