/** The other processes, as the bench steers them: servers, the floor and clients. */
import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { LoadPlan } from '../../packages/server/src/load/load-plan.ts';
import type { LoadFigures, LoadOrder, Publishing, ServerFigures, ServerOrder } from './orders.ts';
import { channelsOf } from './payloads.ts';

const SERVER_FILE = fileURLToPath(new URL('server-process.ts', import.meta.url));
const LOAD_FILE = fileURLToPath(new URL('load-process.ts', import.meta.url));
const FLOOR_FILE = fileURLToPath(new URL('../floor.c', import.meta.url));

/** A server that can be told what to send. */
export interface Target {
  readonly name: string;
  readonly port: number;
  publish(what: Publishing): Promise<void>;
  silence(): Promise<void>;
  watchLoop(): Promise<void>;
  /** @param collect whether garbage goes first */
  figures(collect?: boolean): Promise<ServerFigures>;
}

const children = new Set<ChildProcess>();

/** Ends every process of this bench. */
export function stopAll(): void {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
}

/** A process of ours that answers each order with one message. */
class Steered<Order extends object> {
  readonly #child: ChildProcess;
  readonly #died: Promise<never>;

  constructor(child: ChildProcess, name: string) {
    this.#child = child;
    children.add(child);
    this.#died = once(child, 'exit').then(([code]) => {
      throw new Error(`the process ${name} ended with ${String(code)}`);
    });
    this.#died.catch(() => {}); // At the end it is stopped on purpose.
  }

  async next(): Promise<unknown> {
    const [answer] = await Promise.race([once(this.#child, 'message'), this.#died]);
    return answer;
  }

  ask(order: Order): Promise<unknown> {
    const answer = this.next();
    this.#child.send(order);
    return answer;
  }
}

/** Starts `ours` or `plain`: see server-process.ts. */
export async function startServer(name: 'ours' | 'plain'): Promise<Target> {
  const process = new Steered<ServerOrder>(fork(SERVER_FILE, [name]), name);
  const port = (await process.next()) as number;
  return {
    name,
    port,
    publish: async (what) => void (await process.ask({ do: 'publish', what })),
    silence: async () => void (await process.ask({ do: 'silence' })),
    watchLoop: async () => void (await process.ask({ do: 'watch loop' })),
    figures: async (collect = false) => {
      return (await process.ask({ do: 'figures', collect })) as ServerFigures;
    },
  };
}

/** Compiles and starts floor.c; null where there is no C compiler, or no Linux. */
export async function startFloor(): Promise<Target | null> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidegauge-floor-'));
  const program = path.join(folder, 'floor');
  const compiled = spawnSync('cc', ['-O2', '-o', program, FLOOR_FILE]);
  if (compiled.status !== 0) {
    rmSync(folder, { recursive: true });
    return null;
  }
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.add(child);
  const lines = createInterface({ input: child.stdout });
  const port = Number(await nextLine(lines));
  // It runs; what it was started from is no longer needed.
  rmSync(folder, { recursive: true });
  const tell = (line: string): void => void child.stdin.write(`${line}\n`);
  return {
    name: 'floor',
    port,
    publish: async ({ bytes, intervalMs }) => tell(`publish ${bytes} ${intervalMs}`),
    silence: async () => tell('silence'),
    watchLoop: async () => {},
    figures: async () => {
      const answer = nextLine(lines);
      tell('figures');
      const [cpuUs = Number.NaN] = (await answer).split(' ').map(Number);
      return { cpuUs, rssBytes: 0, loopDelayP99Ms: null, closed: {} };
    },
  };
}

async function nextLine(lines: Interface): Promise<string> {
  const [line] = (await once(lines, 'line')) as [string];
  return line;
}

/** Clients of one server. */
export interface Crowd {
  /** Counts from 0 again. */
  mark(): Promise<void>;
  figures(): Promise<LoadFigures>;
  /** Cuts all; resolves when all are back. */
  storm(): Promise<LoadFigures>;
}

/** Connects clients that subscribe to what is to be published. @throws when not all are let in */
export async function connectCrowd(
  { port, name }: Pick<Target, 'port' | 'name'>,
  clients: number,
  what: Pick<Publishing, 'kind' | 'atOnce'>,
  changes: Partial<LoadPlan> = {},
): Promise<Crowd> {
  const process = new Steered<LoadOrder>(fork(LOAD_FILE), `load of ${name}`);
  await process.next();
  const ask = async (order: LoadOrder): Promise<LoadFigures> => {
    return (await process.ask(order)) as LoadFigures;
  };
  const plan: LoadPlan = {
    host: `127.0.0.1:${port}`,
    address: '127.0.0.1',
    port,
    path: '/ws/mempool',
    clients,
    requests: [JSON.stringify({ subscribe: channelsOf(what) })],
    gapsCount: true,
    rampMs: 0,
    durationMs: 0,
    slowShare: 0,
    verifiedShare: 0,
    stormEveryMs: 0,
    compression: 'off',
    key: null,
    localAddresses: [],
    ...changes,
  };
  const { open } = await ask({ do: 'connect', plan });
  if (open < clients) throw new Error(`${name}: only ${open} of ${clients} are connected`);
  return {
    mark: async () => void (await ask({ do: 'mark' })),
    figures: () => ask({ do: 'figures' }),
    storm: () => ask({ do: 'storm' }),
  };
}
