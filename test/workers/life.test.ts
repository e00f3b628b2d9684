/** How workers of `serve --workers 2` begin, end and are replaced. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { RealProcess } from '../real-process.ts';
import { StreamClient, upgradeStatus } from './stream-client.ts';
import { runs, WorkerServer } from './worker-server.ts';

const PRICE = { subscribe: 'price' };
const HINT = /^reconnect after \d+ ms$/;

test('a worker that is killed is replaced, and the clients of the other notice nothing', async () => {
  const server = await WorkerServer.start();
  const [lost, kept] = await server.clients(3, server.mempool, PRICE);
  await server.stats(({ messages_sent }) => Number(messages_sent) > 0);
  const clients = lost!.length + kept!.length;
  const before = await server.stats((stats) => stats.active_connections === clients);
  const pid = server.pids().get(1)!;

  server.signal(1, 'SIGKILL');
  for (const client of lost!) expect(await client.closed).toMatchObject({ code: 1006 });
  expect(await server.process.logged(({ event }) => event === 'worker_ended')).toMatchObject({
    worker: 1,
    signal: 'SIGKILL',
  });
  for (const client of kept!) await client.all(client.received.length + 5, () => true);
  expect(kept!.some((client) => client.isClosed)).toBe(false);

  // Its clients are gone from the counts; what it did is not.
  const after = await server.stats((stats) => stats.active_connections === kept!.length);
  expect(Number(after.messages_sent)).toBeGreaterThanOrEqual(Number(before.messages_sent));
  await server.process.logged(
    (line) => line.event === 'worker_up' && line.worker === 1 && line.pid !== pid,
  );
  for (const client of (await server.clients(1, server.mempool, PRICE)).flat()) {
    await client.all(3, () => true);
  }
});

test('told to stop, all drain at once: hints for everybody, exit code 0, nobody left', async () => {
  const server = await WorkerServer.start({ DRAIN_SECONDS: '1' });
  const clients = (await server.clients(5, server.mempool, PRICE)).flat();
  const pids = [...server.pids().values()];
  // Ctrl-C in a terminal comes to all of them: the main process decides.
  server.signal(1, 'SIGINT');
  server.signal(2, 'SIGINT');
  const end = server.process.end('SIGINT');
  const closed = await Promise.all(clients.map((client) => client.closed));
  for (const each of closed)
    expect(each).toEqual({ code: 1012, reason: expect.stringMatching(HINT) });
  expect(new Set(closed.map(({ reason }) => reason)).size).toBe(clients.length);
  expect(await end).toEqual({ code: 0, stderr: '' });
  expect(pids.map(runs)).toEqual([false, false]);
  expect(server.process.log.filter(({ event }) => event === 'worker_ended')).toEqual([]);
  expect(server.process.log.at(-1)).toMatchObject({ event: 'stopped' });
});

test('when the main process is killed no worker stays, and clients are told', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidegauge-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const server = await WorkerServer.start({ TMPDIR: folder });
  expect(readdirSync(folder)).toHaveLength(1);
  const clients = (await server.clients(2, server.mempool, PRICE)).flat();
  const pids = [...server.pids().values()];
  // Resolves when stderr is closed, which the workers hold as well.
  await server.process.end('SIGKILL');
  for (const client of clients) {
    expect(await client.closed).toEqual({ code: 1001, reason: expect.stringMatching(HINT) });
  }
  expect(pids.map(runs)).toEqual([false, false]);
  expect(readdirSync(folder)).toEqual([]);
});

test('told again to stop, all of it ends at once', async () => {
  const server = await WorkerServer.start({ DRAIN_SECONDS: '600' });
  const pids = [...server.pids().values()];
  // A client that never answers the close holds up the drain.
  const [first] = await server.clients(1, server.mempool, PRICE);
  first![0]!.stopReading();
  void server.process.end('SIGTERM');
  const asking = setInterval(() => void server.process.end('SIGTERM'), 50);
  const { code } = await server.process.end('SIGTERM');
  clearInterval(asking);
  expect(code).toBe(143);
  expect(pids.map(runs)).toEqual([false, false]);
});

test('a port that is taken is not shared, neither with a stranger nor with other workers', async () => {
  const server = await WorkerServer.start();
  const port = Number(new URL(server.url).port);
  const second = new RealProcess(['serve', '--workers=2', `--port=${port}`]);
  const { code, stderr } = await second.ended;
  expect(code).toBe(1);
  expect(stderr).toContain(`port ${port} on 127.0.0.1 is in use by another program`);
  expect(await upgradeStatus(server.mempool)).toBe(101);
});

test('limits hold over all workers', async () => {
  const server = await WorkerServer.start({
    WS_MAX_CONNECTIONS: '8',
    WS_MAX_CONNECTIONS_PER_IP: '5',
    TRUSTED_PROXIES: '127.0.0.1',
  });
  const from = (address: string) => ({ 'x-forwarded-for': address });
  const open = async (address: string): Promise<StreamClient> => {
    const client = await new StreamClient(server.mempool, PRICE, from(address)).opened();
    opened.push(client);
    // Its worker has told the main process by now, and that one the other worker.
    await server.process.healthOnce((health) => health.clients_connected === opened.length);
    return client;
  };
  const opened: StreamClient[] = [];
  for (let i = 0; i < 5; i++) await open('192.0.2.1');
  const attempts = async (address: string): Promise<Set<number>> => {
    const statuses = Array.from({ length: 12 }, () => {
      return upgradeStatus(server.mempool, from(address));
    });
    return new Set(await Promise.all(statuses));
  };
  expect(await attempts('192.0.2.1')).toEqual(new Set([429]));
  for (let i = 0; i < 3; i++) await open('192.0.2.2');
  expect(await attempts('192.0.2.3')).toEqual(new Set([503]));
  const refused = await server.stats(({ refused_by_reason }) => {
    const { TOO_MANY_CONNECTIONS = 0, SERVER_FULL = 0 } = refused_by_reason as Record<
      string,
      number
    >;
    return TOO_MANY_CONNECTIONS === 12 && SERVER_FULL === 12;
  });
  expect(refused.active_connections).toBe(8);

  // Room that one makes is there for all.
  opened[0]!.close();
  await server.process.healthOnce((health) => health.clients_connected === 7);
  expect(await upgradeStatus(server.mempool, from('192.0.2.1'))).toBe(101);
});
