/** The heatmap through a whole server: venue to socket, REST and /health, with a stand-in venue. */

import { bucketSizeUsd } from '@tidegauge/liquidations';
import { SYMBOLS_PER_CONNECTION_MAX } from '@tidegauge/protocol';
import { expect, onTestFinished, test } from 'vitest';
import type { VenueEvent } from '../../src/sources/venue.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import { Client, type Running, type RunOptions, run } from '../http-harness.ts';

const SYMBOL = 'BTCUSDT';
const INTERVAL_SEC = 300;

async function start(options: RunOptions = {}): Promise<Running> {
  const running = await run(options);
  onTestFinished(() => running.server.drain());
  return running;
}

/** Closed candles up to now, with open interest that makes positions. */
function hoursUntilNow(candles: number): VenueEvent[] {
  const endSec = Math.floor(Date.now() / 1000 / INTERVAL_SEC) * INTERVAL_SEC;
  return Array.from({ length: candles }, (_, i): VenueEvent[] => {
    const timeSec = endSec - (candles - i) * INTERVAL_SEC;
    const price = 90_000 + 100 * (i % 7);
    const candle = { timeSec, open: price, high: price + 90, low: price - 90, close: price };
    return [
      { kind: 'candle', symbol: SYMBOL, candle: { ...candle, volume: 50 }, closed: true },
      { kind: 'open_interest', symbol: SYMBOL, sample: { timeSec: timeSec + 300, usd: 8e9 } },
    ];
  }).flat();
}

const json = async (url: string) => (await (await fetch(url)).json()) as Record<string, unknown>;

test('what a venue brings is on the socket, in REST and in the history', async () => {
  const { origin, stream, venue } = await start();
  const client = await new Client(stream.replace('mempool', 'heatmap'), ['tidegauge.v1']).opened();
  expect(await client.next()).toMatchObject({
    type: 'hello',
    demo: false,
    limits: { update_interval_ms: 5000, max_symbols: SYMBOLS_PER_CONNECTION_MAX },
  });
  client.send({ action: 'subscribe', symbols: [SYMBOL], update_interval: 1 });
  const events = await venue.events;
  await events.onEvents(hoursUntilNow(40));

  const snapshot = await client.nextOf('snapshot');
  expect(snapshot).toMatchObject({
    symbol: SYMBOL,
    data: { current_price: 90_400, bucket_size: bucketSizeUsd(90_400), gaps: [] },
  });
  expect(await json(`${origin}/api/v1/heatmap/${SYMBOL}`)).toEqual(snapshot);
  expect(await json(`${origin}/api/v1/symbols`)).toEqual({
    symbols: [{ symbol: SYMBOL, venues: ['stand-in-market'], interval: '5m', bucket_size: 100 }],
  });
  const { klines } = await json(`${origin}/api/v1/klines/${SYMBOL}`);
  expect(klines).toHaveLength(40);
  const { data } = await json(`${origin}/liquidations/heatmap-timeseries?symbol=${SYMBOL}`);
  expect((data as unknown[]).length).toBeGreaterThan(30);
  expect(await json(`${origin}/health`)).toMatchObject({
    status: 'ok',
    sources: { 'stand-in-market': { demo: false, state: 'connected' } },
    heatmap: { candles: 40, open_interest: 40 },
    store: { problem: null },
  });
});

test('a demo marks its maps, on the socket as in REST', async () => {
  const { origin, stream, venue } = await start({ demo: true });
  const client = await new Client(stream.replace('mempool', 'heatmap')).opened();
  await (await venue.events).onEvents(hoursUntilNow(10));
  client.send({ action: 'subscribe', symbols: [SYMBOL] });
  expect(await client.nextOf('snapshot')).toMatchObject({ demo: true });
  expect(await json(`${origin}/api/v1/symbols`)).toMatchObject({ demo: true });
  expect(await json(`${origin}/health`)).toMatchObject({
    sources: { 'stand-in-market': { demo: true } },
  });
});

test.each([
  ['of a demo goes after 14 days', { demo: true }, [13]],
  ['of a market goes after RETENTION_DAYS', { config: { retentionDays: 30 } }, [13, 20]],
  ['stays for good with RETENTION_DAYS=0', { config: { retentionDays: 0 } }, [13, 20, 40]],
])('history %s', async (_, options, left) => {
  const store = new MemoryStore();
  const dayAgo = (days: number) => Math.floor(Date.now() / 86_400_000 - days) * 86_400;
  const candle = { open: 2, high: 3, low: 1, close: 2, volume: 5 };
  const series = { symbol: 'OLDUSDT', intervalSec: INTERVAL_SEC };
  const candles = [40, 20, 13].map((days) => ({ ...candle, timeSec: dayAgo(days) }));
  await store.putCandles(series, candles, { keep: false });
  const { server } = await run({ ...options, store });
  const kept: number[] = [];
  // Stopping waits for what the retention has begun, and closes the store.
  store.close = () => Promise.resolve();
  await server.drain();
  for await (const chunk of store.candles(series, { fromSec: 0, toSec: Date.now() / 1000 })) {
    kept.push(...chunk.map(({ timeSec }) => timeSec));
  }
  expect(kept).toEqual(left.map(dayAgo).reverse());
});
