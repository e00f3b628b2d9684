/** REST and the page through the workers of `serve --workers 2`, and keys in front of them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { StreamClient, upgradeStatus } from './stream-client.ts';
import { WorkerServer } from './worker-server.ts';

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Over a connection of its own, so that any worker may have it. */
async function ask(
  url: string,
  method = 'GET',
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const agent = new Agent({ keepAlive: false });
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, headers, agent }, (response) => {
      const { statusCode = 0 } = response;
      text(response).then(
        (body) => resolve({ status: statusCode, headers: response.headers, body }),
        reject,
      );
    });
    asking.on('error', reject);
    asking.end();
  });
}

test('answers are those of the main process, through any worker', async () => {
  const server = await WorkerServer.start({ METRICS_ALLOW: '10.0.0.0/8' });
  const times = Array.from({ length: 12 });
  const pages = await Promise.all(times.map(() => ask(server.url)));
  expect(new Set(pages.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(pages.map(({ headers }) => headers.etag)).size).toBe(1);
  expect(pages[0]!.headers['content-security-policy']).toContain(
    `ws://${new URL(server.url).host}`,
  );
  const etag = String(pages[0]!.headers.etag);
  expect(await ask(server.url, 'GET', { 'if-none-match': etag })).toMatchObject({ status: 304 });
  const head = await ask(server.url, 'HEAD');
  expect(head).toMatchObject({ status: 200, body: '' });
  expect(head.headers['content-length']).toBe(String(Buffer.byteLength(pages[0]!.body)));

  expect(JSON.parse((await ask(`${server.url}api/v1/symbols`)).body)).toMatchObject({ demo: true });
  const wrong = await ask(`${server.url}api/v1/price/history?from=x&to=1&interval=1m`);
  expect(wrong.status).toBe(400);
  expect(wrong.body).toContain("'x'");
  expect((await ask(`${server.url}nowhere`)).status).toBe(404);
  const posted = await ask(`${server.url}health`, 'POST', { 'content-length': '0' });
  expect(posted).toMatchObject({ status: 405, headers: { connection: 'close' } });
});

test('who a client is cannot be made up', async () => {
  const server = await WorkerServer.start({ METRICS_ALLOW: '10.0.0.0/8' });
  for (const headers of [
    {},
    { 'x-tidegauge-client': '10.1.1.1', 'x-tidegauge-certain-client': '10.1.1.1' },
  ]) {
    expect((await ask(`${server.url}metrics`, 'GET', headers)).status).toBe(403);
  }
});

test('keys are asked for by the workers and by the main process alike', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidegauge-keys-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'keys');
  writeFileSync(file, 'desk:0123456789abcdef\n');
  const server = await WorkerServer.start({ API_KEYS_FILE: file });
  const key = { authorization: 'Bearer 0123456789abcdef' };
  expect(await upgradeStatus(server.mempool)).toBe(401);
  expect(await upgradeStatus(server.mempool, key)).toBe(101);
  expect((await ask(`${server.url}api/v1/symbols`)).status).toBe(401);
  expect((await ask(`${server.url}api/v1/symbols`, 'GET', key)).status).toBe(200);
  const plain = server.mempool.replace('ws', 'http');
  const refused = await ask(plain);
  expect(refused).toMatchObject({
    status: 401,
    headers: { 'www-authenticate': 'Bearer realm="tidegauge"' },
  });
  expect((await ask(plain, 'GET', key)).status).toBe(426);
});

test('a plain question is answered by what all workers know', async () => {
  const server = await WorkerServer.start({ WS_MAX_CONNECTIONS_PER_IP: '3' });
  const plain = server.heatmap.replace('ws', 'http');
  const times = Array.from({ length: 12 });
  const open = await Promise.all(times.map(() => ask(plain)));
  expect(new Set(open.map(({ status }) => status))).toEqual(new Set([426]));
  expect(open[0]!.headers.upgrade).toBe('websocket');

  for (let count = 1; count <= 3; count++) {
    await new StreamClient(server.mempool, { subscribe: 'price' }).opened();
    // Its worker has told the main process by now, and that one the other worker.
    await server.process.healthOnce((health) => health.clients_connected === count);
  }
  for (const answer of await Promise.all(times.map(() => ask(plain)))) {
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '30']);
    expect(answer.body).toContain('TOO_MANY_CONNECTIONS');
  }
  expect(await server.json('ws/stats')).toMatchObject({ refused_by_reason: {} });
});
