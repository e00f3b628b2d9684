/** A plain request for the address of a WebSocket, beside an upgrade of the same: one answer. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Config } from '../../src/config.ts';
import { Client, type Running, refusedUpgrade, run } from '../http-harness.ts';
import { expectBody } from './ask.ts';

const KEY = 'k3y-of.alice~2026';
const PAGE = 'https://good.example';

let running: Running | null = null;
const clients: Client[] = [];
let apiKeysFile = '';

beforeAll(() => {
  const directory = mkdtempSync(path.join(tmpdir(), 'tidegauge-question-'));
  apiKeysFile = path.join(directory, 'keys');
  writeFileSync(apiKeysFile, `alice:${KEY}\n`);
  return () => rmSync(directory, { recursive: true });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.terminate();
  await running?.server.drain();
  running = null;
});

async function start(config: Partial<Config> = {}): Promise<Running> {
  running = await run({ config: { allowedOrigins: [PAGE], ...config } });
  return running;
}

async function join(url: string): Promise<void> {
  const client = new Client(url);
  clients.push(client);
  await client.opened();
}

interface Answered {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly error: Readonly<Record<string, unknown>>;
}

async function question(url: string, headers: Record<string, string> = {}): Promise<Answered> {
  const response = await fetch(url.replace('ws', 'http'), { headers });
  expect(response.headers.get('cache-control')).toBe('no-store');
  const { error } = expectBody('ErrorBody', await response.json()) as Pick<Answered, 'error'>;
  const retryAfter = response.headers.get('retry-after') ?? undefined;
  return { status: response.status, retryAfter, error };
}

/** Asks, and holds the answer to what an upgrade is refused with. */
async function questionAndUpgrade(
  url: string,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const answered = await question(url, headers);
  const refused = await refusedUpgrade(url, [], { headers });
  const { status, error } = refused;
  expect(answered).toEqual({ status, error, retryAfter: refused.headers['retry-after'] });
  return answered;
}

test('who would be let in is told so, with the subprotocols that are spoken', async () => {
  const { stream } = await start();
  for (const url of [stream, stream.replace('mempool', 'heatmap'), `${stream}?subscribe=none`]) {
    expect(await question(url)).toEqual({
      status: 426,
      retryAfter: undefined,
      error: {
        code: 'UPGRADE_REQUIRED',
        message: 'this path speaks WebSocket only',
        protocols: ['tidegauge.v1'],
      },
    });
  }
  const response = await fetch(stream.replace('ws', 'http'), { method: 'HEAD' });
  expect([response.status, response.headers.get('upgrade')]).toEqual([426, 'websocket']);
});

test('a parameter that is not allowed: 400', async () => {
  const { stream } = await start();
  const { error } = await questionAndUpgrade(`${stream}?session=a+b`);
  expect(error.code).toBe('INVALID_PARAMETER');
});

test('a page that may not read: 403', async () => {
  const { stream } = await start();
  const { error } = await questionAndUpgrade(stream, { origin: 'https://evil.example' });
  expect(error.code).toBe('ORIGIN_NOT_ALLOWED');
  expect((await question(stream, { origin: PAGE })).status).toBe(426);
});

test('without a valid key: 401, and wrong ones count as tries', async () => {
  const { stream } = await start({ apiKeysFile });
  expect((await questionAndUpgrade(stream)).error.code).toBe('UNAUTHORIZED');
  expect((await question(stream, { authorization: `Bearer ${KEY}` })).status).toBe(426);
  expect((await question(stream, { 'x-api-key': KEY })).status).toBe(426);
  for (let i = 0; i < 5; i++) {
    expect((await questionAndUpgrade(stream, { 'x-api-key': 'wrong' })).status).toBe(401);
  }
  const { status, error, retryAfter } = await question(stream, { 'x-api-key': KEY });
  expect([status, error.code]).toEqual([429, 'TOO_MANY_FAILURES']);
  expect(Number(retryAfter)).toBeGreaterThan(50);
});

test('an address with as many connections as it may have: 429, until one has left', async () => {
  const { stream, server } = await start({ wsMaxConnectionsPerIp: 1 });
  await join(stream);
  const { error, retryAfter } = await questionAndUpgrade(stream);
  expect([error.code, retryAfter]).toEqual(['TOO_MANY_CONNECTIONS', '30']);
  clients[0]!.socket.close();
  await clients[0]!.closed;
  expect(server.clients()).toBe(0);
  expect((await question(stream)).status).toBe(426);
});

test('behind a trusted proxy it is answered for the client that the proxy names', async () => {
  const { stream } = await start({ wsMaxConnectionsPerIp: 1, trustedProxies: ['127.0.0.1'] });
  await join(stream);
  expect((await question(stream)).status).toBe(429);
  expect((await question(stream, { 'x-forwarded-for': '203.0.113.7' })).status).toBe(426);
});

test('a server that is full, or without WebSockets: 503', async () => {
  const { stream, server } = await start({ wsMaxConnections: 1 });
  await join(stream);
  expect((await questionAndUpgrade(stream)).error.code).toBe('SERVER_FULL');
  await server.drain();
  const off = await start({ wsEnabled: false });
  const { error, retryAfter } = await questionAndUpgrade(off.stream);
  expect([error.code, retryAfter]).toEqual(['WEBSOCKETS_OFF', '300']);
});

test('a server that drains: 503', async () => {
  const { stream, server, port } = await start();
  // A client that does not answer the close keeps the drain going.
  const silent = connect(port, '127.0.0.1');
  onTestFinished(() => void silent.destroy());
  const lines = ['Host: x', 'Connection: Upgrade', 'Upgrade: websocket'];
  lines.push('Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==');
  silent.write(`GET /ws/heatmap HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  await new Promise((resolve) => silent.once('data', resolve));
  silent.pause();
  const drained = server.drain();
  const { error, retryAfter } = await questionAndUpgrade(stream);
  expect([error.code, retryAfter]).toEqual(['DRAINING', '10']);
  silent.destroy();
  await drained;
});

test('questions do not count as upgrades that were refused', async () => {
  const { stream, origin } = await start({ wsEnabled: false });
  await question(stream);
  const stats = async () => (await fetch(`${origin}/ws/stats`)).json();
  expect(await stats()).toMatchObject({ refused_by_reason: {} });
  await refusedUpgrade(stream);
  expect(await stats()).toMatchObject({ refused_by_reason: { WEBSOCKETS_OFF: 1 } });
});

test('a page of a listed origin may ask with a key, and reads when to come back', async () => {
  const { stream } = await start({ apiKeysFile, wsEnabled: false });
  const url = stream.replace('ws', 'http');
  const asking = {
    origin: PAGE,
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'authorization',
  };
  const preflight = await fetch(url, { method: 'OPTIONS', headers: asking });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization');
  const headers = { origin: PAGE, authorization: `Bearer ${KEY}` };
  const { status, headers: answered } = await fetch(url, { headers });
  expect([status, answered.get('retry-after')]).toEqual([503, '300']);
  expect(answered.get('access-control-allow-origin')).toBe(PAGE);
  expect(answered.get('access-control-expose-headers')).toContain('Retry-After');
  const foreign = await fetch(url, { headers: { origin: 'https://evil.example' } });
  expect(foreign.headers.has('access-control-allow-origin')).toBe(false);
});

test('other methods: 405', async () => {
  const { stream } = await start();
  const answer = await fetch(stream.replace('ws', 'http'), { method: 'POST' });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
});
