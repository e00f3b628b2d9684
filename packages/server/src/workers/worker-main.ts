/**
 * The process of a worker. It belongs to the main process: signals are left to that one, as those
 * of a terminal come to both, and when that one is gone this one ends as well.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import v8 from 'node:v8';
import { openAccess } from '../access/open-access.ts';
import { systemClock } from '../clock.ts';
import { steadyClock } from '../steady-clock.ts';
import { ORPHAN_MS } from './limits.ts';
import type { FromWorker, StartMessage, ToWorker } from './messages.ts';
import { OutLine } from './out-line.ts';
import { RemoteLog } from './remote-log.ts';
import { Worker } from './worker.ts';

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
// As in bin/tidegauge.mjs, and for the same reason.
v8.setFlagsFromString('--semi-space-growth-factor=1');

/** The folder of the socket to the main process, which nobody else removes when that is killed. */
let upstreamFolder: string | null = null;
let log: RemoteLog | null = null;
let worker: Promise<Worker> | null = null;
let ending = false;

const line = new OutLine<FromWorker>((messages, written) => {
  if (process.connected) process.send!(messages as FromWorker[], undefined, undefined, written);
  else written(new Error('the main process is gone'));
});

process.on('message', (messages: readonly ToWorker[]) => {
  for (const message of messages) {
    if (message.kind === 'start') worker = begin(message);
    else void worker?.then((begun) => begun.take(message));
  }
});
process.once('disconnect', () => {
  if (upstreamFolder !== null) rmSync(upstreamFolder, { recursive: true, force: true });
  void end(0);
});
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);

async function begin(start: StartMessage): Promise<Worker> {
  upstreamFolder = path.dirname(start.upstream);
  const clock = steadyClock(systemClock);
  const remoteLog = new RemoteLog({
    level: start.config.logLevel,
    onLine: () => line.offer('log', () => ({ kind: 'log', lines: remoteLog.take() })),
  });
  log = remoteLog;
  const access = await openAccess(start.config, clock, log);
  const begun = new Worker({ start, line, log, clock, access, random: Math.random });
  void listen(begun);
  return begun;
}

async function listen(begun: Worker): Promise<void> {
  if (!(await begun.listen())) await end(1);
}

function crash(error: unknown): void {
  if (log === null) console.error(error);
  else log.error({ err: error }, 'an error that nobody caught; this is a bug');
  void end(1);
}

async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  try {
    const begun = await worker;
    await begun?.abandon(ORPHAN_MS);
  } finally {
    process.exit(code);
  }
}
