/**
 * The store on a file: puts, readings, deadlines, and what it takes of memory and disk.
 *
 * Rates of puts hold the making of the rows out. Medians are over repeats; the delay of the event
 * loop is the longest that its histogram saw, at a resolution of 1 ms.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Candle } from '@tidegauge/liquidations';
import { systemClock } from '../packages/server/src/clock.ts';
import { Database } from '../packages/server/src/store/duckdb-database.ts';
import { loadDuckDb } from '../packages/server/src/store/duckdb-module.ts';
import { DuckDbReader, LANES } from '../packages/server/src/store/duckdb-reader.ts';
import { DuckDbStore } from '../packages/server/src/store/duckdb-store.ts';
import { ReadingTerms } from '../packages/server/src/store/reading-terms.ts';
import type { CandleSeries, PriceRecord } from '../packages/server/src/store/store.ts';
import { StoreTroubles } from '../packages/server/src/store/store-troubles.ts';

const MILLION = 1_000_000;
const START_SEC = 1_600_000_200;
const DAY_SEC = 86_400;
const BTC: CandleSeries = { symbol: 'BTCUSDT', intervalSec: 300 };
const folder = mkdtempSync(path.join(tmpdir(), 'tidegauge-bench-'));

interface Timing {
  readonly ms: number;
  readonly loopDelayMs: number;
}

async function time(run: () => Promise<unknown>): Promise<Timing> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  await run();
  const ms = performance.now() - start;
  delay.disable();
  return { ms, loopDelayMs: delay.max / 1e6 };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function residentMb(): number {
  return process.memoryUsage.rss() / 1e6;
}

function sizeBytes(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Prices to the cent that wander, and volumes to the thousandth. */
function candle(number: number, change: number): Candle {
  const open = Math.round(6e6 + 1e6 * Math.sin(number / 3000)) / 100;
  return {
    timeSec: START_SEC + number * BTC.intervalSec,
    open,
    high: open + ((number * 7) % 5000) / 100,
    low: open - ((number * 11) % 5000) / 100,
    close: open + change + ((number * 13) % 1000) / 100,
    volume: ((number * 7919) % 100_000) / 1000,
  };
}

async function putMillion(
  store: DuckDbStore,
  what: string,
  { symbol = 'BTCUSDT', batch = 10_000, change = 0 },
): Promise<void> {
  let ms = 0;
  const delays: number[] = [];
  for (let from = 0; from < MILLION; from += batch) {
    const rows = Array.from({ length: batch }, (_, i) => candle(from + i, change));
    const put = await time(() => store.putCandles({ ...BTC, symbol }, rows, { keep: true }));
    ms += put.ms;
    delays.push(put.loopDelayMs);
  }
  console.log(
    `1,000,000 candles in puts of ${batch}, ${what}: ${(ms / 1000).toFixed(2)} s (bar: 20), ` +
      `${Math.round(MILLION / (ms / 1000))} rows/s; event loop delayed by ${median(delays).toFixed(0)} ms ` +
      `in the median put; process ${residentMb().toFixed(0)} MB`,
  );
}

async function benchSmallPuts(store: DuckDbStore): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < 300; i += 1) {
    const row = candle(MILLION + i, 0);
    times.push((await time(() => store.putCandles(BTC, [row], { keep: false }))).ms);
  }
  console.log(`one candle, durable: ${median(times).toFixed(1)} ms (median of 300)`);
}

async function benchReading(store: DuckDbStore): Promise<void> {
  const days = 180;
  const fromSec = START_SEC + 300 * 400_000;
  const range = { fromSec, toSec: fromSec + days * DAY_SEC };
  const [times, delays]: [number[], number[]] = [[], []];
  let count = 0;
  for (let i = 0; i < 21; i += 1) {
    count = 0;
    const reading = await time(async () => {
      for await (const rows of store.candles(BTC, range)) count += rows.length;
    });
    times.push(reading.ms);
    delays.push(reading.loopDelayMs);
  }
  console.log(
    `${count} candles (${days} days of 5 min) of 3,000,000: ${median(times).toFixed(0)} ms, ` +
      `event loop delayed by ${median(delays).toFixed(0)} ms (medians of 21)`,
  );
}

async function benchPrices(store: DuckDbStore): Promise<void> {
  const count = (90 * DAY_SEC) / 10;
  for (let from = 0; from < count; from += 20_000) {
    const prices = Array.from({ length: Math.min(20_000, count - from) }, (_, i): PriceRecord => {
      const priceUsd = 60_000 + Math.round(1e6 * Math.sin((from + i) / 5000)) / 100;
      const timeSec = START_SEC + (from + i) * 10 + 0.25;
      return { timeSec, priceUsd, lowUsd: priceUsd - 50, highUsd: priceUsd + 50, confidence: 0.9 };
    });
    await store.putPrices(prices);
  }
  const range = { fromSec: START_SEC, toSec: START_SEC + 90 * DAY_SEC };
  const times: number[] = [];
  let points = 0;
  for (let i = 0; i < 21; i += 1) {
    const reading = await time(async () => {
      points = (await store.prices(range, (90 * DAY_SEC) / 4999)).length;
    });
    times.push(reading.ms);
  }
  console.log(
    `price history, 90 days of a price each 10 s to ${points} points: ` +
      `${median(times).toFixed(0)} ms (median of 21)`,
  );
}

async function benchEngines(): Promise<void> {
  for (const [bytes, saves] of [
    [300_000, 1000],
    [5_000_000, 100],
  ] as const) {
    const file = path.join(folder, `engines-${bytes}.duckdb`);
    const store = await DuckDbStore.open({ duckDb, file });
    let largestMb = 0;
    const [times, delays]: [number[], number[]] = [[], []];
    for (let i = 0; i < saves; i += 1) {
      const symbol = i % 2 === 0 ? 'BTCUSDT' : 'ETHUSDT';
      const record = { ...BTC, symbol, timeSec: i, state: randomBytes(bytes) };
      const save = await time(() => store.saveEngine(record));
      times.push(save.ms);
      delays.push(save.loopDelayMs);
      largestMb = Math.max(largestMb, (sizeBytes(file) + sizeBytes(`${file}.wal`)) / 1e6);
    }
    await store.close();
    console.log(
      `${saves} saves of two engines of ${bytes / 1e6} MB: ${median(times).toFixed(0)} ms each, ` +
        `file and log ${largestMb.toFixed(0)} MB at most, ${(sizeBytes(file) / 1e6).toFixed(0)} MB at ` +
        `the end; event loop delayed by ${median(delays).toFixed(0)} ms in the median`,
    );
  }
}

async function benchDeadline(): Promise<void> {
  const place = 'in memory';
  const prepare = async (): Promise<void> => {};
  const database = await Database.open({ duckDb, path: ':memory:', place, lanes: LANES, prepare });
  const troubles = new StoreTroubles(null);
  const reader = new DuckDbReader({ database, place, clock: systemClock, troubles });
  const sql = `SELECT count(*) FROM range(1000000) a, range(1000000) b
    WHERE hash(a.range + b.range) = 17`;
  const late: number[] = [];
  const delays: number[] = [];
  for (let i = 0; i < 5; i += 1) {
    const timing = await time(async () => {
      const heavy = Array.from({ length: LANES }, async () => {
        const terms = new ReadingTerms(systemClock, { deadlineMs: 1000 });
        for await (const _ of reader.query({ sql, values: [] }, terms)) throw new Error('it ended');
      });
      const ends = await Promise.allSettled(heavy);
      if (ends.some(({ status }) => status === 'fulfilled')) throw new Error('it ended');
      // What waits for a lane sees when the query has really ended.
      const terms = new ReadingTerms(systemClock);
      for await (const _ of reader.query({ sql: 'SELECT 1', values: [] }, terms)) break;
    });
    late.push(timing.ms - 1000);
    delays.push(timing.loopDelayMs);
  }
  await reader.close();
  await database.close();
  console.log(
    `${LANES} heavy queries at once: the next one was answered ${median(late).toFixed(0)} ms after ` +
      `their deadline; event loop delayed by ${median(delays).toFixed(0)} ms meanwhile, in the ` +
      `worst of 5 runs ${Math.max(...delays).toFixed(0)} ms (bar: 50)`,
  );
}

const beforeMb = residentMb();
const duckDb = await loadDuckDb();
const file = path.join(folder, 'tidegauge.duckdb');
const opening = performance.now();
const store = await DuckDbStore.open({ duckDb, file });
console.log(
  `loading DuckDB and opening a new file: ${(residentMb() - beforeMb).toFixed(0)} MB more, ` +
    `${(performance.now() - opening).toFixed(0)} ms`,
);
await benchDeadline();
await putMillion(store, 'into an empty table', {});
await putMillion(store, 'the same again', {});
await putMillion(store, 'each changed', { change: 1 });
await putMillion(store, 'another symbol', { symbol: 'ETHUSDT' });
await putMillion(store, 'a third symbol', { symbol: 'SOLUSDT', batch: 50_000 });
await benchSmallPuts(store);
await benchReading(store);
await benchPrices(store);
const forgetting = await time(() => store.forgetBefore(START_SEC + 45 * DAY_SEC));
console.log(
  `forgetting half of the prices, and taking them out of the file: ${forgetting.ms.toFixed(0)} ms, ` +
    `event loop delayed by ${forgetting.loopDelayMs.toFixed(0)} ms`,
);
const closing = await time(() => store.close());
const reopening = await time(async () => (await DuckDbStore.open({ duckDb, file })).close());
console.log(
  `file: ${(sizeBytes(file) / 1e6).toFixed(0)} MB; closing ${closing.ms.toFixed(0)} ms; opening it ` +
    `again, reading all of it once, and closing: ${reopening.ms.toFixed(0)} ms`,
);
await benchEngines();
rmSync(folder, { recursive: true });
