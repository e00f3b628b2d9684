/**
 * 1,000 SDK clients of one price, in one process, on a real server in another that goes down:
 *
 * - in order (SIGTERM): each is closed with a hint when to come back. The bar: they arrive over at
 *   least 80 % of the time that they were told, counted from the first such moment to the last;
 * - at once (kill -9): nobody is told anything, and full jitter has to spread them.
 *
 * The next server is started on the same port as soon as the one before is gone.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startServer } from '../test/e2e/real-server.ts';
import { type Return, ReturningClients, spreadOf } from '../test/faults/returning-clients.ts';
import { quantile, show } from './fan-out-harness.ts';

const FILE = fileURLToPath(import.meta.url);
const CLIENTS = 1_000;
const DRAIN_SEC = 10;
const SPREAD_SHARE_MIN = 0.8;
/** Where the first wait after a cut lies: twice the first step of 2 s. */
const FIRST_WAIT_MS = 4_000;

/** A little longer than the client asks for. */
const USEFUL_MS = 12_000;

const SETTINGS = {
  WS_MAX_CONNECTIONS_PER_IP: '0',
  DRAIN_SECONDS: String(DRAIN_SEC),
};

/** The clients' process: connects, then tells how they came back, each time that it is asked. */
async function runClients(url: string): Promise<void> {
  const clients = await ReturningClients.connect(url, CLIENTS);
  process.on('message', () => {
    void clients.returned().then((returns) => process.send!(returns));
    process.send!('watching');
  });
  process.send!('connected');
}

async function measure(): Promise<void> {
  console.log(`${CLIENTS} clients, ${os.cpus().length} x ${os.cpus()[0]!.model}`);
  let server = await startServer(0, SETTINGS);
  const { port } = server;
  const clients = fork(FILE, [`ws://127.0.0.1:${port}`]);
  await once(clients, 'message');
  const goneDown = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<readonly Return[]> => {
    clients.send('watch');
    await once(clients, 'message');
    const returned = once(clients, 'message') as Promise<[readonly Return[]]>;
    const startMs = performance.now();
    await server.end(signal);
    const downMs = performance.now();
    server = await startServer(port, SETTINGS);
    const times = [downMs - startMs, performance.now() - downMs].map(show);
    console.log(`\n${signal}: gone after ${times[0]} ms, another listens ${times[1]} ms later`);
    return (await returned)[0];
  };
  const isSpread = reportOrdered(await goneDown('SIGTERM'));
  // A line that was of use for a while is no failure, and the next wait is the first again.
  await delay(USEFUL_MS);
  reportCut(await goneDown('SIGKILL'));
  clients.kill('SIGKILL');
  await server.end('SIGKILL');
  if (!isSpread) process.exitCode = 1;
}

/** @returns whether the bar is met */
function reportOrdered(returns: readonly Return[]): boolean {
  const told = returns.filter(({ hintMs }) => hintMs !== null);
  const { hintedMs, arrivalsMs, tenths, tenthMax, lateMs } = spreadOf(told);
  const share = arrivalsMs / hintedMs;
  console.log(`told when to come back  ${show(told.length)}, over ${show(hintedMs)} ms`);
  console.log(`arrived over            ${show(arrivalsMs)} ms, ${(share * 100).toFixed(0)} %`);
  console.log(`tenths with arrivals    ${tenths}, at most ${show(tenthMax)} in one`);
  const late = [0.5, 0.95, 1].map((each) => show(quantile(lateMs, each)));
  console.log(`after their moment      p50 p95 max: ${late.join(', ')} ms`);
  const isMet = told.length === CLIENTS && Math.min(share, tenths / 10) >= SPREAD_SHARE_MIN;
  console.log(`bar: over ${SPREAD_SHARE_MIN * 100} % and more: ${isMet ? 'met' : 'MISSED'}`);
  return isMet;
}

function reportCut(returns: readonly Return[]): void {
  const tenths = Array.from({ length: 11 }, () => 0);
  for (const { triesMs, closedMs } of returns) {
    const tenth = Math.min(10, Math.floor(((triesMs[0]! - closedMs) / FIRST_WAIT_MS) * 10));
    tenths[tenth]!++;
  }
  const words = tenths.map(show).join(' ');
  console.log(`first tries by tenth of ${show(FIRST_WAIT_MS)} ms, and later: ${words}`);
  const tries = returns.flatMap(({ triesMs }) => triesMs);
  console.log(
    `tries                   ${show(tries.length)}, ${show(mostPerSec(tries))} a second at most`,
  );
  const backMs = returns.map(({ openedMs, closedMs }) => openedMs - closedMs);
  const back = [0.01, 0.5, 0.95, 1].map((each) => show(quantile(backMs, each)));
  console.log(`connected again after   p1 p50 p95 max: ${back.join(', ')} ms`);
}

/** The most of these times that lie within one second. */
function mostPerSec(timesMs: readonly number[]): number {
  const sorted = timesMs.toSorted((a, b) => a - b);
  let [most, first] = [0, 0];
  sorted.forEach((ms, last) => {
    while (ms - sorted[first]! >= 1000) first++;
    most = Math.max(most, last - first + 1);
  });
  return most;
}

const url = process.argv[2];
if (url === undefined) await measure();
else await runClients(url);
