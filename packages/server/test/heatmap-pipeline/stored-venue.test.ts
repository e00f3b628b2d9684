import { describe, expect, it } from 'vitest';
import { StoredVenue } from '../../src/pipelines/market-stored-venue.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import { VenueLog } from '../demo-market/venue-log.ts';
import {
  candleEvent,
  clockAfter,
  FROM_SEC,
  INTERVAL_SEC,
  marketHours,
  SYMBOL,
  startedPipeline,
} from './market-hours.ts';

const hours = marketHours(96);
const FILE = { keep: true };
const YEAR_SEC = 365 * 86_400;

/** A store as `tidegauge ingest` leaves it: 5 min candles and open interest, usually each 2 h. */
async function ingested(candlesASample = 24): Promise<MemoryStore> {
  const store = new MemoryStore();
  const series = { symbol: SYMBOL, intervalSec: INTERVAL_SEC };
  await store.putCandles(
    series,
    hours.map(({ prices }) => prices.closed()),
    FILE,
  );
  const samples = hours
    .map(({ openInterest }) => openInterest)
    .filter((_, i) => (i + 1) % candlesASample === 0);
  await store.putOpenInterest(SYMBOL, samples, FILE);
  return store;
}

describe('StoredVenue', () => {
  it('offers each stored symbol, by the candles that reach furthest, then the shortest', async () => {
    const store = await ingested();
    const candle = hours[95]!.prices.closed();
    const put = (symbol: string, intervalSec: number, timeSec: number): Promise<unknown> =>
      store.putCandles({ symbol, intervalSec }, [{ ...candle, timeSec }], FILE);
    await put(SYMBOL, 60, FROM_SEC);
    await put('ETHUSDT', 300, FROM_SEC + 3300);
    await put('ETHUSDT', 3600, FROM_SEC);
    await put('SOLUSDT', 60, FROM_SEC);
    await put('SOLUSDT', 3600, FROM_SEC);
    const venue = await StoredVenue.open(store, clockAfter(96));
    expect(venue).toMatchObject({ name: 'files', demo: false });
    expect(venue.markets).toEqual([
      { symbol: SYMBOL, intervalSec: INTERVAL_SEC },
      { symbol: 'ETHUSDT', intervalSec: 300 },
      { symbol: 'SOLUSDT', intervalSec: 3600 },
    ]);
  });

  it('is connected and says nothing; without history it says what to do', async () => {
    const log = new VenueLog();
    const venue = await StoredVenue.open(await ingested(), clockAfter(96));
    await venue.start(log);
    expect(log.statuses).toMatchObject([{ state: 'connected', detail: null, frames: 0 }]);
    expect(venue.status().lastFrameSec).toBe(FROM_SEC + 96 * INTERVAL_SEC);
    const empty = await StoredVenue.open(new MemoryStore(), clockAfter(96));
    await empty.start(log);
    expect(empty.status().detail).toContain('tidegauge ingest');
    expect(log.events).toEqual([]);
    await venue.stop();
    await empty.stop();
  });

  it('has a map of what is stored, however old, and is never stale', async () => {
    const store = await ingested();
    const clock = clockAfter(96);
    clock.advance(YEAR_SEC * 1000);
    const venue = await StoredVenue.open(store, clock);
    const pipeline = await startedPipeline(store, clock, { venue, live: false });
    const snapshot = pipeline.snapshot(SYMBOL)!;
    expect(snapshot.timeSec).toBe(FROM_SEC + 96 * INTERVAL_SEC);
    expect(snapshot.gaps).toEqual([]);
    expect(snapshot.totalLongUsd).toBeGreaterThan(0);
    expect(pipeline.markets()[0]).toMatchObject({ venues: ['files'], bucketUsd: 100 });
    clock.advance(60_000);
    expect(pipeline.staleSources(clock.nowSec())).toEqual([]);
    expect(pipeline.problem(clock.nowSec())).toBeNull();
    await pipeline.stop();
    expect(await store.loadEngine({ symbol: SYMBOL, intervalSec: INTERVAL_SEC })).toBeNull();
  });

  it('makes its map anew where more was taken in since', async () => {
    const store = await ingested(1);
    const clock = clockAfter(96);
    const venue = await StoredVenue.open(store, clock);
    const live = await startedPipeline(store, clock);
    await live.onEvents([candleEvent({ ...hours[95]!.prices.closed(), volume: 1 })]);
    await live.stop();
    const series = { symbol: SYMBOL, intervalSec: INTERVAL_SEC };
    expect(await store.loadEngine(series)).not.toBeNull();
    const first = (await startedPipeline(store, clock, { venue, live: false })).snapshot(SYMBOL);
    const earlier = { ...hours[0]!.prices.closed(), timeSec: FROM_SEC - INTERVAL_SEC };
    await store.putCandles(series, [earlier], FILE);
    const again = (await startedPipeline(store, clock, { venue, live: false })).snapshot(SYMBOL);
    expect(again).not.toEqual(first);
  });
});
