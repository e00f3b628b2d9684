import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { browserKeyCheck } from '../src/rest/key-check.ts';

let server: Server;
let answer: { status: number; headers?: Record<string, string>; body: string };
let brought: (string | undefined)[];
let url: URL;

beforeEach(async () => {
  brought = [];
  server = createServer(({ headers }, response) => {
    brought.push(headers.authorization);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/price`);
});

afterEach(() => {
  server.close();
  server.closeAllConnections();
});

function refusal(code: string): string {
  return JSON.stringify({ error: { code, message: 'x' } });
}

describe('what the server says to a key', () => {
  it('is brought as a header, or none is', async () => {
    answer = { status: 200, body: '{}' };
    expect(await browserKeyCheck(url)('abc')).toEqual({ kind: 'admitted' });
    expect(await browserKeyCheck(url)(null)).toEqual({ kind: 'admitted' });
    expect(brought).toEqual(['Bearer abc', undefined]);
  });

  it('a wrong one is refused, too many wrong ones have to wait', async () => {
    answer = { status: 401, body: refusal('UNAUTHORIZED') };
    expect(await browserKeyCheck(url)('abc')).toEqual({ kind: 'refused' });
    const body = refusal('TOO_MANY_FAILURES');
    answer = { status: 429, headers: { 'retry-after': '7' }, body };
    expect(await browserKeyCheck(url)('abc')).toEqual({ kind: 'locked', waitMs: 7_000 });
    answer = { status: 429, body };
    expect(await browserKeyCheck(url)('abc')).toEqual({ kind: 'locked', waitMs: 60_000 });
  });

  it('another 429, such as that of a proxy, has nothing to do with keys', async () => {
    answer = { status: 429, body: '<h1>Too many requests</h1>' };
    expect(await browserKeyCheck(url)(null)).toEqual({ kind: 'unanswered' });
    answer = { status: 429, body: refusal('TOO_MANY_REQUESTS') };
    expect(await browserKeyCheck(url)(null)).toEqual({ kind: 'unanswered' });
  });

  it('nobody there is no answer', async () => {
    server.close();
    server.closeAllConnections();
    expect(await browserKeyCheck(url)('abc')).toEqual({ kind: 'unanswered' });
  });
});
