/**
 * The heatmap of the past from a database on a file: 180 days of candles of 5 minutes, with open
 * interest at the same pace, to 1,080 columns. Reading, model and encoding are timed apart and
 * together; then over HTTP, with the delay of the event loop and the memory.
 *
 * Times are medians over repeats, of the wall and of the CPU of the main thread: on a machine that
 * does other things the second says more. A reference is the same body parsed and written by JSON.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import type { Candle, OpenInterest } from '@tidegauge/liquidations';
import { systemClock } from '../packages/server/src/clock.ts';
import type { MarketView } from '../packages/server/src/http/market-view.ts';
import { timeSeriesBody } from '../packages/server/src/http/time-series-body.ts';
import { timeSeriesRoute } from '../packages/server/src/http/time-series-route.ts';
import {
  columnSteps,
  readHistory,
} from '../packages/server/src/pipelines/heatmap-history-columns.ts';
import { EndingSlices } from '../packages/server/src/pipelines/heatmap-history-slices.ts';
import { loadDuckDb } from '../packages/server/src/store/duckdb-module.ts';
import { DuckDbStore } from '../packages/server/src/store/duckdb-store.ts';
import { serve } from '../packages/server/test/http/serve.ts';

const CANDLE_SEC = 300;
const COLUMN_SEC = 4 * 3600;
const DAY_SEC = 86_400;
/** 2026-01-01 */
const END_SEC = 1_767_225_600;
const STORED_DAYS = 400;
const SYMBOLS = ['BTCUSDT', 'ETHUSDT'] as const;
const TIMES = {
  firstSec: END_SEC - 180 * DAY_SEC + COLUMN_SEC,
  lastSec: END_SEC,
  columnSec: COLUMN_SEC,
};
const SERIES = { symbol: 'BTCUSDT', intervalSec: CANDLE_SEC };
const MODEL = { bucketUsd: 100, leverageWeights: null };
const HEAD = { symbol: 'BTCUSDT', interval: '4h', bucketUsd: 100, demo: false };
const REPEATS = 9;

/** Seeded numbers in [0, 1): a linear congruential generator (Knuth, MMIX) on its high bits. */
function seededRandom(seed: number): () => number {
  let state = BigInt(seed);
  return () => {
    state = BigInt.asUintN(64, state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n);
    return Number(state >> 11n) / 2 ** 53;
  };
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A market that moves by 2.5 % a day around 90,000 USD, and its open interest. */
function madeUpMarket(seed: number): { candles: Candle[]; samples: OpenInterest[] } {
  const random = seededRandom(seed);
  const count = (STORED_DAYS * DAY_SEC) / CANDLE_SEC;
  const step = 0.025 / Math.sqrt(DAY_SEC / CANDLE_SEC);
  let logPrice = 0;
  const cents = (value: number): number => Math.round(value * 100) / 100;
  const price = (): number => 90_000 * Math.exp(logPrice);
  const candles = Array.from({ length: count }, (_, index): Candle => {
    const open = cents(price());
    logPrice += step * gaussian(random) - 2e-5 * logPrice;
    const close = cents(price());
    const wick = 0.4 * step * open;
    return {
      timeSec: END_SEC - (count - index) * CANDLE_SEC,
      open,
      high: cents(Math.max(open, close) + wick * random()),
      low: cents(Math.min(open, close) - wick * random()),
      close,
      volume: Math.round(3e5 * Math.exp(0.6 * gaussian(random))) / 1000,
    };
  });
  const samples = candles.map(({ timeSec }, index) => {
    return { timeSec: timeSec + CANDLE_SEC, usd: 5e9 + 4e8 * Math.sin(index / 400) };
  });
  return { candles, samples };
}

interface Timing {
  readonly wallMs: number;
  readonly cpuMs: number;
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

async function time(run: () => Promise<void>): Promise<Timing> {
  const timings: Timing[] = [];
  for (let i = 0; i < REPEATS; i += 1) {
    const [startMs, startCpuMs] = [performance.now(), cpuMs()];
    await run();
    timings.push({ wallMs: performance.now() - startMs, cpuMs: cpuMs() - startCpuMs });
  }
  const middle = (values: number[]): number => values.toSorted((a, b) => a - b)[REPEATS >> 1]!;
  return {
    wallMs: middle(timings.map((each) => each.wallMs)),
    cpuMs: middle(timings.map((each) => each.cpuMs)),
  };
}

function report(what: string, { wallMs, cpuMs: spentMs }: Timing, more = ''): void {
  console.log(`${what}: ${wallMs.toFixed(0)} ms, ${spentMs.toFixed(0)} ms of CPU${more}`);
}

const slices = (): EndingSlices => new EndingSlices(new AbortController().signal);

async function benchParts(store: DuckDbStore): Promise<void> {
  let history = await readHistory(store, SERIES, TIMES, slices());
  const reading = await time(async () => {
    history = await readHistory(store, SERIES, TIMES, slices());
  });
  const days = history.past.days.length;
  const rows = history.candles.length + history.openInterest.length;
  report(`store: ${rows} rows read, ${days} days of sums before them`, reading);

  let [columns, levels] = [0, 0];
  const model = await time(async () => {
    [columns, levels] = [0, 0];
    for (const column of columnSteps(history, TIMES, MODEL)) {
      columns += column === null ? 0 : 1;
      levels += column?.levels.length ?? 0;
    }
  });
  report(`model: ${history.candles.length} candles to ${columns} columns`, model);

  let body: Buffer = Buffer.alloc(0);
  const both = await time(async () => {
    body = await timeSeriesBody(HEAD, columnSteps(history, TIMES, MODEL), slices());
  });
  const size = `${(body.length / 1e6).toFixed(1)} MB, ${Math.round(levels / columns)} levels a column`;
  report('model and encoding', both, ` (${size})`);

  const text = body.toString();
  const json = await time(async () => {
    JSON.stringify(JSON.parse(text));
  });
  report('reference: that body parsed and written by JSON', json);

  const whole = await time(async () => {
    const read = await readHistory(store, SERIES, TIMES, slices());
    await timeSeriesBody(HEAD, columnSteps(read, TIMES, MODEL), slices());
  });
  const ratio = (whole.cpuMs / json.cpuMs).toFixed(2);
  report('the whole, store to body', whole, ` (bar: 300); ${ratio} times the reference`);

  for (const level of [1, 6]) {
    const startMs = performance.now();
    const packed = gzipSync(body, { level });
    const share = ((100 * packed.length) / body.length).toFixed(0);
    const ms = (performance.now() - startMs).toFixed(0);
    console.log(`gzip at level ${level}: to ${share} % in ${ms} ms of another thread`);
  }
}

/** Asks from a process of its own. */
async function ask(url: string, encoding: string): Promise<void> {
  const script =
    `fetch('${url}', { headers: { 'accept-encoding': '${encoding}' } })` +
    '.then((answer) => answer.arrayBuffer())' +
    '.then(({ byteLength }) => console.log(byteLength))';
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const chunk of child.stdout) text += String(chunk);
  if (!(Number(text) > 1e6)) throw new Error(`an answer of ${text} bytes`);
}

async function benchServer(store: DuckDbStore): Promise<void> {
  const clock = { ...systemClock, nowSec: () => END_SEC };
  const view: MarketView = {
    demo: false,
    store,
    nowSec: () => END_SEC,
    markets: () =>
      SYMBOLS.map((symbol) => {
        return { symbol, intervalSec: CANDLE_SEC, venues: ['bench'], bucketUsd: 100 };
      }),
    heatmap: () => null,
    candleInProgress: () => null,
  };
  const server = await serve([timeSeriesRoute(view, { clock, leverageWeights: null })]);
  const query = `start_time=${END_SEC - 180 * DAY_SEC}&interval=4h`;
  const urls = SYMBOLS.map((symbol) => {
    return `${server.origin}/liquidations/heatmap-timeseries?symbol=${symbol}&${query}`;
  });
  for (const encoding of ['identity', 'gzip']) {
    const before = process.memoryUsage.rss();
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    let longestMs = 0;
    let lastMs = cpuMs();
    const timer = setInterval(() => {
      const nowMs = cpuMs();
      longestMs = Math.max(longestMs, nowMs - lastMs);
      lastMs = nowMs;
    }, 1);
    const startMs = performance.now();
    await Promise.all(urls.map((url) => ask(url, encoding)));
    const ms = performance.now() - startMs;
    clearInterval(timer);
    delay.disable();
    const grownMb = (process.memoryUsage.rss() - before) / 1e6;
    console.log(
      `two at once over HTTP, ${encoding}: ${ms.toFixed(0)} ms with the start of the clients; ` +
        `event loop delayed by ${(delay.max / 1e6).toFixed(0)} ms at most (bar: 50), by ` +
        `${longestMs.toFixed(0)} ms of its own CPU; memory grown by ${grownMb.toFixed(0)} MB`,
    );
  }
  await server.close();
}

const folder = mkdtempSync(path.join(tmpdir(), 'tidegauge-bench-'));
const store = await DuckDbStore.open({
  duckDb: await loadDuckDb(),
  file: path.join(folder, 'history.duckdb'),
});
try {
  for (const [index, symbol] of SYMBOLS.entries()) {
    const { candles, samples } = madeUpMarket(index + 1);
    await store.putCandles({ symbol, intervalSec: CANDLE_SEC }, candles, { keep: true });
    await store.putOpenInterest(symbol, samples, { keep: true });
  }
  await benchParts(store);
  await benchServer(store);
} finally {
  await store.close();
  rmSync(folder, { recursive: true });
}
