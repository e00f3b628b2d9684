/** Keys and tokens on a real server, over WebSockets and REST. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Config } from '../../src/config.ts';
import { Client, type Running, refusedUpgrade, run } from '../http-harness.ts';

const KEY = 'k3y-of.alice~2026';
const SECRET = 'a secret of thirty-two bytes, or more';

let directory = '';
let keys: Partial<Config> = {};
let running: Running | null = null;
let jwks: Server | null = null;
const clients: Client[] = [];

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'tidegauge-access-'));
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(directory, name), text);
    return path.join(directory, name);
  };
  keys = {
    apiKeysFile: file('keys', `alice:${KEY}\n`),
    jwtSecretFile: file('secret', `${SECRET}\n`),
  };
});

afterAll(() => rmSync(directory, { recursive: true }));

afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.terminate();
  jwks?.close();
  jwks?.closeAllConnections();
  jwks = null;
  await running?.server.drain();
  running = null;
});

async function start(config: Partial<Config> = {}): Promise<Running> {
  running = await run({ config: { ...keys, ...config } });
  return running;
}

async function join(url: string, protocols: string[], headers = {}): Promise<Client> {
  const client = new Client(url, protocols, { headers });
  clients.push(client);
  return client.opened();
}

function token(endsInSec: number): Promise<string> {
  const nowSec = Math.floor(Date.now() / 1000);
  return new SignJWT({ exp: nowSec + endsInSec })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(SECRET));
}

/** Of a key that has to be fetched; the signature is never looked at. */
const FOREIGN_TOKEN = `${Buffer.from('{"alg":"ES256","kid":"k"}').toString('base64url')}.e30.AA`;

describe('WebSockets', () => {
  test('a key or token in a header, or as a subprotocol that is not sent back', async () => {
    const { stream, log } = await start();
    await join(stream, [], { authorization: `Bearer ${KEY}` });
    expect(log.events('ws_connect')).toMatchObject([{ holder: 'alice', clients: 1 }]);
    await join(stream, [], { authorization: `bearer ${await token(60)}` });
    await join(stream, ['tidegauge.v1'], { 'x-api-key': KEY });
    const browser = await join(stream, ['tidegauge.v1', `tidegauge.auth.${KEY}`]);
    expect(browser.socket.protocol).toBe('tidegauge.v1');
    expect(await browser.next()).toMatchObject({ type: 'hello' });
    await join(stream, [`tidegauge.auth.${await token(60)}`, 'tidegauge.v1']);
    await join(stream.replace('mempool', 'heatmap'), [], { 'x-api-key': KEY });
  });

  test('none, a wrong one, one that is over and one in the query are refused', async () => {
    const { stream } = await start();
    const refused = await refusedUpgrade(stream);
    expect([refused.status, refused.error.code]).toEqual([401, 'UNAUTHORIZED']);
    expect(refused.headers['www-authenticate']).toBe('Bearer realm="tidegauge"');
    expect(refused.error.message).toContain('asks for a key or token');
    for (const [protocols, headers] of [
      [[], { 'x-api-key': `${KEY}x` }],
      [['tidegauge.v1', 'tidegauge.auth.wrong'], {}],
      [[], { authorization: `Bearer ${await token(-60)}` }],
      [[], { authorization: `Basic ${KEY}` }],
    ] as const) {
      expect((await refusedUpgrade(stream, [...protocols], { headers })).status).toBe(401);
    }
    expect((await refusedUpgrade(`${stream}?key=${KEY}`)).status).toBe(401);
  });

  test('the form of the request comes first: who asks wrongly is not asked for a key', async () => {
    const { stream } = await start();
    expect((await refusedUpgrade(`${stream}?session=a+b`)).status).toBe(400);
    expect((await refusedUpgrade(stream, [`tidegauge.auth.${KEY}`])).error).toEqual({
      code: 'UNKNOWN_SUBPROTOCOL',
      message: 'a key alone is offered as subprotocol; allowed: tidegauge.v1 beside it',
    });
  });

  test('a connection ends with its token, one that a key let in does not', async () => {
    const { stream } = await start();
    // Taken for 5 s beyond its end, for clocks that are off: a second at least is left to join.
    const ending = await join(stream, [], { authorization: `Bearer ${await token(-3)}` });
    const keyed = await join(stream, [], { 'x-api-key': KEY });
    expect(await ending.closed).toEqual({ code: 4501, reason: 'the token has expired' });
    expect(await keyed.nextOf('price_update')).toMatchObject({ type: 'price_update' });
  });

  test('limits hold for those who have waited for their token together', async () => {
    const { stream } = await start({ wsMaxConnectionsPerIp: 3 });
    const headers = { authorization: `Bearer ${await token(60)}` };
    const all = Array.from({ length: 8 }, () => new Client(stream, [], { headers }));
    clients.push(...all);
    const opened = await Promise.all(
      all.map(({ socket }) =>
        Promise.race([
          once(socket, 'open').then(() => 101),
          once(socket, 'unexpected-response').then(
            ([, answer]) => (answer as { statusCode: number }).statusCode,
          ),
        ]),
      ),
    );
    expect(opened.toSorted((a, b) => a - b)).toEqual([101, 101, 101, 429, 429, 429, 429, 429]);
  });

  test('a client that left while its token was checked is let go, and nothing breaks', async () => {
    const asked: ServerResponse[] = [];
    jwks = createServer((_, response) => void asked.push(response)).listen(0, '127.0.0.1');
    await once(jwks, 'listening');
    const { port: jwksPort } = jwks.address() as AddressInfo;
    const jwtJwksUrl = `http://127.0.0.1:${jwksPort}/`;
    const { port, server, stream } = await start({ jwtSecretFile: null, jwtJwksUrl });
    const lines = [
      'GET /ws/mempool HTTP/1.1',
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `Authorization: Bearer ${FOREIGN_TOKEN}`,
    ];
    const sockets = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    for (const socket of sockets) {
      await once(socket, 'connect');
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    }
    await once(jwks, 'request');
    sockets[0]!.resetAndDestroy();
    sockets[1]!.destroy();
    await once(sockets[1]!, 'close');
    // The server has seen both ends once it has answered somebody who came later.
    await join(stream, [], { 'x-api-key': KEY });
    for (const response of asked) response.end('{"keys":[]}');
    await join(stream, [], { 'x-api-key': KEY });
    expect(server.clients()).toBe(2);
  });

  test('without the JWKS tokens are told to come back, keys go on', async () => {
    jwks = createServer((_, response) => response.writeHead(500).end()).listen(0, '127.0.0.1');
    await once(jwks, 'listening');
    const { port } = jwks.address() as AddressInfo;
    const jwtJwksUrl = `http://127.0.0.1:${port}/`;
    const { stream, log } = await start({ jwtSecretFile: null, jwtJwksUrl });
    const headers = { authorization: `Bearer ${FOREIGN_TOKEN}` };
    const refused = await refusedUpgrade(stream, [], { headers });
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '10']);
    await join(stream, [], { 'x-api-key': KEY });
    expect(log.events('jwks_lost')).toHaveLength(1);
  });
});

describe('REST', () => {
  const ask = (url: string, headers = {}, method = 'GET'): Promise<Response> =>
    fetch(url, { headers, method });

  test('is closed as well, but for /health and the page', async () => {
    const { origin } = await start({ allowedOrigins: ['https://a.example'] });
    expect((await ask(`${origin}/health`)).status).toBe(200);
    expect((await ask(`${origin}/`)).headers.get('content-type')).toContain('text/html');
    for (const path of [
      '/api/v1/price',
      '/api/v1/mempool?channels=price',
      '/api/v1/symbols',
      '/liquidations/heatmap-timeseries',
    ]) {
      const refused = await ask(origin + path, { origin: 'https://a.example' });
      expect([path, refused.status]).toEqual([path, 401]);
      expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="tidegauge"');
      expect(refused.headers.get('access-control-allow-origin')).toBe('https://a.example');
      expect(await refused.json()).toMatchObject({ error: { code: 'UNAUTHORIZED' } });
    }
    expect((await ask(`${origin}/api/v1/price`, { 'x-api-key': KEY })).status).toBe(200);
    const bearer = { authorization: `Bearer ${await token(60)}` };
    expect((await ask(`${origin}/api/v1/symbols`, bearer)).status).toBe(200);
  });

  test('a page of another origin may send a key: the preflight allows the headers', async () => {
    const { origin } = await start({ allowedOrigins: ['https://a.example'] });
    const headers = {
      origin: 'https://a.example',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization, x-api-key',
    };
    const answer = await ask(`${origin}/api/v1/price`, headers, 'OPTIONS');
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-headers')).toBe(
      'Authorization, If-None-Match, X-API-Key',
    );
  });
});

describe('guessing', () => {
  test('ends after ten failures, for REST and WebSockets together, and of one address', async () => {
    const { origin, stream, log } = await start({ trustedProxies: ['127.0.0.1'] });
    const from = (address: string, key: string): Record<string, string> => ({
      'x-forwarded-for': address,
      'x-api-key': key,
    });
    for (let i = 0; i < 5; i++) {
      const headers = from('203.0.113.7', `guess-${i}`);
      expect((await fetch(`${origin}/api/v1/price`, { headers })).status).toBe(401);
      expect((await refusedUpgrade(stream, [], { headers })).status).toBe(401);
    }
    const right = from('203.0.113.7', KEY);
    const refused = await refusedUpgrade(stream, [], { headers: right });
    expect([refused.status, refused.error.code]).toEqual([429, 'TOO_MANY_FAILURES']);
    const waitSec = Number(refused.headers['retry-after']);
    expect(waitSec).toBeGreaterThan(50);
    expect(waitSec).toBeLessThanOrEqual(60);
    expect((await fetch(`${origin}/api/v1/price`, { headers: right })).status).toBe(429);
    await join(stream, [], from('203.0.113.8', KEY));
    expect(log.events('access_locked')).toMatchObject([{ client: '203.0.113.7' }]);
    expect(JSON.stringify(log.lines)).not.toContain('guess-');
  });

  test('counts an IPv6 host by its network', async () => {
    const { origin } = await start({ trustedProxies: ['127.0.0.1'] });
    for (let i = 0; i < 10; i++) {
      const headers = { 'x-forwarded-for': `2001:db8:1:2::${i}`, 'x-api-key': 'wrong' };
      await fetch(`${origin}/api/v1/price`, { headers });
    }
    const same = { 'x-forwarded-for': '2001:db8:1:2:ffff::', 'x-api-key': KEY };
    expect((await fetch(`${origin}/api/v1/price`, { headers: same })).status).toBe(429);
    const other = { 'x-forwarded-for': '2001:db8:1:3::1', 'x-api-key': KEY };
    expect((await fetch(`${origin}/api/v1/price`, { headers: other })).status).toBe(200);
  });
});
