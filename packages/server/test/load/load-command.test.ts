import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { loadCommand } from '../../src/commands/load.ts';
import { type LoadArguments, readLoadArguments } from '../../src/commands/load-options.ts';
import { reportText } from '../../src/commands/load-text.ts';
import { isInShare } from '../../src/load/load-plan.ts';
import type { LoadReport } from '../../src/load/load-report.ts';
import { limitProblem, processLimits } from '../../src/load/process-limits.ts';
import { type Running, run } from '../http-harness.ts';

const GUIDE = new URL('../../../../docs/guides/load-testing.md', import.meta.url);

function argumentsOf(...args: string[]): LoadArguments {
  const given = readLoadArguments(args);
  if ('problems' in given) throw new Error(given.problems.join('\n'));
  return given;
}

function problemsOf(...args: string[]): readonly string[] {
  const given = readLoadArguments(args);
  return 'problems' in given ? given.problems : [];
}

describe('options', () => {
  test('none at all: ten clients of the price on this machine', () => {
    expect(argumentsOf()).toMatchObject({
      hostname: '127.0.0.1',
      jsonFile: null,
      plan: {
        host: '127.0.0.1:8000',
        port: 8000,
        path: '/ws/mempool',
        clients: 10,
        requests: [],
        gapsCount: true,
        durationMs: 30_000,
        compression: 'off',
      },
    });
  });

  test('symbols mean the heatmap', () => {
    const { plan } = argumentsOf('--symbols', 'BTCUSDT,ETHUSDT', '--interval=2');
    expect(plan).toMatchObject({ path: '/ws/heatmap', gapsCount: false });
    expect(plan.requests).toEqual([
      '{"action":"subscribe","symbols":["BTCUSDT","ETHUSDT"],"update_interval":2}',
    ]);
  });

  test('the URL may be that of a stream, a page, or only a host', () => {
    expect(argumentsOf('ws://example.org/ws/mempool?v=1').plan).toMatchObject({
      host: 'example.org',
      port: 80,
      path: '/ws/mempool?v=1',
    });
    expect(argumentsOf('http://[::1]:9/').hostname).toBe('::1');
    expect(argumentsOf('example.org:81').plan).toMatchObject({ port: 81, path: '/ws/mempool' });
  });

  test('addresses may be a range', () => {
    const { plan } = argumentsOf('--local-addresses', '127.0.0.9-127.0.0.11,::1');
    expect(plan.localAddresses).toEqual(['127.0.0.9', '127.0.0.10', '127.0.0.11', '::1']);
  });

  test.each([
    [['--clients', '0'], "--clients: '0'; allowed: whole numbers from 1 to 1000000"],
    [['--slow', '101'], "--slow: '101'; allowed: numbers from 0 to 100 %"],
    [['--compression', 'yes'], "--compression: 'yes'; allowed: on, off, no-takeover"],
    [
      ['--channels', 'prices'],
      "--channels: 'prices' is none; allowed: full, price, transactions, histogram, confirmed",
    ],
    [['--symbols', 'A', '--channels', 'full'], '--channels belong to /ws/mempool, not /ws/heatmap'],
    [['--path', '/ws/heatmap'], '/ws/heatmap needs --symbols, such as BTCUSDT'],
    [['--interval', '3'], '--interval belongs to /ws/heatmap, not /ws/mempool'],
    [['--key', 'a b'], '--key: it has characters that no key has; allowed: visible ASCII'],
    [
      ['--local-addresses', '127.0.0.9-127.0.0.3'],
      "--local-addresses: '127.0.0.9-127.0.0.3'; allowed: IP addresses, or as 127.0.0.2-127.0.0.40",
    ],
    [
      ['https://example.org'],
      "'https://example.org': TLS would measure the client's own ciphers; allowed: http:// and ws://, that is the server behind its proxy",
    ],
    [['a', 'b'], '2 URLs are given; allowed: one'],
    [['http://'], "'http://' is no URL; allowed: such as http://127.0.0.1:8000/"],
  ])('%j is told', (args, problem) => {
    expect(problemsOf(...args)).toEqual([problem]);
  });

  test('shares lie evenly', () => {
    const slow = Array.from({ length: 20 }, (_, index) => isInShare(index, 0.1));
    expect(slow.map((is, index) => (is ? index : -1)).filter((at) => at >= 0)).toEqual([9, 19]);
    expect(Array.from({ length: 5 }, (_, index) => isInShare(index, 1))).not.toContain(false);
    expect(Array.from({ length: 5 }, (_, index) => isInShare(index, 0))).not.toContain(true);
  });
});

describe('what the machine allows', () => {
  const plan = { clients: 20_000, localAddresses: [] as string[] };

  test('too few descriptors, too few ports', () => {
    expect(limitProblem(plan, { descriptors: 20_000, ports: null })).toBe(
      '--clients: 20000, but this process may open 20000 files and connections (ulimit -n); allowed: up to 19936',
    );
    expect(limitProblem(plan, { descriptors: null, ports: 15_000 })).toBe(
      '--clients: 20000, but there are 15000 ports from 1 local addresses; allowed: fewer, or more --local-addresses',
    );
    const spread = { ...plan, localAddresses: ['127.0.0.1', '127.0.0.2'] };
    expect(limitProblem(spread, { descriptors: 30_000, ports: 15_000 })).toBeNull();
    expect(limitProblem(plan, { descriptors: null, ports: null })).toBeNull();
  });

  test('is known of this one', () => {
    const { descriptors, ports } = processLimits();
    if (process.platform !== 'win32') expect(descriptors).toBeGreaterThan(100);
    if (process.platform === 'linux') expect(ports).toBeGreaterThan(100);
  });
});

describe('the command', () => {
  let running: Running;
  let folder: string;
  const port = Object.assign(new EventEmitter(), { exit: () => {} });

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'tidegauge-load-'));
    running = await run({ config: { wsMaxConnections: 6 } });
  });

  afterEach(async () => {
    rmSync(folder, { recursive: true });
    await running.server.drain();
  });

  async function load(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const code = await loadCommand(systemClock, port).run(args, { stdout, stderr, env: {} });
    const text = (stream: PassThrough): string => String(stream.read() ?? '');
    return { code, out: text(stdout), err: text(stderr) };
  }

  test('all well: the report, as text and as JSON in a file', async () => {
    const file = path.join(folder, 'report.json');
    const args = ['--clients', '3', '--duration', '0.3', '--json', file];
    const { code, out, err } = await load(running.origin, ...args);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('connected   3 of 3 in ');
    expect(out).toContain('lost        0; 0 twice, 0 after newer ones');
    expect(out).toMatch(/latency {5}p50 [\d.]+, p90 [\d.]+, p99 [\d.]+, max [\d.]+ ms\n.*≤ \d+ ms/);
    const report = JSON.parse(readFileSync(file, 'utf8')) as LoadReport;
    expect(report).toMatchObject({ clients: 3, connected: 3, stopped_early: false, problems: [] });
  });

  test('every field of the JSON stands in the guide', async () => {
    const { out } = await load(
      running.origin,
      '--clients',
      '1',
      '--duration',
      '0.1',
      '--json',
      '-',
    );
    const guide = readFileSync(GUIDE, 'utf8');
    const names = (value: unknown): string[] =>
      typeof value !== 'object' || value === null || Array.isArray(value)
        ? []
        : Object.entries(value).flatMap(([name, inner]) => [name, ...names(inner)]);
    for (const name of names(JSON.parse(out))) expect(guide).toContain(`\`${name}\``);
  });

  test('not well: refusals with what to do about them, and exit code 1', async () => {
    const { code, out } = await load(running.origin, '--clients', '8', '--duration', '0.1');
    expect(code).toBe(1);
    expect(out).toContain('failed      2 x HTTP 503 SERVER_FULL');
    expect(out).toContain('not well: 2 clients were never connected');
    expect(out).toContain('503: raise WS_MAX_CONNECTIONS');
  });

  test('the advice is about the refusal, not about its status', async () => {
    const report = await load(running.origin, '--clients', '1', '--duration', '0.1', '--json', '-');
    const failed = { 'HTTP 429 TOO_MANY_FAILURES': 3, 'HTTP 503 DRAINING': 2 };
    const { handshakes, ...rest } = JSON.parse(report.out) as LoadReport;
    const text = reportText({ ...rest, handshakes: { ...handshakes, failed } });
    expect(text).toContain('429: too many wrong keys');
    expect(text).not.toContain('WS_MAX_CONNECTIONS');
  });

  test('Ctrl-C ends it with the report', async () => {
    const ended = load(running.origin, '--clients', '2', '--duration', '3600');
    await expect.poll(() => running.server.clients()).toBe(2);
    port.emit('SIGINT');
    const { code, out } = await ended;
    expect(code).toBe(0);
    expect(out).toContain(' s, stopped early\n');
    expect(port.listenerCount('SIGINT')).toBe(0);
  });

  test('called wrongly: 2, a file that cannot be written: 1', async () => {
    expect(await load('--clientz', '3')).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean --clients?'),
    });
    const missing = path.join(folder, 'no', 'report.json');
    const { code, err } = await load(running.origin, '--duration', '0.1', '--json', missing);
    expect(code).toBe(1);
    expect(err).toContain(`tidegauge load: ENOENT: no such file or directory, open '${missing}'`);
  });

  test('nobody listens: 1, and why', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    server.close();
    await once(server, 'close');
    const free = typeof address === 'object' ? address?.port : 0;
    const { code, out } = await load(
      `http://127.0.0.1:${free}`,
      '--clients',
      '1',
      '--duration',
      '0.1',
    );
    expect(code).toBe(1);
    expect(out).toContain('1 x ECONNREFUSED');
  });
});
