import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { OPEN_ACCESS } from '../src/access/access.ts';
import { type Answer, jsonAnswer } from '../src/http/answer.ts';
import { ClientAddresses } from '../src/http/client-address.ts';
import { OriginPolicy } from '../src/http/origin-policy.ts';
import { type RouteRequest, Router } from '../src/http/router.ts';
import { StaticFiles } from '../src/http/static-files.ts';
import { WebServer } from '../src/http/web-server.ts';
import { Hub } from '../src/hub/hub.ts';
import { MempoolEndpoint } from '../src/hub/mempool-endpoint.ts';
import { openUpgrades, openWaiting } from './http/open-upgrades.ts';
import { FakeLog, NOTHING_PUBLISHED, realHubParts } from './hub-fakes.ts';

const log = new FakeLog();
/** What a test asks at `/slow`. */
let slow: (request: RouteRequest) => Promise<Answer> = () => Promise.reject(new Error('unset'));
let server: WebServer | null = null;

async function listen(): Promise<{ origin: string; port: number }> {
  const addresses = new ClientAddresses([]);
  const parts = realHubParts(log);
  const hub = new Hub(parts);
  const mempool = new MempoolEndpoint({
    states: NOTHING_PUBLISHED,
    hello: () => '{}',
    broadcaster: parts.sendQueue,
  });
  server = new WebServer({
    log,
    router: new Router({
      routes: [
        {
          path: '/broken',
          parameters: null,
          answer: () => {
            throw new Error('out of order');
          },
        },
        { path: '/slow', parameters: [], answer: (request) => slow(request) },
      ],
      files: StaticFiles.load('/nonexistent'),
      origins: new OriginPolicy([]),
      access: OPEN_ACCESS,
    }),
    upgrades: openUpgrades(hub, [mempool], addresses),
    addresses,
    waiting: openWaiting(),
    headersTimeoutMs: 250,
    stillTimeoutMs: 500,
  });
  const { port } = await server.listen('127.0.0.1', 0);
  return { origin: `http://127.0.0.1:${port}`, port };
}

afterEach(async () => {
  await server?.close();
  server = null;
});

/** Sends text and resolves with all that comes until the server ends the connection. */
async function untilEnd(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  if (text !== '') socket.write(text);
  let received = '';
  for await (const chunk of socket) received += String(chunk);
  return received;
}

describe('answers on the wire', () => {
  test('carry the common headers and their length; HEAD has no body', async () => {
    const { origin } = await listen();
    const page = await fetch(origin);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(await page.text()).toContain('was not built');
    const head = await fetch(origin, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBeTruthy();
    expect(await head.text()).toBe('');
    const etag = page.headers.get('etag')!;
    const again = await fetch(origin, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
  });

  test('a route that fails is a 500 and a line in the log, not the end', async () => {
    const { origin } = await listen();
    const answer = await fetch(`${origin}/broken`);
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({ error: { code: 'SERVER_ERROR' } });
    expect(log.lines.at(-1)).toMatchObject({ level: 'error', fields: { url: '/broken' } });
    expect((await fetch(origin)).status).toBe(200);
  });

  test('an answer may take its time, and a failure then is a 500 as well', async () => {
    const { origin } = await listen();
    const asked = new EventEmitter();
    slow = async () => {
      const finished = once(asked, 'finish');
      asked.emit('begun');
      await finished;
      return jsonAnswer(200, '{"late":true}');
    };
    const begun = once(asked, 'begun');
    const answer = fetch(`${origin}/slow`);
    await begun;
    expect((await fetch(origin)).status).toBe(200);
    asked.emit('finish');
    expect(await (await answer).json()).toEqual({ late: true });
    slow = () => Promise.reject(new Error('out of order later'));
    expect((await fetch(`${origin}/slow`)).status).toBe(500);
    expect(log.lines.at(-1)).toMatchObject({ level: 'error', fields: { url: '/slow' } });
  });

  test('a client that goes away calls off what was begun for it', async () => {
    const { origin } = await listen();
    const asked = new EventEmitter();
    slow = async ({ signal }) => {
      asked.emit('begun', signal);
      await once(signal, 'abort');
      asked.emit('ended');
      throw new Error('called off');
    };
    const [begun, ended] = [once(asked, 'begun'), once(asked, 'ended')];
    const client = new AbortController();
    const answer = fetch(`${origin}/slow`, { signal: client.signal });
    const [signal] = (await begun) as [AbortSignal];
    expect(signal.aborted).toBe(false);
    client.abort();
    await expect(answer).rejects.toThrow('aborted');
    await ended;
    expect((await fetch(origin)).status).toBe(200);
    expect(log.lines.filter(({ fields }) => fields.url === '/slow').at(-1)).toMatchObject({
      level: 'debug',
      message: 'a request was given up by its client',
    });
  });

  test('a POST is answered and its connection ended', async () => {
    const { origin } = await listen();
    const answer = await fetch(origin, { method: 'POST', body: 'x'.repeat(100_000) });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(answer.headers.get('connection')).toBe('close');
  });
});

describe('bad peers', () => {
  test('what is no HTTP: 400 in JSON', async () => {
    const { port } = await listen();
    const answer = await untilEnd(port, 'good day\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
    expect(answer).toContain('"message":"this is no valid HTTP/1.1 request"');
  });

  test('headers that do not come to an end are cut off', async () => {
    const { port } = await listen();
    const answer = await untilEnd(port, 'GET / HTTP/1.1\r\nHost: x\r\n');
    expect(answer).toContain('the request did not arrive in time');
  });

  test('so is a connection that says nothing', async () => {
    const { port } = await listen();
    await untilEnd(port, '');
  });

  test('so is one that asks and never reads, and a WebSocket is not', async () => {
    const { origin, port } = await listen();
    const webSocket = new WebSocket(`${origin.replace('http', 'ws')}/ws/mempool`);
    await once(webSocket, 'open');
    const greedy = connect(port, '127.0.0.1').pause();
    greedy.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(20_000));
    // Reading nothing, it learns only from a write that the connection is gone.
    const nudging = setInterval(() => greedy.write('GET'), 50);
    const code = await new Promise((resolve) => {
      greedy.on('error', (error) => resolve('code' in error && error.code));
    });
    clearInterval(nudging);
    expect(['ECONNRESET', 'EPIPE']).toContain(code);
    expect(webSocket.readyState).toBe(WebSocket.OPEN);
    webSocket.terminate();
  });

  const slowRequest = 'GET /slow HTTP/1.1\r\nHost: x\r\n\r\n';
  const upgrade = [
    'GET /ws/mempool HTTP/1.1',
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  ].join('\r\n');

  test('an upgrade behind a request that is not answered yet is none', async () => {
    const { port } = await listen();
    let answerSlow: (answer: Answer) => void = () => {};
    slow = () => new Promise((resolve) => (answerSlow = resolve));
    const received = await untilEnd(port, slowRequest + upgrade);
    answerSlow(jsonAnswer(200, '{}'));
    // Else the answer to the first request would stand among the frames.
    expect(received).toMatch(/^HTTP\/1\.1 400 .*"BAD_UPGRADE"/s);
    expect(received).not.toContain('101');
  });

  test('one behind a request that is answered is taken', async () => {
    const { port } = await listen();
    slow = () => Promise.resolve(jsonAnswer(200, `"${'x'.repeat(1e6)}"`));
    const socket = connect(port, '127.0.0.1');
    socket.write(slowRequest);
    let received = '';
    for await (const chunk of socket) {
      received += String(chunk);
      if (received.endsWith('xx"')) socket.write(upgrade);
      if (received.includes('HTTP/1.1 101 ')) break;
    }
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 101']);
  });

  test('a peer that resets in the middle of an upgrade is survived', async () => {
    const { origin, port } = await listen();
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((resolve) => {
      socket.write('GET /ws/nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n');
      socket.write('Upgrade: websocket\r\n\r\n', () => resolve());
    });
    socket.resetAndDestroy();
    expect((await fetch(origin)).status).toBe(200);
  });
});
