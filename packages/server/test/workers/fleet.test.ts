/** The main process of a server with workers, in this process; its workers are real ones. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import process from 'node:process';
import { afterEach, expect, test } from 'vitest';
import { Client, type Running, run } from '../http-harness.ts';

let running: Running | null = null;

async function runWorkers(workers: number): Promise<Running> {
  running = await run({ config: { workers, wsMaxConnectionsPerIp: 0 } });
  return running;
}

afterEach(async () => {
  await running?.server.drain();
  running = null;
});

test('what the feed says reaches clients of the workers, in order', async () => {
  const { feed, stream, origin, server, log } = await runWorkers(2);
  const clients = Array.from({ length: 8 }, () => new Client(stream, ['tidegauge.v1']));
  for (const client of clients) {
    expect(await client.next()).toMatchObject({ type: 'hello', demo: false });
    expect(await client.next()).toMatchObject({ type: 'price_update', status: 'live' });
    client.send({ subscribe: ['transactions', 'histogram'] });
  }
  const windows = await Promise.all(clients.map((client) => client.nextOf('transactions')));
  for (const window of windows) expect(window).toMatchObject({ seq: 1, epoch: expect.any(String) });
  expect(new Set(windows.map(({ epoch }) => epoch)).size).toBe(1);
  feed.add(1);
  const deltas = await Promise.all(clients.map((client) => client.nextOf('transactions')));
  for (const delta of deltas) {
    expect(delta).toMatchObject({ seq: 2, data: { points: [[expect.any(Number), 50_003]] } });
  }
  feed.bars = { binsBtc: [1], counts: [9] };
  for (const client of clients) {
    expect(await client.next(({ type, seq }) => type === 'histogram' && seq === 2)).toMatchObject({
      data: { bins: [1], counts: [9] },
    });
  }

  expect(await (await fetch(`${origin}/health`)).json()).toMatchObject({ clients_connected: 8 });
  const connects = log.events('ws_connect').map(({ worker }) => worker);
  expect(connects).toHaveLength(8);
  for (const worker of connects) expect([1, 2]).toContain(worker);
  expect(server.clients()).toBe(8);

  await server.drain();
  const closed = await Promise.all(clients.map((client) => client.closed));
  expect(new Set(closed.map(({ code }) => code))).toEqual(new Set([1012]));
  expect(log.events('worker_ended')).toEqual([]);
});

test('a source that goes stale is told to all, and to who comes while it lasts', async () => {
  const { source, stream, log } = await runWorkers(1);
  const client = await new Client(stream).opened();
  await client.next();
  source.change({ state: 'lost', sinceSec: Date.now() / 1000 - 6 });
  const warning = await client.nextOf('warning');
  expect(warning).toMatchObject({ code: 'SOURCE_STALE', source: 'stand-in' });
  const late = new Client(stream, ['tidegauge.v1']);
  expect(await late.next()).toMatchObject({ type: 'hello' });
  expect(await late.next()).toEqual(warning);
  expect(await late.next()).toMatchObject({ status: 'stale' });

  // A worker that begins meanwhile hears of it as well.
  process.kill(log.events('worker_up').at(-1)!.pid as number, 'SIGKILL');
  while (log.events('worker_up').length < 2) await new Promise((done) => setImmediate(done));
  const again = new Client(`${stream}?subscribe=none`, ['tidegauge.v1']);
  expect(await again.nextOf('warning')).toEqual(warning);
});

test('one that ends again and again is started more and more rarely', async () => {
  const { log } = await runWorkers(1);
  const kill = (): void => {
    const pid = log.events('worker_up').at(-1)!.pid as number;
    process.kill(pid, 'SIGKILL');
  };
  const ups = async (count: number): Promise<void> => {
    while (log.events('worker_up').length < count) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  for (let count = 1; count <= 3; count++) {
    await ups(count);
    kill();
  }
  await ups(4);
  const pauses = log.events('worker_ended').map(({ again_in_ms }) => again_in_ms);
  expect(pauses).toEqual([100, 200, 400]);
});

test('a port that somebody has is not taken: the error is that of the system', async () => {
  const stranger = createServer().listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  const { port } = stranger.address() as AddressInfo;
  await expect(run({ config: { workers: 2, port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  stranger.close();
});
