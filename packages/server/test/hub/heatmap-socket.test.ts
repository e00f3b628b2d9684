/** /ws/heatmap and /ws/mempool on one real server, with real clients. */
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OPEN_ACCESS } from '../../src/access/access.ts';
import { systemClock } from '../../src/clock.ts';
import { ClientAddresses } from '../../src/http/client-address.ts';
import { OriginPolicy } from '../../src/http/origin-policy.ts';
import { Router } from '../../src/http/router.ts';
import { StaticFiles } from '../../src/http/static-files.ts';
import { WebServer } from '../../src/http/web-server.ts';
import { HeatmapChannels } from '../../src/hub/heatmap-channels.ts';
import { HeatmapEndpoint } from '../../src/hub/heatmap-endpoint.ts';
import { Hub } from '../../src/hub/hub.ts';
import { MempoolChannels } from '../../src/hub/mempool-channels.ts';
import { MempoolEndpoint } from '../../src/hub/mempool-endpoint.ts';
import { openUpgrades, openWaiting } from '../http/open-upgrades.ts';
import { Client, refusedUpgrade } from '../http-harness.ts';
import { FakeFeed, FakeLog, realHubParts } from '../hub-fakes.ts';
import { FakeHeatmapFeed, nameOf } from './heatmap-fakes.ts';

const SYMBOLS = Array.from({ length: 10 }, (_, i) => `COIN${i}USDT`);
const [FIRST, SECOND] = SYMBOLS as [string, string];

let log: FakeLog;
let feed: FakeHeatmapFeed;
let heatmap: HeatmapEndpoint;
let hub: Hub;
let server: WebServer;
let origin: string;
let changes: NodeJS.Timeout | undefined;
const clients: Client[] = [];

beforeEach(async () => {
  const clock = systemClock;
  log = new FakeLog();
  feed = new FakeHeatmapFeed(SYMBOLS, true);
  const channels = new HeatmapChannels({ feed, epoch: 'heat', clock });
  const hello = () => JSON.stringify({ type: 'hello', epoch: channels.epoch, demo: feed.demo });
  const prices = { feed: new FakeFeed(), demo: false, epoch: 'price', intervalMs: 500 };
  // A client that never reads is closed after ten of these; one in this busy process never is.
  const parts = realHubParts(log, { slowTimeoutMs: 500, pendingBytesMax: 1e9 });
  const broadcaster = parts.sendQueue;
  hub = new Hub(parts);
  const staleSources = () => [];
  const maps = { clock, states: channels, broadcaster, intervalSec: 5, hello, staleSources };
  heatmap = new HeatmapEndpoint(maps);
  const states = new MempoolChannels(prices);
  const mempool = new MempoolEndpoint({ states, hello: () => '{"type":"hello"}', broadcaster });
  const origins = new OriginPolicy([]);
  const addresses = new ClientAddresses([]);
  server = new WebServer({
    log,
    router: new Router({
      routes: [],
      files: StaticFiles.load('/nonexistent'),
      origins,
      access: OPEN_ACCESS,
    }),
    upgrades: openUpgrades(hub, [mempool, heatmap], addresses),
    addresses,
    waiting: openWaiting(),
  });
  const { port } = await server.listen('127.0.0.1', 0);
  origin = `ws://127.0.0.1:${port}`;
  hub.start();
  heatmap.start();
});

afterEach(async () => {
  clearInterval(changes);
  for (const client of clients.splice(0)) client.socket.terminate();
  heatmap.stop();
  hub.stop();
  await server.close();
});

async function join(protocols: string[] = [], path = '/ws/heatmap'): Promise<Client> {
  const client = new Client(`${origin}${path}`, protocols);
  clients.push(client);
  return client.opened();
}

async function subscribe(symbols: readonly string[], update_interval: number): Promise<Client> {
  const client = await join();
  client.send({ action: 'subscribe', symbols, update_interval });
  for (const _ of symbols) await client.nextOf('snapshot');
  return client;
}

/** New versions of these maps, again and again. */
function keepChanging(symbols: readonly string[], everyMs: number, levels = 1): void {
  const many = Array.from({ length: levels }, (_, i) => {
    return { priceUsd: 10_000 + 100 * i, longUsd: 123_456_789, shortUsd: 0 };
  });
  let version = 1;
  const change = (): void => {
    for (const symbol of symbols) feed.set(symbol, version, { levels: many });
    version++;
  };
  change();
  changes = setInterval(change, everyMs);
}

describe('a client', () => {
  test('is greeted with what is of this address, and then gets what it asks for', async () => {
    feed.set(FIRST, 1);
    const client = await join(['tidegauge.v1']);
    expect(await client.next()).toEqual({ type: 'hello', epoch: 'heat', demo: true });
    client.send({ action: 'subscribe', symbols: [FIRST, 'COIN0USD'] });
    expect(await client.next()).toMatchObject({ symbol: FIRST, seq: 1, epoch: 'heat', demo: true });
    expect(await client.next()).toMatchObject({
      code: 'INVALID_SYMBOL',
      message: expect.stringMatching(
        /^unknown symbol "COIN0USD" \(did you mean COIN0USDT\?\); all/,
      ),
    });
    client.send({ type: 'ping', timestamp: 'x' });
    expect(await client.next()).toMatchObject({ type: 'pong', echo: 'x' });
  });

  test('may be a bare WebSocket, such as the one of Node', async () => {
    feed.set(FIRST, 7);
    const socket = new globalThis.WebSocket(`${origin}/ws/heatmap`);
    await once(socket, 'open');
    const arrived = once(socket, 'message') as Promise<[MessageEvent]>;
    socket.send(JSON.stringify({ action: 'subscribe', symbols: [FIRST] }));
    const [{ data }] = await arrived;
    expect(nameOf(JSON.parse(String(data)) as Record<string, unknown>)).toBe(`${FIRST} 1 v7`);
    const closed = once(socket, 'close');
    socket.close();
    await closed;
  });

  test('comes back and resumes without being sent what it has', async () => {
    feed.set(FIRST, 1);
    feed.set(SECOND, 1);
    const before = await subscribe([FIRST, SECOND], 1);
    before.socket.close();
    await before.closed;
    feed.set(SECOND, 2);
    const client = await join();
    const position = { epoch: 'heat', seq: 1 };
    const resume = { [FIRST]: position, [SECOND]: position };
    client.send({ action: 'subscribe', symbols: [FIRST, SECOND], update_interval: 1, resume });
    expect(nameOf(await client.next())).toBe(`${SECOND} 2 v2`);
    feed.set(FIRST, 2);
    expect(nameOf(await client.next())).toBe(`${FIRST} 2 v2`);
  });

  test('is closed for good with its tenth error', async () => {
    const client = await join();
    for (let i = 0; i < 10; i++) client.send({ action: 'unsubscribe', symbols: ['NONE'] });
    expect(await client.closed).toEqual({ code: 4500, reason: 'ten errors within 10 s' });
    expect(heatmap.subscribers().size).toBe(0);
  });
});

describe('several clients', () => {
  test('two symbols, 1 s and 5 s: each has its own rhythm, and what stands still is not sent', async () => {
    keepChanging([FIRST], 50);
    feed.set(SECOND, 1);
    const startMs = performance.now();
    const [quick, slow] = [
      await subscribe([FIRST, SECOND], 1),
      await subscribe([FIRST, SECOND], 5),
    ];
    const quickSeqs: number[] = [];
    const count = async (): Promise<void> => {
      for (;;) {
        const { symbol, seq } = await quick.nextOf('snapshot');
        expect(symbol).toBe(FIRST);
        quickSeqs.push(Number(seq));
      }
    };
    const counting = expect(count()).rejects.toThrow('closed before');
    expect(await slow.nextOf('snapshot')).toMatchObject({ symbol: FIRST });
    const seconds = (performance.now() - startMs) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(5);
    expect(quickSeqs.length).toBeGreaterThanOrEqual(3);
    expect(quickSeqs.length).toBeLessThanOrEqual(seconds + 0.1);
    expect(quickSeqs).toEqual(quickSeqs.toSorted((a, b) => a - b));
    expect(new Set(quickSeqs).size).toBe(quickSeqs.length);
    quick.socket.terminate();
    await counting;
  });

  test('of both addresses share one hub, and each gets only its own', async () => {
    feed.set(FIRST, 1);
    const [price, map] = [await join([], '/ws/mempool'), await subscribe([FIRST], 1)];
    expect(hub.size).toBe(2);
    price.send({ action: 'subscribe', symbols: [FIRST] });
    expect(await price.next()).toMatchObject({ code: 'INVALID_ACTION' });
    map.send({ subscribe: 'price' });
    expect(await map.next()).toMatchObject({ code: 'INVALID_MESSAGE' });
    expect(log.events('ws_connect').map(({ path }) => path)).toEqual([
      '/ws/mempool',
      '/ws/heatmap',
    ]);
  });

  test('one that never reads is closed with 4008, while the others get theirs', async () => {
    // 5 MB a second to each: more than the kernel holds for one connection.
    keepChanging(SYMBOLS, 200, 8_000);
    const [reader, silent] = [await subscribe(SYMBOLS, 1), await subscribe(SYMBOLS, 1)];
    silent.socket.pause();
    let read = 0;
    const isClosed = (): boolean => heatmap.subscribers().get(FIRST) === 1;
    while (!isClosed()) {
      await reader.nextOf('snapshot');
      read++;
    }
    expect(read).toBeGreaterThan(SYMBOLS.length);
    silent.socket.resume();
    expect(await silent.closed).toEqual({ code: 4008, reason: 'takes no messages' });
    expect(await reader.nextOf('snapshot')).toHaveProperty('seq');
    expect(isClosed()).toBe(true);
  });
});

test('elsewhere there is no WebSocket, and both addresses are named', async () => {
  expect(await refusedUpgrade(`${origin}/ws/lobby`)).toMatchObject({
    status: 404,
    error: { message: 'no WebSocket at /ws/lobby; allowed: /ws/mempool, /ws/heatmap' },
  });
});
