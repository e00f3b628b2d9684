import { setTimeout as delay } from 'node:timers/promises';
import type { FaultKind } from './fault.ts';
import { faultSchedule } from './fault-schedule.ts';
import { GivenLog } from './given-log.ts';
import type { Given, History, Wanted } from './history.ts';
import { SYMBOLS } from './news.ts';
import { PublicationLog } from './publication-log.ts';
import { PublishingServer } from './publishing-server.ts';
import { RealClient, type RealClientOptions } from './real-client.ts';

const CONVERGED_MS = 2_000;
const LONGEST_INTERVAL_MS = 2_000;
const DRAIN_MS = 500;

export interface RealRunOptions {
  readonly seed: number;
  readonly durationMs: number;
  readonly faultMsMax: number;
  readonly calmMsMax: number;
  /** When the server is stopped in order and another started, from the start of the run. */
  readonly restartsMs: readonly number[];
}

export interface RealFigures {
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly sockets: number;
  readonly questions: number;
  readonly updates: { readonly websocket: number; readonly polling: number };
  /** Messages over sockets that were not given on, as they were known already. */
  readonly dropped: number;
  /** Updates that say that something was missed, and how much in all. */
  readonly gaps: number;
  readonly missed: number;
  /** Windows that replaced the one before, for a gap or a new epoch. */
  readonly windows: number;
  /** From the last fault until the last of all had the newest. */
  readonly convergedMs: number;
  /** From the end of each fault to the next update over a socket, sorted. */
  readonly backMs: readonly number[];
}

export interface RealRun {
  readonly history: History;
  readonly figures: RealFigures;
}

/** SDK clients behind fault proxies before a real server, in real time. */
export async function runRealWorld(options: RealRunOptions): Promise<RealRun> {
  const { seed, durationMs, restartsMs } = options;
  const nowMs = (): number => performance.now();
  const log = new PublicationLog(nowMs);
  const given = new GivenLog(nowMs);
  const faults: Partial<Record<FaultKind, number>> = {};
  const start = (port: number, run: number): Promise<PublishingServer> =>
    PublishingServer.start({ port, epoch: `run-${run}`, seed: seed * 100 + run, log });
  let server = await start(0, 1);
  const { port: serverPort } = server;
  const onFault = ({ kind }: { readonly kind: FaultKind }): void => {
    faults[kind] = (faults[kind] ?? 0) + 1;
  };
  const clients = await Promise.all(
    WISHES.map((wishes, index) =>
      RealClient.start({ ...wishes, serverPort, seed: seed + index, given, onFault }),
    ),
  );
  const startMs = nowMs();
  clients.forEach((client, index) => {
    client.run(faultSchedule(seed * 100 + index, options));
  });
  for (const [index, atMs] of restartsMs.entries()) {
    await delay(startMs + atMs - nowMs());
    await server.stop(DRAIN_MS);
    server = await start(serverPort, index + 2);
  }
  await delay(startMs + durationMs - nowMs());
  server.publisher.stop();
  const endMs = nowMs();
  await delay(CONVERGED_MS + LONGEST_INTERVAL_MS);
  const wanted = clients.flatMap((client) => client.wanted(endMs, CONVERGED_MS));
  for (const client of clients) await client.stop();
  await server.stop(0);
  const history = { published: log.published, given: given.given, wanted };
  const figures = figuresOf(history, clients, endMs);
  return { history, figures: { ...figures, faults } };
}

const WISHES: readonly Pick<RealClientOptions, 'name' | 'channels' | 'maps'>[] = [
  { name: 'price', channels: ['price'], maps: null },
  { name: 'window', channels: ['price', 'transactions', 'histogram'], maps: null },
  { name: 'maps', channels: [], maps: { symbols: SYMBOLS.slice(0, 2), intervalSec: 1 } },
  {
    name: 'all',
    channels: ['price', 'transactions', 'histogram', 'confirmed'],
    maps: { symbols: SYMBOLS, intervalSec: 2 },
  },
];

function figuresOf(
  { given, wanted }: History,
  clients: readonly RealClient[],
  endMs: number,
): Omit<RealFigures, 'faults'> {
  const sum = (key: 'sockets' | 'questions' | 'messages'): number =>
    clients.reduce((total, each) => total + each.figures[key], 0);
  const websocket = given.filter(({ via }) => via === 'websocket').length;
  const announced = given.filter(({ missed }) => (missed ?? 0) > 0);
  return {
    sockets: sum('sockets'),
    questions: sum('questions'),
    updates: { websocket, polling: given.length - websocket },
    dropped: sum('messages') - websocket,
    gaps: announced.length,
    missed: announced.reduce((total, { missed }) => total + missed!, 0),
    windows: given.filter(({ window, missed }) => window?.whole === true && missed !== null).length,
    convergedMs: Math.max(0, ...wanted.map((each) => lastOf(given, each) - endMs)),
    backMs: clients.flatMap(({ figures }) => figures.backMs).toSorted((a, b) => a - b),
  };
}

function lastOf(given: readonly Given[], { to, channel }: Wanted): number {
  return given.findLast((each) => each.to === to && each.channel === channel)?.atMs ?? 0;
}
