/** The bars of the liquidation model on real data, through the command as a person runs it. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const COMMAND = fileURLToPath(new URL('../packages/server/bin/tidegauge.mjs', import.meta.url));
const SHARED = fileURLToPath(new URL('../../shared/', import.meta.url));
const KLINES = `${SHARED}data/futures/BTCUSDT-1h-2021-2026.csv`;
const OPEN_INTEREST = `${SHARED}data/futures/BTC-open-interest-4h.csv`;
const HAPPENED = `${SHARED}data/futures/BTC-liquidations-4h.csv`;
const SCORE = `${SHARED}tools/score-liquidations.mjs`;
/** A multiple of 4 h, so that open interest and candles end together. */
const CUT = '2025-12-01T00:00:00';
const USUAL_MIX = '5:.15,10:.3,25:.25,50:.2,100:.1';

const sharedIsThere = [KLINES, OPEN_INTEREST, HAPPENED, SCORE].every((file) => existsSync(file));
if (!sharedIsThere) {
  console.warn('tidegauge: ../shared is not there: the bars of the liquidation model are left out');
}

interface Score {
  readonly windows: number;
  readonly spearman_long: number;
  readonly spearman_short: number;
  readonly baseline_long: number;
  readonly baseline_short: number;
  readonly ratio: number;
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

const backtest = (...options: readonly string[]): Promise<string> =>
  run([COMMAND, 'backtest', '--klines', KLINES, '--open-interest', OPEN_INTEREST, ...options]);

const scored = async (lines: string): Promise<Score> =>
  JSON.parse(await run([SCORE, HAPPENED, KLINES], lines)) as Score;

describe.skipIf(!sharedIsThere)('the liquidations that happened', () => {
  it('are ranked as the bars ask, and of the right size', async () => {
    const startMs = performance.now();
    const lines = await backtest();
    const seconds = (performance.now() - startMs) / 1000;
    const score = await scored(lines);
    const count = lines.trim().split('\n').length;
    console.log(`${count} candles in ${seconds.toFixed(2)} s: ${JSON.stringify(score)}`);
    expect(count).toBe(43_837);
    expect(score.windows).toBe(603);
    expect(score.spearman_long).toBeGreaterThanOrEqual(0.92);
    expect(score.spearman_short).toBeGreaterThanOrEqual(0.87);
    expect(score.spearman_long).toBeGreaterThan(score.baseline_long + 0.1);
    expect(score.spearman_short).toBeGreaterThan(score.baseline_short + 0.1);
    expect(score.ratio).toBeGreaterThanOrEqual(0.5);
    expect(score.ratio).toBeLessThanOrEqual(2);
  });

  it('are told worse with the usual mix of leverages, which shows that the option counts', async () => {
    const [learned, usual] = await Promise.all([
      backtest().then(scored),
      backtest('--leverage-weights', USUAL_MIX).then(scored),
    ]);
    console.log(`with ${USUAL_MIX}: ${JSON.stringify(usual)}`);
    expect(usual.spearman_long).toBeLessThan(learned.spearman_long);
    expect(usual.spearman_short).toBeLessThan(learned.spearman_short);
  });

  it('are told from what was known: a history cut off changes no line up to its end', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tidegauge-backtest-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const cut = (file: string): string => {
      const [header = '', ...rows] = readFileSync(file, 'utf8').trim().split('\n');
      const kept = rows.filter((row) => row < CUT);
      const copy = path.join(folder, path.basename(file));
      writeFileSync(copy, [header, ...kept].join('\n'));
      return copy;
    };
    const [whole, short] = await Promise.all([
      backtest(),
      run([COMMAND, 'backtest', '--klines', cut(KLINES), '--open-interest', cut(OPEN_INTEREST)]),
    ]);
    const lines = short.trim().split('\n');
    expect(lines.length).toBeGreaterThan(40_000);
    expect(whole.split('\n').slice(0, lines.length)).toEqual(lines);
  });
});
