/** The price bars on real data, through the command as a person runs it. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const COMMAND = fileURLToPath(new URL('../packages/server/bin/tidegauge.mjs', import.meta.url));
const SHARED = fileURLToPath(new URL('../../shared/', import.meta.url));
const DAYS = `${SHARED}data/onchain-days/`;
const TRUTH = `${SHARED}data/futures/BTCUSDT-1h-2021-2026.csv`;
const SCORE = `${SHARED}tools/score-price.mjs`;
const REPLAY_TIMEOUT_MS = 300_000;

const sharedIsThere = existsSync(DAYS) && existsSync(TRUTH) && existsSync(SCORE);
if (!sharedIsThere) {
  console.warn('tidegauge: ../shared is not there: the price bars on real data are left out');
}

interface Line {
  readonly time: number | null;
  readonly height: number | null;
  readonly price: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly confidence: number;
  readonly sample_size: number;
  readonly status: string;
}

/** Runs a program of Node; returns what it wrote, once it has ended well. */
async function run(args: readonly string[], input = ''): Promise<string> {
  const child = spawn(process.execPath, args, { stdio: 'pipe' });
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect({ code: await ended, err }).toEqual({ code: 0, err: '' });
  return out;
}

const replay = (files: readonly string[]): Promise<string> => run([COMMAND, 'replay', ...files]);

/** The only estimate of a file in data/bitcoin. */
async function estimateOf(file: string): Promise<Line> {
  const lines = (await replay([`${SHARED}data/bitcoin/${file}`])).trim().split('\n');
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0]!) as Line;
}

function expectInterval({ price, low, high, confidence }: Line): void {
  expect(low).toBeLessThan(price!);
  expect(high).toBeGreaterThan(price!);
  expect(confidence).toBeGreaterThan(0);
}

describe.skipIf(!sharedIsThere)('a cold start on one file', () => {
  it('block 702861 is within 0.5 % of 43,034', async () => {
    const line = await estimateOf('block-702861.raw');
    expect(line).toMatchObject({ time: 1_633_002_641, height: 702_861, status: 'live' });
    expect(Math.abs(line.price! / 43_034 - 1)).toBeLessThanOrEqual(0.005);
    expectInterval(line);
  });

  it('block 866342, with few payments, is within 1 % of 68,263 or says nothing', async () => {
    const line = await estimateOf('block-866342.raw');
    expect(line).toMatchObject({ height: 866_342, time: 1_729_334_970 });
    if (line.price === null) expect(line).toMatchObject({ low: null, high: null, confidence: 0 });
    else expect(Math.abs(line.price / 68_263 - 1)).toBeLessThanOrEqual(0.01);
    expect(line.status).toBe(line.price === null ? 'warming_up' : 'live');
  });

  it('the mempool of 14 March 2024 is within the range of that day', async () => {
    const line = await estimateOf('mempool-2024-03-14.hex.gz');
    expect(line).toMatchObject({ time: null, height: null, status: 'live' });
    expect(line.price).toBeGreaterThanOrEqual(68_555);
    expect(line.price).toBeLessThanOrEqual(73_777);
    expectInterval(line);
  });

  it('block 300025, of a time when the price was below what the model knows, says nothing', async () => {
    expect(await estimateOf('block-300025.raw')).toMatchObject({
      height: 300_025,
      price: null,
      low: null,
      high: null,
      confidence: 0,
      status: 'warming_up',
    });
  });
});

interface Score {
  readonly blocks: number;
  readonly scored: number;
  readonly unanswered: number;
  readonly median: number;
  readonly p90: number;
  readonly max: number;
  readonly coverage90: number;
  readonly width90: number;
}

describe.skipIf(!sharedIsThere)('tracking over all days in one replay', () => {
  it('holds the bars of error and of calibration', { timeout: REPLAY_TIMEOUT_MS }, async () => {
    const days = readdirSync(DAYS)
      .filter((name) => name.endsWith('.ndjson.gz'))
      .sort();
    expect(days).toHaveLength(330);
    const startMs = performance.now();
    const estimates = await replay(days.map((name) => DAYS + name));
    const seconds = (performance.now() - startMs) / 1000;
    const scored = await run([SCORE, TRUTH], estimates);
    console.log(`330 days in ${seconds.toFixed(1)} s (bar: 60): ${scored.trim()}`);
    const score = JSON.parse(scored) as Score;
    expect(score.scored + score.unanswered).toBe(3209);
    expect(score.scored).toBeGreaterThanOrEqual(3150);
    expect(score.median).toBeLessThanOrEqual(0.1);
    expect(score.p90).toBeLessThanOrEqual(0.4);
    expect(score.max).toBeLessThanOrEqual(5);
    expect(score.coverage90).toBeGreaterThanOrEqual(0.8);
    expect(score.coverage90).toBeLessThanOrEqual(0.97);
    expect(score.width90).toBeLessThanOrEqual(0.8);
  });
});
