/** Plain requests from a listening server to the one that answers, over a real Unix socket. */
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ClientAddresses } from '../../src/http/client-address.ts';
import { RequestForwarder } from '../../src/http/request-forwarder.ts';
import type { Route, RouteRequest } from '../../src/http/router.ts';
import { WebServer } from '../../src/http/web-server.ts';
import { InnerServer } from '../../src/workers/inner-server.ts';
import { routerWith } from '../http/ask.ts';
import { openWaiting } from '../http/open-upgrades.ts';
import { FakeLog } from '../hub-fakes.ts';

const LONG_BYTES = 8 * 1024 * 1024;

const log = new FakeLog();
const asked: RouteRequest[] = [];
let socketPath: string;
let inner: InnerServer;
let front: WebServer;
let forwarder: RequestForwarder;
let origin: string;
let port: number;
/** What `/held` waits for. */
let release: () => void = () => {};

const json = { 'content-type': 'application/json' };
const routes: Route[] = [
  {
    path: '/echo',
    parameters: ['a'],
    answer: (request) => {
      asked.push(request);
      const headers = { ...json, 'x-two': 'words', etag: '"e"' };
      return { status: 203, headers, body: Buffer.from('{"ok":true}') };
    },
  },
  {
    path: '/long',
    parameters: [],
    answer: () => ({ status: 200, headers: {}, body: Buffer.alloc(LONG_BYTES, 'x') }),
  },
  {
    path: '/held',
    parameters: [],
    answer: async (request) => {
      asked.push(request);
      await new Promise<void>((resolve) => {
        release = resolve;
        arrived();
      });
      return { status: 200, headers: json, body: Buffer.from('{}') };
    },
  },
];
let arrived: () => void = () => {};

beforeEach(async () => {
  asked.length = 0;
  const addresses = new ClientAddresses(['127.0.0.1']);
  inner = new InnerServer({ log, router: routerWith(routes) });
  socketPath = await inner.listen();
  forwarder = new RequestForwarder({ upstream: socketPath, addresses, log });
  front = new WebServer({
    log,
    router: forwarder,
    upgrades: null,
    addresses,
    waiting: openWaiting(),
  });
  ({ port } = await front.listen('127.0.0.1', 0));
  origin = `http://127.0.0.1:${port}`;
});

afterEach(async () => {
  release();
  forwarder.close();
  await front.close();
  await inner.close();
});

test('only this user may reach the socket, and it is gone in the end', async () => {
  expect(statSync(path.dirname(socketPath)).mode & 0o777).toBe(0o700);
  await inner.close();
  expect(existsSync(path.dirname(socketPath))).toBe(false);
});

test('target, headers, status and body go through; who the client is cannot be made up', async () => {
  const response = await fetch(`${origin}/echo?a=%C3%BC`, {
    headers: {
      'x-forwarded-for': '192.0.2.7',
      'x-tidegauge-client': '10.0.0.1',
      'X-Tidegauge-Certain-Client': '10.0.0.1',
      'if-none-match': '"x"',
    },
  });
  expect(response.status).toBe(203);
  expect(response.headers.get('x-two')).toBe('words');
  expect(response.headers.get('content-length')).toBe('11');
  expect(await response.json()).toEqual({ ok: true });
  expect(asked).toMatchObject([{ client: '192.0.2.7', address: '192.0.2.7', ifNoneMatch: '"x"' }]);
  expect(asked[0]!.query.get('a')).toBe('ü');
  // From a proxy that says nothing of its client nobody knows who asks.
  await fetch(`${origin}/echo`, { headers: { via: '1.1 somewhere' } });
  expect(asked[1]).toMatchObject({ client: '127.0.0.1', address: null });
});

test('methods go through: HEAD without a body, others refused and their connection ended', async () => {
  const headers = { 'accept-encoding': 'identity' };
  const head = await fetch(`${origin}/long`, { method: 'HEAD', headers });
  expect(head.headers.get('content-length')).toBe(String(LONG_BYTES));
  for (const body of ['short', 'x'.repeat(1_000_000)]) {
    const response = await fetch(`${origin}/echo`, { method: 'POST', body });
    expect(response.status).toBe(405);
    expect(response.headers.get('connection')).toBe('close');
  }
  expect(asked).toEqual([]);
});

test('a request of HTTP/1.0 needs no Host, as probes of load balancers have none', async () => {
  const client = connect(port, '127.0.0.1');
  client.write('GET /echo HTTP/1.0\r\n\r\n');
  expect(await text(client)).toMatch(/^HTTP\/1\.1 203 .*\{"ok":true\}$/s);
});

test('a body in chunks behind a GET is no request of its own', async () => {
  const client = connect(port, '127.0.0.1');
  client.write(
    'GET /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n' +
      '1f\r\nGET /held HTTP/1.1\r\nhost: y\r\n\r\n\r\n0\r\n\r\n' +
      'GET /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
  );
  const answers = await text(client);
  expect(answers.match(/HTTP\/1\.1 203/g)).toHaveLength(2);
  expect(asked).toHaveLength(2);
});

test('a long answer goes through whole, also to who reads slowly', async () => {
  const client = connect(port, '127.0.0.1');
  client.write('GET /long HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  let bytes = 0;
  client.on('data', (chunk) => {
    bytes += chunk.length;
    client.pause();
    setImmediate(() => client.resume());
  });
  await once(client, 'end');
  expect(bytes).toBeGreaterThan(LONG_BYTES);
});

test('work for a client that goes away is called off', async () => {
  const coming = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const leaving = new AbortController();
  const answer = fetch(`${origin}/held`, { signal: leaving.signal });
  await coming;
  const { signal } = asked[0]!;
  leaving.abort();
  await expect(answer).rejects.toThrow();
  if (!signal.aborted) await once(signal, 'abort');
  expect(signal.aborted).toBe(true);
});

test('when nobody answers there, clients are told to come back', async () => {
  await inner.close();
  const response = await fetch(`${origin}/echo`);
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('10');
  expect(await response.json()).toMatchObject({ error: { code: 'DRAINING' } });
});
