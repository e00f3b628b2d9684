/** The real command as a process of its own: what starts, what it says, how it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { Client } from './http-harness.ts';

const bin = fileURLToPath(new URL('../bin/tidegauge.mjs', import.meta.url));

type Line = Record<string, unknown>;

class Running {
  readonly child: ChildProcess;
  readonly lines: Line[] = [];
  readonly exited: Promise<{ code: number | null; signal: string | null }>;
  stderr = '';
  #waiting: (() => void)[] = [];
  readonly #data: string = mkdtempSync(path.join(tmpdir(), 'tidegauge-'));

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    this.child = spawn(process.execPath, [bin, ...args], {
      env: { PATH: process.env.PATH, LOG_FORMAT: 'json', PORT: '0', DATA_DIR: this.#data, ...env },
    });
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      this.lines.push(JSON.parse(line) as Line);
      for (const resolve of this.#waiting.splice(0)) resolve();
    });
    this.child.stderr!.on('data', (chunk) => {
      this.stderr += String(chunk);
    });
    this.exited = once(this.child, 'close').then(([code, signal]) => {
      for (const resolve of this.#waiting.splice(0)) resolve();
      rmSync(this.#data, { recursive: true });
      return { code: code as number | null, signal: signal as string | null };
    });
  }

  /** The first line of the log that fits, once it is there. */
  async line(fits: (line: Line) => boolean): Promise<Line> {
    for (;;) {
      const found = this.lines.find(fits);
      if (found !== undefined) return found;
      if (this.child.exitCode !== null) throw new Error(`ended without it: ${this.stderr}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async url(): Promise<string> {
    return String((await this.line((line) => 'url' in line)).url);
  }
}

const all: Running[] = [];

function start(args: readonly string[], env: Record<string, string> = {}): Running {
  const running = new Running(args, env);
  all.push(running);
  return running;
}

const streamOf = (url: string): string => `${url.replace('http', 'ws')}ws/mempool`;

afterEach(async () => {
  for (const running of all.splice(0)) {
    if (running.child.exitCode === null) running.child.kill('SIGKILL');
    await running.exited;
  }
});

describe('a start without a node', () => {
  test('is a demo: in the first line of the log, in hello, in /health and in the price', async () => {
    const running = start([]);
    const url = await running.url();
    expect(running.lines[0]).toMatchObject({
      demo: true,
      msg: expect.stringMatching(/^DEMO: .*BITCOIN_ZMQ_TX/),
    });
    for (const source of ['demo', 'demo-market']) {
      await running.line((line) => line.event === 'source_connected' && line.source === source);
    }
    const before = running.lines.length;
    const client = new Client(streamOf(url), ['tidegauge.v1']);
    expect(await client.next()).toMatchObject({ type: 'hello', demo: true });
    expect(await client.next()).toMatchObject({ type: 'price_update', demo: true });
    for (const path of ['health', 'api/v1/price']) {
      expect(await (await fetch(url + path)).json()).toMatchObject({ demo: true });
    }
    running.child.kill('SIGTERM');
    expect(await client.closed).toEqual({
      code: 1012,
      reason: expect.stringMatching(/^reconnect after \d+ ms$/),
    });
    expect(await running.exited).toEqual({ code: 0, signal: null });
    const events = running.lines.slice(before).map(({ event }) => event);
    expect(events.filter(Boolean)).toEqual(['ws_connect', 'drain', 'ws_disconnect', 'stopped']);
    expect(running.stderr).toBe('');
  });
});

describe('signals', () => {
  test('a Ctrl-C that arrives twice is one: the drain goes on to its end', async () => {
    const running = start(['serve']);
    const client = await new Client(streamOf(await running.url())).opened();
    running.child.kill('SIGINT');
    await running.line(({ event }) => event === 'drain');
    running.child.kill('SIGINT');
    expect(await client.closed).toMatchObject({ code: 1012 });
    expect(await running.exited).toEqual({ code: 0, signal: null });
  });

  test('told again later, it ends at once', async () => {
    const running = start(['serve', '--drain-seconds=600']);
    const { port } = new URL(await running.url());
    const silent = connect(Number(port), '127.0.0.1');
    silent.on('error', () => {});
    silent.write(
      'GET /ws/mempool HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await once(silent, 'data');
    silent.pause();
    // Asked again and again: only one that comes over 300 ms after the first ends it.
    const asking = setInterval(() => running.child.kill('SIGTERM'), 50);
    const end = await running.exited;
    clearInterval(asking);
    silent.destroy();
    expect(end).toEqual({ code: 143, signal: null });
    expect(running.lines.at(-1)).toMatchObject({
      msg: 'told again to stop: stopping at once',
    });
  });
});

describe('a start that cannot be', () => {
  test('port in use: named, with what to do, and 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const running = start(['serve', `--port=${port}`]);
    expect(await running.exited).toEqual({ code: 1, signal: null });
    expect(running.stderr).toContain(`port ${port} on 127.0.0.1 is in use by another program`);
    other.close();
  });

  test('an address of another machine, unknown flags, wrong values', async () => {
    const cases: [string[], number, RegExp][] = [
      [['serve', '--host=192.0.2.1'], 1, /192\.0\.2\.1 is no address of this machine/],
      [['serve', '--prot=80'], 2, /--prot: there is no such flag; did you mean --port\?/],
      [['serve', '--port=http'], 2, /--port: 'http' is not allowed: allowed is a whole number/],
      [['serve', '--bitcoin-zmq-tx=localhost'], 2, /tcp:\/\/127\.0\.0\.1:28332/],
      [['sevre'], 2, /Did you mean serve\?/],
    ];
    const ends = cases.map(async ([args, code, message]) => {
      const running = start(args);
      expect(await running.exited).toEqual({ code, signal: null });
      expect(running.stderr).toMatch(message);
      expect(running.stderr).not.toContain('    at ');
    });
    await Promise.all(ends);
  });
});

describe('a node that is away', () => {
  test('is reported, and the server stays up', async () => {
    const running = start([], { BITCOIN_ZMQ_TX: 'tcp://127.0.0.1:9' });
    const url = await running.url();
    await running.line(({ event }) => event === 'source_lost');
    expect(await (await fetch(`${url}health`)).json()).toMatchObject({
      status: 'degraded',
      demo: false,
      price_status: 'warming_up',
      sources: {
        zmq: { demo: false, state: 'lost', detail: expect.stringContaining('127.0.0.1:9') },
        'demo-market': { demo: true },
      },
    });
    running.child.kill('SIGTERM');
    expect(await running.exited).toEqual({ code: 0, signal: null });
  });
});
