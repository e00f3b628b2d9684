/**
 * What the fan-out benches share: a server and its clients as processes of their own, steered by
 * orders, so that each has its CPU to itself. A bench forks its own file with the role as argument.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../packages/server/src/log.ts';

export type Order =
  | { readonly do: 'connect'; readonly url: string }
  | { readonly do: 'start' }
  | { readonly do: 'stop' };

export interface ServerFigures {
  /** User and system. */
  readonly cpuMs: number;
  /** From the begin of each broadcast to its last write, ms. */
  readonly sendMs: readonly number[];
}

export interface Child {
  readonly process: ChildProcess;
  readonly url: string;
}

/** Starts a role; it has to send its address once it is ready. */
export async function startChild(file: string, role: readonly string[]): Promise<Child> {
  const child = fork(file, role);
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`the process ${role.join(' ')} ended with ${String(code)}`);
  });
  const [url] = (await Promise.race([once(child, 'message'), died])) as [string];
  died.catch(() => {}); // Later it is stopped on purpose.
  return { process: child, url };
}

/** Starts the clients of a server; it resolves once all are connected. */
export async function startClients(
  file: string,
  role: readonly string[],
  url: string,
): Promise<Child> {
  const clients = await startChild(file, role);
  clients.process.send({ do: 'connect', url } satisfies Order);
  await once(clients.process, 'message');
  return clients;
}

export interface Observed<ClientFigures> {
  readonly serverFigures: ServerFigures;
  readonly clientFigures: ClientFigures;
  readonly seconds: number;
}

/** What both sides count between the orders `start` and `stop`. */
export async function observe<ClientFigures>(
  server: Child,
  clients: Child,
  seconds: number,
): Promise<Observed<ClientFigures>> {
  await delay(1_500);
  const both = [server.process, clients.process];
  for (const child of both) child.send({ do: 'start' } satisfies Order);
  const startMs = performance.now();
  await delay(seconds * 1000);
  const answers = both.map((child) => once(child, 'message'));
  for (const child of both) child.send({ do: 'stop' } satisfies Order);
  const [[serverFigures], [clientFigures]] = (await Promise.all(answers)) as [
    [ServerFigures],
    [ClientFigures],
  ];
  return { serverFigures, clientFigures, seconds: (performance.now() - startMs) / 1000 };
}

export function stop(...children: readonly Child[]): void {
  for (const child of children) child.process.kill('SIGKILL');
}

/** In the server's process: keeps CPU and sending times between the orders `start` and `stop`. */
export function obey(sendMs: number[]): void {
  let cpu = process.cpuUsage();
  process.on('message', (order: Order) => {
    if (order.do === 'start') {
      sendMs.length = 0;
      cpu = process.cpuUsage();
    } else if (order.do === 'stop') {
      const { user, system } = process.cpuUsage(cpu);
      process.send!({ cpuMs: (user + system) / 1000, sendMs } satisfies ServerFigures);
    }
  });
}

export const SILENT: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function show(value: number): string {
  return Math.round(value).toLocaleString('en');
}
