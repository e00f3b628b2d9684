/**
 * The stream to 100 clients on `full`, 1,000 points a message. The server, the clients and the
 * reference are processes of their own; CPU is user and system of the server's process.
 *
 * First the real thing: the demo through decode, filter and model each 500 ms. Counted: what was
 * lost (gaps in seq), bytes a client, and the time from the begin of the estimate to the last
 * write, measured where the timer calls and returns.
 * Then the hub alone, with a feed that costs nothing, at the shortest interval, turn by turn with
 * plain `ws` that sends one shared string of the same length to the same clients.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { PricePoint } from '@tidegauge/onchain';
import { WebSocket, WebSocketServer } from 'ws';
import { OPEN_ACCESS } from '../packages/server/src/access/access.ts';
import { buildServer } from '../packages/server/src/build-server.ts';
import { type Clock, systemClock } from '../packages/server/src/clock.ts';
import { type Config, loadConfig } from '../packages/server/src/config.ts';
import { PriceTally } from '../packages/server/src/pipelines/price-counters.ts';
import type { PriceFeed } from '../packages/server/src/pipelines/price-feed.ts';
import type { PriceIntake } from '../packages/server/src/pipelines/price-intake.ts';
import { PricePipeline } from '../packages/server/src/pipelines/price-pipeline.ts';
import { BufferedSource } from '../packages/server/src/sources/buffered-source.ts';
import { DemoSource } from '../packages/server/src/sources/demo-source.ts';
import type { Source, SourceStatus } from '../packages/server/src/sources/source.ts';
import type { Venue } from '../packages/server/src/sources/venue.ts';
import { MemoryStore } from '../packages/server/src/store/memory-store.ts';
import {
  type Order,
  obey,
  observe,
  quantile,
  SILENT,
  show,
  startChild,
  startClients,
  stop,
} from './fan-out-harness.ts';

const FILE = fileURLToPath(import.meta.url);
const CLIENTS = 100;
const STREAM_SEC = 30;
const ROUNDS = 4;
const ROUND_SEC = 8;
const HUB_INTERVAL_MS = 100;
const POINTS = 1_000;
const SEND_P99_MS_MAX = 100;
const BYTES_PER_SEC_MAX = 1_000_000;

type Role = 'demo' | 'hub' | 'plain' | 'clients';

interface ClientFigures {
  readonly messages: number;
  readonly bytes: number;
  readonly missing: number;
  readonly clients: number;
  /** From the time in each message to its being read, ms, by the machine's clock. */
  readonly readMs: readonly number[];
}

async function measure(): Promise<void> {
  console.log(`${CLIENTS} clients on full, ${os.cpus().length} x ${os.cpus()[0]!.model}`);
  const good = [await measureStream(), await measureHub()];
  if (good.includes(false)) process.exitCode = 1;
}

async function measureStream(): Promise<boolean> {
  const server = await startChild(FILE, ['demo']);
  const clients = await startClients(FILE, ['clients'], server.url);
  const { serverFigures, clientFigures, seconds } = await observe<ClientFigures>(
    server,
    clients,
    STREAM_SEC,
  );
  stop(server, clients);
  const { messages, bytes, missing, readMs } = clientFigures;
  const bytesPerSec = bytes / seconds / CLIENTS;
  const sendP99Ms = quantile(serverFigures.sendMs, 0.99);
  const rows = [
    [`messages read in ${STREAM_SEC} s, of ${show(bytes / messages)} bytes`, show(messages)],
    ['lost (bar: 0)', show(missing)],
    ['clients that stayed', show(clientFigures.clients)],
    ['bytes a second a client (bar: 1,000,000)', show(bytesPerSec)],
    ['estimate to last write, ms: p50', quantile(serverFigures.sendMs, 0.5).toFixed(1)],
    ['estimate to last write, ms: p99 (bar: 100)', sendP99Ms.toFixed(1)],
    ['estimate to read by the client, ms: p50', quantile(readMs, 0.5).toFixed(1)],
    ['estimate to read by the client, ms: p99', quantile(readMs, 0.99).toFixed(1)],
    ['CPU of the server, all of it, % of a core', (serverFigures.cpuMs / seconds / 10).toFixed(1)],
  ];
  for (const [name, value] of rows) console.log(`  ${name}: ${value}`);
  return (
    missing === 0 &&
    clientFigures.clients === CLIENTS &&
    messages >= 1.9 * CLIENTS * STREAM_SEC &&
    sendP99Ms < SEND_P99_MS_MAX &&
    bytesPerSec < BYTES_PER_SEC_MAX
  );
}

/** The hub against plain `ws`, in turns; both are up all the time, only one at a time sends. */
async function measureHub(): Promise<boolean> {
  const ours: number[] = [];
  const plain: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, figures] of [
      ['hub', ours],
      ['plain', plain],
    ] as const) {
      const server = await startChild(FILE, [name]);
      const clients = await startClients(FILE, ['clients'], server.url);
      const { serverFigures, clientFigures } = await observe<ClientFigures>(
        server,
        clients,
        ROUND_SEC,
      );
      stop(server, clients);
      if (clientFigures.missing > 0) throw new Error(`${name} lost ${clientFigures.missing}`);
      figures.push((serverFigures.cpuMs * 1000) / clientFigures.messages);
    }
  }
  const [own, reference] = [quantile(ours, 0.5), quantile(plain, 0.5)];
  console.log(
    `  CPU a client and message: hub ${own.toFixed(1)} us with making the message, plain ws with ` +
      `one shared string ${reference.toFixed(1)} us: ${(own / reference).toFixed(2)} x`,
  );
  return true;
}

async function runServer(name: 'demo' | 'hub'): Promise<void> {
  const sendMs: number[] = [];
  let beganMs: number | null = null;
  const pipeline = name === 'demo' ? new PricePipeline() : fixedFeed();
  const estimate = pipeline.estimate.bind(pipeline);
  pipeline.estimate = (timeSec) => {
    beganMs ??= performance.now();
    return estimate(timeSec);
  };
  const clock: Clock = {
    ...systemClock,
    after: (delayMs, callback) =>
      systemClock.after(delayMs, () => {
        beganMs = null;
        callback();
        if (beganMs !== null) sendMs.push(performance.now() - beganMs);
      }),
  };
  const store = new MemoryStore();
  const server = buildServer({
    config: config(name === 'demo' ? 500 : HUB_INTERVAL_MS),
    log: SILENT,
    clock,
    access: OPEN_ACCESS,
    source: name === 'demo' ? new BufferedSource(new DemoSource({ seed: 1 })) : NO_SOURCE,
    priceStore: store,
    venue: NO_VENUE,
    marketStore: store,
    pipeline,
    pageDirectory: '',
    random: Math.random,
  });
  const url = await server.start();
  while (pipeline.points(POINTS).length < POINTS) await delay(100);
  obey(sendMs);
  process.send!(`${url.replace('http', 'ws')}ws/mempool`);
}

/** What everybody would write first: `ws`, and one string to all. */
async function runPlain(): Promise<void> {
  const server = new WebSocketServer({ port: 0, perMessageDeflate: false });
  await once(server, 'listening');
  const feed = fixedFeed();
  const points = feed.points(POINTS);
  let seq = 0;
  setInterval(() => {
    seq++;
    const timestamp = Date.now() / 1000;
    const transactions = points.map(({ timeSec, priceUsd, amountSats }) => {
      return { timestamp: timeSec, price: priceUsd, btc: amountSats / 1e8 };
    });
    const head = { type: 'price_update', seq, timestamp, ...feed.estimate(timestamp) };
    const text = JSON.stringify({ ...head, transactions, padding: 'x'.repeat(300) });
    for (const client of server.clients) client.send(text);
  }, HUB_INTERVAL_MS);
  obey([]);
  process.send!(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

function runClients(): void {
  let figures = emptyFigures();
  let open = 0;
  const connectOne = (url: string): Promise<unknown> => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    let lastSeq: number | null = null;
    socket.on('message', (data: Buffer) => {
      const head = /"seq":(\d+),"timestamp":([\d.]+)/.exec(data.toString('latin1', 0, 100));
      const seq = Number(head?.[1]);
      figures.messages++;
      figures.bytes += data.length;
      figures.readMs.push(Date.now() - Number(head?.[2]) * 1000);
      if (lastSeq !== null) figures.missing += Math.abs(seq - lastSeq - 1);
      lastSeq = seq;
    });
    socket.on('close', () => open--);
    return once(socket, 'open').then(() => open++);
  };
  process.on('message', (order: Order) => {
    if (order.do === 'start') figures = emptyFigures();
    else if (order.do === 'stop') process.send!({ ...figures, clients: open });
    else {
      const all = Array.from({ length: CLIENTS }, () => connectOne(order.url));
      void Promise.all(all).then(() => process.send!('connected'));
    }
  });
  process.send!('ready');
}

function emptyFigures(): { messages: number; bytes: number; missing: number; readMs: number[] } {
  return { messages: 0, bytes: 0, missing: 0, readMs: [] };
}

function config(mempoolUpdateIntervalMs: number): Config {
  const loaded = loadConfig([], {});
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return { ...loaded.config, port: 0, wsMaxConnectionsPerIp: 0, mempoolUpdateIntervalMs };
}

/** The same reading and points each time: what is left is the hub. */
function fixedFeed(): PriceFeed & PriceIntake {
  const points: PricePoint[] = Array.from({ length: POINTS }, (_, i) => ({
    timeSec: 1_767_225_600 + i * 1.7,
    priceUsd: 87_000 + ((i * 7919) % 1000) * 0.97,
    amountSats: 11_443 + i * 97,
  }));
  const reading = { priceUsd: 87_412.53, lowUsd: 87_210.11, highUsd: 87_603.94 };
  return {
    acceptFrame: () => {},
    counters: () => new PriceTally().read(),
    problem: () => null,
    estimate: () => ({ ...reading, confidence: 0.94, sampleSize: 4309, status: 'live' }),
    stats: () => ({ received: 12_543, filtered: 8234, activeInWindow: 4309 }),
    points: (limit) => points.slice(-limit),
    takeNewPoints: () => [],
    histogram: () => ({ binsBtc: [0.001], counts: [1] }),
    confirmed: () => null,
  };
}

const CONNECTED: SourceStatus = {
  name: 'none',
  state: 'connected',
  sinceSec: 0,
  lastFrameSec: null,
  frames: 0,
  missed: 0,
  dropped: 0,
  malformed: 0,
  detail: null,
};

const NO_SOURCE: Source = {
  name: 'none',
  demo: false,
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
  status: () => CONNECTED,
};

const NO_VENUE: Venue = { ...NO_SOURCE, markets: [], start: () => Promise.resolve() };

const role = process.argv[2] as Role | undefined;
if (role === undefined) await measure();
else if (role === 'clients') runClients();
else if (role === 'plain') await runPlain();
else await runServer(role);
