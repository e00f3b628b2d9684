/**
 * `tidegauge ingest` as a process that is ended before it is done: killed without warning, again
 * and again, or stopped by Ctrl-C. What it said was stored is there afterwards, and no row twice.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FSWatcher, mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '../packages/server/src/log.ts';
import { openStore } from '../packages/server/src/store/open-store.ts';
import { RealProcess } from './real-process.ts';

const COMMAND = fileURLToPath(new URL('../packages/server/bin/tidegauge.mjs', import.meta.url));
const ROWS = 120_000;
const INTERVAL_SEC = 60;
const START_SEC = 1_700_000_040;
const RUNS = 6;
const TIMEOUT_MS = 240_000;

interface Batch {
  readonly event: string;
  readonly rows: number;
  readonly added: number;
  readonly same: number;
}

/** Every candle is told by its volume, so that a row out of place would show. */
function candleText(index: number): string {
  return `${(START_SEC + index * INTERVAL_SEC) * 1000},100,101,99,100,${index + 0.5}`;
}

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidegauge-kill-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** When to kill: after so many batches, at once or when the database next writes to its files. */
interface Kill {
  readonly batches: number;
  readonly when: 'at_once' | 'at_next_write';
}

/** Runs the command and kills it; null lets it end. Returns what it said was stored. */
async function ingest(file: string, dataDir: string, kill: Kill | null): Promise<Batch[]> {
  const args = [COMMAND, 'ingest', file, '--json', '--data-dir', dataDir];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const end = (): void => void child.kill('SIGKILL');
  const said = text(child.stderr);
  const watchers: FSWatcher[] = [];
  const batches: Batch[] = [];
  const check = (): void => {
    if (kill === null || batches.length < kill.batches) return;
    if (kill.when === 'at_once') end();
    else if (watchers.length === 0) watchers.push(watch(dataDir, end));
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const batch = JSON.parse(line) as Batch;
    if (batch.event === 'stored') batches.push(batch);
    check();
  });
  check();
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  for (const watcher of watchers) watcher.close();
  expect(await said).toBe('');
  expect([code, signal]).toEqual(kill === null ? [0, null] : [null, 'SIGKILL']);
  return batches;
}

/**
 * How many candles are stored: from the first on without a hole, each once and as it was. Also a
 * process that was killed while it made the database leaves nothing that looks damaged.
 */
async function storedCount(dataDir: string): Promise<number> {
  const log = createLog(process.stderr, { level: 'silent', format: 'json' });
  const store = await openStore({ directory: dataDir, log });
  try {
    expect(store.problem).toBeNull();
    const series = { symbol: 'BTCUSDT', intervalSec: INTERVAL_SEC };
    const range = { fromSec: 0, toSec: START_SEC + ROWS * INTERVAL_SEC };
    let count = 0;
    for await (const candles of store.candles(series, range)) {
      for (const { timeSec, volume } of candles) {
        const expected = [START_SEC + count * INTERVAL_SEC, count + 0.5];
        if (timeSec !== expected[0] || volume !== expected[1]) {
          expect([timeSec, volume]).toEqual(expected);
        }
        count += 1;
      }
    }
    return count;
  } finally {
    await store.close();
  }
}

function candleFile(folder: string): string {
  const file = path.join(folder, 'BTCUSDT-1m.csv');
  writeFileSync(file, Array.from({ length: ROWS }, (_, i) => candleText(i)).join('\n'));
  return file;
}

test('no acknowledged row is lost, and no row is there twice', {
  timeout: TIMEOUT_MS,
}, async () => {
  const folder = newFolder();
  const file = candleFile(folder);
  const sum = (batches: readonly Batch[], field: 'rows' | 'added' | 'same'): number =>
    batches.reduce((total, batch) => total + batch[field], 0);
  let acknowledged = 0;
  let stored = 0;
  for (let run = 0; run < RUNS; run += 1) {
    // First while the database is being made; then after a put or in the middle of the next one.
    const when = run % 2 === 0 ? 'at_next_write' : 'at_once';
    const batches = await ingest(file, folder, { batches: run, when });
    acknowledged = Math.max(acknowledged, sum(batches, 'rows'));
    const before = stored;
    stored = await storedCount(folder);
    expect(stored).toBeGreaterThanOrEqual(acknowledged);
    // What an earlier run had brought is recognised, row by row.
    expect(sum(batches, 'same')).toBe(Math.min(before, sum(batches, 'rows')));
  }
  const last = await ingest(file, folder, null);
  expect(sum(last, 'rows')).toBe(ROWS);
  expect(sum(last, 'same')).toBe(stored);
  expect(sum(last, 'added')).toBe(ROWS - stored);
  expect(await storedCount(folder)).toBe(ROWS);
});

test('Ctrl-C ends it after the batch in hand, with everything kept and said', async () => {
  const folder = newFolder();
  const args = ['ingest', candleFile(folder), '--json', '--data-dir', folder];
  const ingesting = new RealProcess(args);
  await ingesting.logged(({ event }) => event === 'stored');
  expect(await ingesting.end('SIGINT')).toEqual({ code: 130, stderr: '' });
  const rows = ingesting.log
    .filter(({ event }) => event === 'stored')
    .reduce((total, line) => total + Number(line.rows), 0);
  expect(rows).toBeLessThan(ROWS);
  expect(ingesting.log.at(-1)).toMatchObject({ event: 'done', rows, stopped_by: 'SIGINT' });
  expect(await storedCount(folder)).toBe(rows);
});

test('a history that another process has open is left alone, and the reason told', async () => {
  const folder = newFolder();
  const log = createLog(process.stderr, { level: 'silent', format: 'json' });
  const store = await openStore({ directory: folder, log });
  onTestFinished(() => store.close());
  const args = ['ingest', candleFile(folder), '--data-dir', folder];
  const { code, stderr } = await new RealProcess(args).ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^tidegauge ingest: /);
  expect(stderr).toContain(path.join(folder, 'tidegauge.duckdb'));
  expect(stderr).toContain(String(process.pid));
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
