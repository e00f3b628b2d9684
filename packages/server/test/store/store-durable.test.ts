import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { makeFolder, openDuckDb } from './duckdb-files.ts';
import { firstWrong, SERIES } from './numbered-candles.ts';
import { ALWAYS, all } from './store-contract.ts';

const PROGRAM = fileURLToPath(new URL('store-process.ts', import.meta.url));

interface Line {
  readonly candles?: number;
  readonly engine?: number;
  readonly refused?: string;
  readonly problem?: string | null;
  readonly read?: number;
  readonly closed?: boolean;
}

function start(command: string, args: string[]) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** What the process said; it is killed after so many lines, or a moment after that. */
async function runUntilKilled(folder: string, lines: number, thenMs: number): Promise<Line[]> {
  const child = start(process.execPath, [PROGRAM, 'ingest', folder]);
  const said: Line[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(JSON.parse(line));
    if (said.length === lines) setTimeout(() => child.kill('SIGKILL'), thenMs);
  }
  return said;
}

test('a process that is killed again and again loses nothing it acknowledged', async () => {
  const folder = await makeFolder();
  const file = path.join(folder, 'tidegauge.duckdb');
  let before = 0;
  for (let round = 0; round < 6; round += 1) {
    const said = await runUntilKilled(folder, 1 + ((round * 7) % 12), (round * 5) % 13);
    const acknowledged = Math.max(before, ...said.map(({ candles }) => candles ?? 0));
    const store = await openDuckDb(file);
    expect(store.problem).toBeNull();
    const read = await all(store.candles(SERIES, ALWAYS));
    expect(read.length).toBeGreaterThanOrEqual(acknowledged);
    // A put that was under way is there as a whole or not at all, and no row is there twice.
    expect(read.length % 1000).toBe(0);
    expect(firstWrong(read)).toBe(-1);
    const engine = await store.loadEngine(SERIES);
    const engines = said.map((line) => line.engine ?? -1);
    expect(engine?.timeSec ?? -1).toBeGreaterThanOrEqual(Math.max(-1, ...engines));
    expect(engine?.state.length ?? 100_000).toBe(100_000);
    await store.close();
    before = read.length;
  }
  expect(before).toBeGreaterThan(6 * 1000);
}, 120_000);

/** A limit on the size of files fails writes as a full disk does, at any size and for everybody. */
test.skipIf(process.platform === 'win32')(
  'without room nothing more is taken, what is there can be read, and nothing is lost',
  async () => {
    const folder = await makeFolder();
    const blocks = (24 * 1024 * 1024) / 512;
    const limited = `trap '' XFSZ; ulimit -f ${blocks}; exec "$0" "$@"`;
    const child = start('sh', ['-c', limited, process.execPath, PROGRAM, 'fill', folder]);
    const said: Line[] = [];
    for await (const line of createInterface({ input: child.stdout })) said.push(JSON.parse(line));
    if (child.exitCode === null) await once(child, 'exit');
    const taken = said.filter(({ candles }) => candles !== undefined);
    const refused = said.filter((line) => line.refused !== undefined);
    const count = taken.at(-1)!.candles!;
    // The checkpoint failed first, which shuts the database: it was opened anew and took more.
    expect(taken.some(({ problem }) => problem?.includes('checkpoint'))).toBe(true);
    expect(refused).toHaveLength(3);
    for (const line of refused) {
      expect(line.refused).toBe('full');
      expect(line.read).toBeGreaterThanOrEqual(count);
      expect(line.problem).toContain('there is no room left for');
    }
    expect(said.at(-1)).toEqual({ closed: true });

    const store = await openDuckDb(path.join(folder, 'tidegauge.duckdb'));
    expect(store.problem).toBeNull();
    const read = await all(store.candles(SERIES, ALWAYS));
    expect(firstWrong(read)).toBe(-1);
    // The step that found no room may have put its candles, but not its engine.
    expect(read.length - count).toBeOneOf([0, 1000]);
  },
  120_000,
);
