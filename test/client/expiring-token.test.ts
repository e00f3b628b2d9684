/** The client at a real server that asks for tokens, which end, or are wrong from the start. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SignJWT } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import type { Status, TransactionsUpdate } from '../../packages/client/src/api.ts';
import type { TidegaugeError } from '../../packages/client/src/errors.ts';
import { connect } from '../../packages/client/src/node.ts';
import { NodeWebSocket } from '../../packages/client/src/node-socket.ts';
import { RealProcess } from '../real-process.ts';
import { WatchedClient } from './watched-client.ts';

const secret = randomBytes(32).toString('hex');
/** The server goes by a token for so long after its end: clocks are off. */
const TOLERANCE_SEC = 5;

/** @param forSec how long it will let in */
function token(forSec: number, key = secret): Promise<string> {
  const endSec = Math.ceil(Date.now() / 1000) + forSec - TOLERANCE_SEC;
  const claims = new SignJWT({ sub: 'somebody', nr: randomBytes(4).toString('hex') });
  return claims
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(endSec)
    .sign(Buffer.from(key));
}

async function startServer(): Promise<{ readonly server: RealProcess; readonly url: string }> {
  const directory = mkdtempSync(path.join(tmpdir(), 'tidegauge-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = path.join(directory, 'secret');
  writeFileSync(file, secret);
  const server = new RealProcess(['serve'], {
    PORT: '0',
    JWT_SECRET_FILE: file,
    LOG_LEVEL: 'debug',
    MEMPOOL_UPDATE_INTERVAL_MS: '100',
  });
  return { server, url: await server.url() };
}

/** How often the server was brought what lets nobody in. */
function refusals({ log }: RealProcess): number {
  return log.filter(({ event }) => event === 'access_refused').length;
}

test('a token that ends is followed by the next, and nothing is missing in between', async () => {
  const { server, url } = await startServer();
  const given: string[] = [];
  const tide = connect(url, {
    token: async () => {
      given.push(await token(given.length === 0 ? 2 : 60));
      return given.at(-1)!;
    },
  });
  onTestFinished(() => tide.close());
  const errors: TidegaugeError[] = [];
  const statuses: Status[] = [];
  tide.on('error', (error) => errors.push(error));
  tide.on('status', (status) => statuses.push(status));
  const updates: TransactionsUpdate[] = [];
  const after = 10;
  let sinceSecond = 0;
  for await (const update of tide.transactions()) {
    updates.push(update);
    if (given.length === 2) sinceSecond += 1;
    if (sinceSecond === after) break;
  }
  expect(given.length).toBe(2);
  expect(new Set(given).size).toBe(2);
  expect(errors).toEqual([]);
  // What replaces the whole window leaves no gap, however far it went.
  const added = updates.filter(({ whole }) => !whole);
  expect(added.map(({ missed }) => missed)).toEqual(added.map(() => 0));
  expect(new Set(updates.map(({ via }) => via))).toEqual(new Set(['websocket']));
  expect(new Set(statuses.map(({ failures }) => failures))).toEqual(new Set([0, 1]));
  expect(refusals(server)).toBe(0);
});

test('a token that is always the same ends with the line, for good', async () => {
  const { url } = await startServer();
  const tide = connect(url, { token: await token(2) });
  onTestFinished(() => tide.close());
  const errors: TidegaugeError[] = [];
  tide.on('error', (error) => errors.push(error));
  const statuses: Status[] = [];
  tide.on('status', (status) => statuses.push(status));
  let updates = 0;
  const loop = (async () => {
    for await (const update of tide.price()) updates += update.seq > 0 ? 1 : 0;
  })();
  await expect(loop).rejects.toMatchObject({ code: 'UNAUTHORIZED', closeCode: 4501, fatal: true });
  expect(updates).toBeGreaterThan(0);
  expect(errors).toMatchObject([{ code: 'UNAUTHORIZED', closeCode: 4501, fatal: true }]);
  expect(statuses.filter(({ state }) => state === 'closed')).toMatchObject([{ retryAtMs: null }]);
});

test('wrong tokens cost the server two failures a try, and a wait when it counted ten', async () => {
  const { server, url } = await startServer();
  const wrong = (): Promise<string> => token(60, 'x'.repeat(32));

  const same = new WatchedClient(url, { token: await wrong(), WebSocket: NodeWebSocket });
  same.tide.price(same.take);
  await same.until(({ tide }) => tide.status.state === 'closed');
  expect(same.errors).toMatchObject([{ code: 'UNAUTHORIZED', status: 401, fatal: true }]);
  expect(refusals(server)).toBe(2);

  const stubborn = await wrong();
  const asked = new WatchedClient(url, { token: () => stubborn, WebSocket: NodeWebSocket });
  asked.tide.price(asked.take);
  await asked.until(({ tide }) => tide.status.state === 'closed');
  expect(asked.errors).toMatchObject([{ code: 'UNAUTHORIZED', fatal: true }]);
  expect(refusals(server)).toBe(4);

  const others = new WatchedClient(url, { token: wrong, WebSocket: NodeWebSocket });
  others.tide.price(others.take);
  for (let tries = 1; !others.codes.includes('UNAVAILABLE'); tries++) {
    await others.toNextTry();
    await others.until(({ tide, asking }) => tide.status.failures === tries && asking === 0);
  }
  expect(others.errors.at(-1)).toMatchObject({ status: 429, serverCode: 'TOO_MANY_FAILURES' });
  expect(refusals(server)).toBe(10);
  const { retryAtMs } = others.tide.status;
  expect(retryAtMs! - others.clock.nowMs()).toBeGreaterThan(30_000);
});
