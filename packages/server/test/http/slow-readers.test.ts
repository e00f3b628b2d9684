/** Clients that ask for long histories and take them drop by drop: what they do to the others. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { marketRoutes } from '../../src/http/market-routes.ts';
import { timeSeriesRoute } from '../../src/http/time-series-route.ts';
import { takingMaxMs } from '../../src/http/web-server.ts';
import type { MemoryStore } from '../../src/store/memory-store.ts';
import { FakeClock } from '../hub-fakes.ts';
import { CANDLE_SEC, marketView, START_SEC, storeWith } from './markets.ts';
import { type Served, type ServeOptions, serve } from './serve.ts';

/** Twelve days, of which a series of two is some 15 MB: more than the kernel takes by itself. */
const COUNT = 3456;
const END_SEC = START_SEC + COUNT * CANDLE_SEC;
const SERIES = `/liquidations/heatmap-timeseries?symbol=BTCUSDT&start_time=${END_SEC - 2 * 86_400}&interval=5m`;
const [SLOW, OTHER] = ['198.51.100.1', '198.51.100.2'];
const DROP_BYTES = 64 * 1024;

class SeriesClock extends FakeClock {
  override nowSec(): number {
    return END_SEC;
  }
}

let store: MemoryStore;
let served: Served | null = null;
const sockets: Socket[] = [];

beforeAll(async () => {
  store = await storeWith(['BTCUSDT'], COUNT);
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await served?.close();
  served = null;
});

async function start(options: ServeOptions = {}): Promise<{ clock: FakeClock; port: number }> {
  const clock = new SeriesClock();
  const view = marketView({ store, nowSec: () => END_SEC });
  const series = timeSeriesRoute(view, { clock, leverageWeights: null });
  const trustedProxies = ['127.0.0.1'];
  served = await serve([series, ...marketRoutes(view, clock)], { trustedProxies, ...options });
  return { clock, port: served.port };
}

/** Asks for a series of its own, and reads nothing. */
function askAndWait(port: number, client: string, binUsd: number): Socket {
  const socket = connect(port, '127.0.0.1').pause();
  sockets.push(socket);
  const head = `Host: x\r\nX-Forwarded-For: ${client}\r\n`;
  socket.write(`GET ${SERIES}&price_bin_size=${binUsd} HTTP/1.1\r\n${head}\r\n`);
  return socket;
}

/** The status of an answer, of which no more than a drop is taken. */
async function statusOf(socket: Socket): Promise<string> {
  await once(socket, 'readable');
  const drop = socket.read(Math.min(DROP_BYTES, socket.readableLength)) as Buffer;
  return drop.toString('latin1', 9, 12);
}

/** Takes a drop now and then until the connection ends, and gives how many bytes came. */
async function drip(socket: Socket): Promise<number> {
  let bytes = 0;
  const dripping = setInterval(() => {
    bytes += ((socket.read(DROP_BYTES) ?? socket.read()) as Buffer | null)?.length ?? 0;
  }, 20);
  // A connection that is cut may be reset; that it ends is what counts.
  socket.on('error', () => {});
  await once(socket, 'close');
  clearInterval(dripping);
  return bytes;
}

/** The status and length of an answer that is read at once. */
async function ask(port: number, client: string, path: string): Promise<[number, number]> {
  const asked = request({ port, path, agent: false, headers: { 'x-forwarded-for': client } });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [AsyncIterable<Buffer> & { statusCode: 200 }];
  let bytes = 0;
  for await (const chunk of answer) bytes += chunk.length;
  return [answer.statusCode, bytes];
}

test('an address that takes nothing is in nobody else’s way, and told so itself', async () => {
  const { clock, port } = await start();
  const asked = Array.from({ length: 24 }, (_, index) => askAndWait(port, SLOW, 100 + index));
  const statuses: string[] = [];
  const all = asked.map(async (socket) => statuses.push(await statusOf(socket)));
  await Promise.race(all);
  for (const bin of [200, 201, 202]) {
    const [status, bytes] = await ask(port, OTHER, `${SERIES}&price_bin_size=${bin}`);
    expect([status, bytes > 1_000_000]).toEqual([200, true]);
  }
  expect((await ask(port, SLOW, '/api/v1/klines/BTCUSDT'))[0]).toBe(200);
  expect(new Set(statuses)).toEqual(new Set(['200']));
  clock.advance(5_000);
  await Promise.all(all);
  expect(statuses.toSorted()).toEqual(['200', '200', ...Array<string>(22).fill('429')]);
});

test('an answer that is taken drop by drop is cut, and its address is free again', async () => {
  const { port } = await start({ takingMaxMs: () => 1_000 });
  const asked = [100, 101].map((bin) => askAndWait(port, SLOW, bin));
  expect(await Promise.all(asked.map(statusOf))).toEqual(['200', '200']);
  const waiting = askAndWait(port, SLOW, 102);
  for (const bytes of await Promise.all(asked.map(drip))) expect(bytes).toBeLessThan(10_000_000);
  expect(await statusOf(waiting)).toBe('200');
  expect(served!.log.lines[0]).toMatchObject({
    level: 'debug',
    message: 'an answer was not taken in time',
  });
});

test('an answer may take a minute, and a long one as long as a usual line needs', () => {
  expect(takingMaxMs(0)).toBe(60_000);
  expect(takingMaxMs(65 * 1024 * 1024)).toBe(190_000);
});
