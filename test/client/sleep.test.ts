/** A laptop that sleeps, a server that hangs, and programs that do not behave. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type RealServer, startServer } from '../e2e/real-server.ts';
import { HostileServer, passTo } from './hostile-server.ts';
import { WatchedClient } from './watched-client.ts';

const WATCHER = fileURLToPath(new URL('watcher-program.ts', import.meta.url));
const NIGHT_MS = 8 * 3_600_000;

const SETTINGS = { MEMPOOL_UPDATE_INTERVAL_MS: '100' };

let real: RealServer;
beforeAll(async () => {
  real = await startServer(0, SETTINGS);
});
afterAll(() => real?.end('SIGKILL'));

test('after a night nothing old is live, and the newest is there soon', async () => {
  const client = new WatchedClient(real.url);
  client.tide.price(client.take);
  await client.until(isFresh);
  const held = client.updates.at(-1)!;
  client.clock.leap(NIGHT_MS);
  expect(held.isLive).toBe(false);
  await client.clock.pass(0);
  await client.recovered();
  await client.until(isFresh);
  expect(client.errors).toEqual([]);
});

test('after a night a line that died is found out within seconds of waking', async () => {
  const dead = passTo(real.port);
  const proxy = await HostileServer.start(dead);
  const client = new WatchedClient(proxy.url);
  client.tide.price(client.take);
  await client.until(isFresh);
  dead.isStalled = true;
  proxy.behaviour = passTo(real.port);
  client.clock.leap(NIGHT_MS);
  const wokenMs = client.clock.nowMs();
  expect(client.updates.at(-1)!.isLive).toBe(false);
  await client.clock.pass(0);
  await client.recovered();
  await client.until(isFresh);
  expect(client.clock.nowMs() - wokenMs).toBeLessThanOrEqual(10_000);
});

test('a process that is stopped while its server is replaced goes on with the new one', async () => {
  const first = await startServer(0, SETTINGS);
  onTestFinished(() => first.end('SIGKILL'));
  const watcher = new Watcher(first.url);
  const old = await watcher.said(({ seq }) => seq !== undefined);
  watcher.signal('SIGSTOP');
  await first.end('SIGKILL');
  const second = await startServer(first.port, SETTINGS);
  onTestFinished(() => second.end('SIGKILL'));
  watcher.signal('SIGCONT');
  const next = await watcher.said(({ epoch }) => epoch !== undefined && epoch !== old.epoch);
  expect(next.missed).toBeNull();
  const updates = watcher.lines.filter(({ seq }) => seq !== undefined);
  const places = updates.map(({ epoch, seq }) => `${epoch} ${seq}`);
  expect(new Set(places).size).toBe(places.length);
  await watcher.said(({ state }) => state === 'live', watcher.lines.indexOf(next) - 2);
});

test('handlers that throw cost nobody else anything; a second close() does nothing', async () => {
  const client = new WatchedClient(real.url);
  const { tide } = client;
  const cause = new Error('of the program itself');
  tide.price(() => {
    throw cause;
  });
  tide.price(client.take);
  tide.on('status', () => {
    throw cause;
  });
  await client.until(({ updates }) => updates.length === 3);
  expect(new Set(client.codes)).toEqual(new Set(['HANDLER_FAILED']));
  expect(client.codes.length).toBeGreaterThanOrEqual(4);
  for (const error of client.errors) expect(error).toMatchObject({ cause, fatal: false });
  expect(tide.status.state).toBe('live');
  tide.close();
  tide.close();
  await client.until(({ statuses }) => statuses.at(-1)?.state === 'closed');
  tide.close();
  expect(client.statuses.filter(({ state }) => state === 'closed').length).toBe(1);
  expect(client.clock.pending).toBe(0);
  expect(() => tide.price()).toThrow(/closed/);
});

test('close() from within a handler and from within a listener is the end', async () => {
  const inHandler = new WatchedClient(real.url);
  const subscription = inHandler.tide.price((update) => {
    inHandler.take(update);
    inHandler.tide.close();
    inHandler.tide.close();
  });
  await inHandler.until(({ statuses }) => statuses.at(-1)?.state === 'closed');
  const inListener = new WatchedClient(real.url);
  inListener.tide.price();
  const closed = new Promise<void>((resolve) => {
    inListener.tide.on('status', ({ state }) => {
      if (state !== 'live') return;
      inListener.tide.close();
      resolve();
    });
  });
  await closed;
  await inListener.until(({ statuses }) => statuses.at(-1)?.state === 'closed');
  for (const client of [inHandler, inListener]) {
    expect(client.tide.status.state).toBe('closed');
    expect(client.clock.pending).toBe(0);
  }
  expect(inHandler.updates.length).toBe(1);
  expect(subscription.closed).toBe(true);
});

/** The demo has no price to begin with. */
function isFresh({ updates }: WatchedClient): boolean {
  return updates.at(-1)?.isLive === true;
}

interface Said {
  readonly state?: string;
  readonly seq?: number;
  readonly epoch?: string | null;
  readonly missed?: number | null;
}

/** A process of its own that watches a price; ended with its test. */
class Watcher {
  readonly lines: Said[] = [];
  readonly #child: ChildProcess;
  #waiting: (() => void)[] = [];

  constructor(url: string) {
    this.#child = spawn(process.execPath, [WATCHER, url], { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      this.lines.push(JSON.parse(line) as Said);
      for (const resolve of this.#waiting.splice(0)) resolve();
    });
    onTestFinished(async () => {
      const gone = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await gone;
    });
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  /** The first line that fits, from the given one on, once it is there. */
  async said(fits: (line: Said) => boolean, from = 0): Promise<Said> {
    for (;;) {
      const found = this.lines.slice(Math.max(0, from)).find(fits);
      if (found) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}
