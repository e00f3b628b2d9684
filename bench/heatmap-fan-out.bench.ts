/**
 * /ws/heatmap to 1,000 clients of two symbols, whose maps of 20 KB change each second in one level
 * of twenty. The server, the clients and the reference are processes of their own; CPU is user and
 * system of the server's process.
 *
 * The hard case: the maps stand still until every client waits for a change, so that all of them
 * are due in the same turn ever after, and every publication is for every client: what one was
 * not sent shows as a gap in seq. Measured from the computing of a map (its timestamp, to the
 * millisecond) to its being read, and from the first of both maps to the last of 2,000 writes. The
 * reference is plain `ws` that sends the same two texts, each made once a second, turn by turn.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { HeatmapLevel, HeatmapSnapshot } from '@tidegauge/liquidations';
import { encodeHeatmap, encodeHeatmapData } from '@tidegauge/protocol';
import { WebSocket, WebSocketServer } from 'ws';
import { OPEN_ACCESS } from '../packages/server/src/access/access.ts';
import { type Clock, every, systemClock } from '../packages/server/src/clock.ts';
import { ClientAddresses } from '../packages/server/src/http/client-address.ts';
import { OriginPolicy } from '../packages/server/src/http/origin-policy.ts';
import { Router } from '../packages/server/src/http/router.ts';
import { StaticFiles } from '../packages/server/src/http/static-files.ts';
import { UpgradeGate } from '../packages/server/src/http/upgrade-gate.ts';
import { Upgrades } from '../packages/server/src/http/upgrades.ts';
import {
  WaitingConnections,
  waitingLimits,
} from '../packages/server/src/http/waiting-connections.ts';
import { WebServer } from '../packages/server/src/http/web-server.ts';
import { WebSocketHandshake } from '../packages/server/src/http/web-socket-handshake.ts';
import { HeatmapChannels } from '../packages/server/src/hub/heatmap-channels.ts';
import { HeatmapEndpoint } from '../packages/server/src/hub/heatmap-endpoint.ts';
import { Hub } from '../packages/server/src/hub/hub.ts';
import { NO_STATS } from '../packages/server/src/hub/hub-stats.ts';
import { HEATMAP_TURN_MS } from '../packages/server/src/hub/limits.ts';
import { SendQueue } from '../packages/server/src/hub/send-queue.ts';
import type { HeatmapFeed } from '../packages/server/src/pipelines/heatmap-feed.ts';
import {
  type Observed,
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
const CLIENTS = 1_000;
const SYMBOLS = ['BTCUSDT', 'ETHUSDT'] as const;
const LEVELS = 330;
const CHANGE_MS = 1_000;
const ROUNDS = 3;
const ROUND_SEC = 10;
const SLOW_INTERVAL_SEC = 5;
const SLOW_SEC = 20;
const READ_P95_MS_MAX = 500;
const SEND_P95_MS_MAX = 100;
const SLOW_BYTES_PER_SEC_MAX = 50_000;

type Role = 'hub' | 'plain' | 'clients';

interface ClientFigures {
  readonly messages: number;
  readonly bytes: number;
  readonly missing: number;
  readonly clients: number;
  /** From the timestamp of each map to its being read, ms, by the machine's clock. */
  readonly readMs: readonly number[];
}

async function measure(): Promise<void> {
  console.log(`${CLIENTS} clients, ${os.cpus().length} x ${os.cpus()[0]!.model}`);
  const quick: Observed<ClientFigures>[] = [];
  const plain: Observed<ClientFigures>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    quick.push(await run('hub', 1, ROUND_SEC));
    plain.push(await run('plain', 1, ROUND_SEC));
  }
  const slow = await run('hub', SLOW_INTERVAL_SEC, SLOW_SEC);
  const good = [report('every 1 s', quick), report('every 5 s', [slow])];
  const plainMs = plain.flatMap(({ clientFigures }) => clientFigures.readMs);
  const plainShares = [0.5, 0.95, 0.99].map((share) => quantile(plainMs, share).toFixed(0));
  console.log(`  computed to read with plain ws, ms: p50, p95, p99: ${plainShares.join(', ')}`);
  const [own, reference] = [cpuUs(quick), cpuUs(plain)];
  console.log(
    `  CPU a client and message: hub ${own.toFixed(1)} us with making the map, plain ws with ` +
      `one shared string ${reference.toFixed(1)} us: ${(own / reference).toFixed(2)} x`,
  );
  const bytesPerSec = slow.clientFigures.bytes / slow.seconds / CLIENTS;
  console.log(`  bytes a second a client, every 5 s (bar: 50,000): ${show(bytesPerSec)}`);
  if (good.includes(false) || bytesPerSec > SLOW_BYTES_PER_SEC_MAX) process.exitCode = 1;
}

async function run(
  role: 'hub' | 'plain',
  intervalSec: number,
  seconds: number,
): Promise<Observed<ClientFigures>> {
  const server = await startChild(FILE, [role, String(intervalSec)]);
  const clients = await startClients(FILE, ['clients', String(intervalSec)], server.url);
  const observed = await observe<ClientFigures>(server, clients, seconds);
  stop(server, clients);
  return observed;
}

function report(name: string, runs: readonly Observed<ClientFigures>[]): boolean {
  const figures = runs.map(({ clientFigures }) => clientFigures);
  const sum = (of: (each: ClientFigures) => number): number =>
    figures.reduce((total, each) => total + of(each), 0);
  const [messages, missing] = [sum((each) => each.messages), sum((each) => each.missing)];
  const stayed = Math.min(...figures.map(({ clients }) => clients));
  const readMs = figures.flatMap((each) => each.readMs);
  const sendMs = runs.flatMap(({ serverFigures }) => serverFigures.sendMs);
  const [readP95Ms, sendP95Ms] = [quantile(readMs, 0.95), quantile(sendMs, 0.95)];
  const bytes = show(sum((each) => each.bytes) / messages);
  const rows = [
    [`maps read, of ${bytes} bytes`, show(messages)],
    ['lost (bar: 0)', show(missing)],
    ['clients that stayed', show(stayed)],
    ['computed to last of 2,000 writes, ms: p50', quantile(sendMs, 0.5).toFixed(1)],
    ['computed to last of 2,000 writes, ms: p95 (bar: 100)', sendP95Ms.toFixed(1)],
    ['computed to read by the client, ms: p50', quantile(readMs, 0.5).toFixed(0)],
    ['computed to read by the client, ms: p95 (bar: 500)', readP95Ms.toFixed(0)],
    ['computed to read by the client, ms: p99', quantile(readMs, 0.99).toFixed(0)],
  ];
  for (const [what, value] of rows) console.log(`  ${name}: ${what}: ${value}`);
  const inTime = readP95Ms < READ_P95_MS_MAX && sendP95Ms < SEND_P95_MS_MAX;
  return missing === 0 && stayed === CLIENTS && messages > 0 && inTime;
}

/** The median of the runs. */
function cpuUs(runs: readonly Observed<ClientFigures>[]): number {
  const each = runs.map(({ serverFigures, clientFigures }) => {
    return (serverFigures.cpuMs * 1000) / clientFigures.messages;
  });
  return quantile(each, 0.5);
}

/** Maps that change when they are told to, computed when they are asked for. */
class ChangingFeed implements HeatmapFeed {
  readonly demo = false;
  /** Called before a map is computed. */
  readonly #onCompute: () => void;
  readonly #levels: HeatmapLevel[] = Array.from({ length: LEVELS }, (_, i) => {
    return { priceUsd: 80_000 + 100 * i, longUsd: i * 123_457, shortUsd: (LEVELS - i) * 9_871 };
  });
  readonly #maps: Map<string, HeatmapSnapshot> = new Map();

  constructor(onCompute: () => void) {
    this.#onCompute = onCompute;
  }

  change(): void {
    this.#maps.clear();
    for (let i = 0; i < LEVELS; i += 20) {
      const level = this.#levels[i]!;
      this.#levels[i] = { ...level, longUsd: level.longUsd + 1_001 };
    }
  }

  markets(): ReturnType<HeatmapFeed['markets']> {
    return SYMBOLS.map((symbol) => ({ symbol, intervalSec: 300, venues: [], bucketUsd: 100 }));
  }

  snapshot(symbol: string): HeatmapSnapshot {
    const known = this.#maps.get(symbol);
    if (known !== undefined) return known;
    this.#onCompute();
    const computed: HeatmapSnapshot = {
      timeSec: Date.now() / 1000,
      bucketUsd: 100,
      currentPriceUsd: 98_450.5,
      levels: [...this.#levels],
      totalLongUsd: 1e9,
      totalShortUsd: 1e9,
      positionsCreated: 450,
      positionsConsumed: 120,
      gaps: [],
    };
    this.#maps.set(symbol, computed);
    return computed;
  }
}

async function runHub(intervalSec: number): Promise<void> {
  const sendMs: number[] = [];
  let beganMs: number | null = null;
  const feed = new ChangingFeed(() => {
    beganMs ??= performance.now();
  });
  const clock: Clock = {
    ...systemClock,
    after: (delayMs, callback) =>
      systemClock.after(delayMs, () => {
        beganMs = null;
        callback();
        if (beganMs !== null) sendMs.push(performance.now() - beganMs);
      }),
  };
  const channels = new HeatmapChannels({ feed, epoch: 'bench', clock });
  const broadcaster = new SendQueue({ clock, soon: setImmediate, onBroadcast: () => {} });
  const endpoint = new HeatmapEndpoint({
    clock,
    states: channels,
    broadcaster,
    intervalSec,
    hello: () => '{}',
    staleSources: () => [],
  });
  const { port } = await listen(endpoint, clock, broadcaster);
  endpoint.start();
  const startedMs = performance.now();
  void changeOnceAllWait(endpoint, feed, intervalSec, startedMs);
  obey(sendMs);
  process.send!(`ws://127.0.0.1:${port}${endpoint.path}`);
}

async function listen(
  endpoint: HeatmapEndpoint,
  clock: Clock,
  sendQueue: SendQueue,
): Promise<AddressInfo> {
  const settings = { slowTimeoutMs: 1000, pendingBytesMax: 1_048_576, messagesPer10sMax: 100 };
  const hub = new Hub({ clock, log: SILENT, settings, stats: NO_STATS, sendQueue });
  hub.start();
  const origins = new OriginPolicy([]);
  const paths = [endpoint.path];
  const addresses = new ClientAddresses([]);
  const limits = { connectionsMax: 0, connectionsPerAddressMax: 0 };
  const files = StaticFiles.load('/nonexistent');
  const server = new WebServer({
    log: SILENT,
    router: new Router({ routes: [], files, origins, access: OPEN_ACCESS }),
    upgrades: new Upgrades({
      hub,
      endpoints: [endpoint],
      origins,
      gate: new UpgradeGate({ enabled: true, paths, origins, ...limits }),
      handshake: new WebSocketHandshake({ messageBytesMax: 4096, compression: true }),
      addresses,
      access: OPEN_ACCESS,
      stats: NO_STATS,
      draining: () => false,
    }),
    addresses,
    waiting: new WaitingConnections(waitingLimits(0, 0), () => null),
  });
  return server.listen('127.0.0.1', 0);
}

/** Once every client's interval has passed without a change; then midway between two turns. */
async function changeOnceAllWait(
  endpoint: HeatmapEndpoint,
  feed: ChangingFeed,
  intervalSec: number,
  startedMs: number,
): Promise<void> {
  while (SYMBOLS.some((symbol) => endpoint.subscribers().get(symbol) !== CLIENTS)) await delay(100);
  await delay(intervalSec * 1000 + HEATMAP_TURN_MS);
  const sinceTurnMs = (performance.now() - startedMs) % HEATMAP_TURN_MS;
  await delay(1.5 * HEATMAP_TURN_MS - sinceTurnMs);
  every(systemClock, CHANGE_MS, () => feed.change());
}

/** What everybody would write first: `ws`, and one string to all. */
async function runPlain(): Promise<void> {
  const server = new WebSocketServer({ port: 0, perMessageDeflate: false });
  await once(server, 'listening');
  const feed = new ChangingFeed(() => {});
  let seq = 0;
  setInterval(() => {
    if (server.clients.size < CLIENTS) return;
    seq++;
    feed.change();
    for (const symbol of SYMBOLS) {
      const snapshot = feed.snapshot(symbol);
      const position = { symbol, epoch: 'bench', seq, timeSec: snapshot.timeSec, demo: false };
      const text = encodeHeatmap(position, encodeHeatmapData(snapshot));
      for (const client of server.clients) client.send(text);
    }
  }, CHANGE_MS);
  obey([]);
  process.send!(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

function runClients(intervalSec: number): void {
  let figures = emptyFigures();
  let open = 0;
  const connectOne = async (url: string): Promise<void> => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    const seqs = new Map<string, number>();
    // The first map comes at once; the second is that of the first change.
    let changed: () => void = () => {};
    const flowing = new Promise<void>((resolve) => {
      changed = resolve;
    });
    socket.on('message', (data: Buffer) => {
      const head = /"symbol":"(\w+)","timestamp":"([^"]+)".*?"seq":(\d+)/.exec(
        data.toString('latin1', 0, 160),
      );
      if (head === null) return;
      const [, symbol = '', timestamp = '', seq = ''] = head;
      figures.messages++;
      figures.bytes += data.length;
      figures.readMs.push(Date.now() - Date.parse(timestamp));
      const before = seqs.get(symbol) ?? 0;
      if (before >= 2) figures.missing += Math.abs(Number(seq) - before - 1);
      if (Number(seq) >= 2) changed();
      seqs.set(symbol, Number(seq));
    });
    socket.on('close', () => open--);
    await once(socket, 'open');
    open++;
    const request = { action: 'subscribe', symbols: SYMBOLS, update_interval: intervalSec };
    socket.send(JSON.stringify(request));
    await flowing;
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

const [role, intervalSec] = [process.argv[2] as Role | undefined, Number(process.argv[3])];
if (role === undefined) await measure();
else if (role === 'clients') runClients(intervalSec);
else if (role === 'plain') await runPlain();
else await runHub(intervalSec);
