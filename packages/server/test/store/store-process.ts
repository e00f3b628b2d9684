/**
 * Run as a process of its own by the tests of kills and full disks. Prints a line for each thing
 * that was acknowledged, at once and whole, however the process ends.
 */
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import process from 'node:process';
import { openStore } from '../../src/store/open-store.ts';
import { type Store, StoreError } from '../../src/store/store.ts';
import { FakeLog } from '../hub-fakes.ts';
import { numberedCandles, SERIES } from './numbered-candles.ts';

const BATCH_ROWS = 1000;

function say(line: object): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

/** Puts batch after batch without end, saving an engine after each. */
async function ingest(store: Store): Promise<void> {
  const before = (await store.series())[0]?.count ?? 0;
  for (let from = before; ; from += BATCH_ROWS) {
    await store.putCandles(SERIES, numberedCandles(from, BATCH_ROWS), { keep: true });
    say({ candles: from + BATCH_ROWS });
    await store.saveEngine({ ...SERIES, timeSec: from, state: new Uint8Array(100_000) });
    say({ engine: from });
  }
}

async function countCandles(store: Store): Promise<number> {
  let count = 0;
  for await (const rows of store.candles(SERIES, { fromSec: 0, toSec: Infinity })) {
    count += rows.length;
  }
  return count;
}

/** Puts until there is no room, reads, and goes on a little. */
async function fill(store: Store): Promise<void> {
  let steps = 0;
  let refused = 0;
  while (refused < 3) {
    try {
      await store.putCandles(SERIES, numberedCandles(steps * 1000, 1000), { keep: true });
      const series = { ...SERIES, symbol: `FILLER${steps}` };
      await store.saveEngine({ ...series, timeSec: steps, state: randomBytes(1_000_000) });
      steps += 1;
      say({ candles: steps * 1000, problem: store.problem });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      refused += 1;
      say({ refused: error.kind, problem: store.problem, read: await countCandles(store) });
    }
  }
  await store.close();
  say({ closed: true });
}

const [work, directory] = process.argv.slice(2);
const store = await openStore({ directory: directory!, log: new FakeLog() });
await (work === 'fill' ? fill(store) : ingest(store));
