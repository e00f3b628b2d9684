import { describe, expect, it } from 'vitest';
import { HeatmapPipeline } from '../../src/pipelines/heatmap-pipeline.ts';
import type { SourceStatus } from '../../src/sources/source.ts';
import type { VenueEvent } from '../../src/sources/venue.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import { FlakyStore } from './flaky-store.ts';
import {
  candleEvent,
  clockAfter,
  eventsOf,
  FROM_SEC,
  halfOf,
  INTERVAL_SEC,
  interestEvent,
  marketHours,
  read,
  SYMBOL,
  startedPipeline,
  turns,
  VENUE,
} from './market-hours.ts';

const hours = marketHours(60);
const SERIES = { symbol: SYMBOL, intervalSec: INTERVAL_SEC };
const ALL = { fromSec: 0, toSec: 1e11 };
const history = hours.slice(0, 40).flatMap(eventsOf);
const closedAt = (i: number) => hours[i]!.prices.closed();

describe('HeatmapPipeline', () => {
  it('stores history and makes the map of it', async () => {
    const store = new MemoryStore();
    const pipeline = await startedPipeline(store, clockAfter(40));
    expect(pipeline.snapshot(SYMBOL)).toBeNull();
    expect(pipeline.markets()).toEqual([{ ...SERIES, venues: ['test-venue'], bucketUsd: null }]);
    await pipeline.onEvents(history);
    const made = hours.slice(0, 40);
    expect(await read(store.candles(SERIES, ALL))).toEqual(made.map((m) => m.prices.closed()));
    expect(await read(store.openInterest(SYMBOL, ALL))).toEqual(made.map((m) => m.openInterest));
    const liquidations = made.flatMap((m) => m.liquidations);
    expect((await read(store.liquidations(SYMBOL, ALL))).length).toBe(liquidations.length);
    const snapshot = pipeline.snapshot(SYMBOL)!;
    expect(snapshot).toMatchObject({
      timeSec: FROM_SEC + 40 * INTERVAL_SEC,
      currentPriceUsd: closedAt(39).close,
      bucketUsd: 100,
      gaps: [],
    });
    expect(snapshot.totalLongUsd).toBeGreaterThan(0);
    expect(pipeline.markets()[0]!.bucketUsd).toBe(100);
    expect(pipeline.knownUntilSec(SYMBOL)).toBe(closedAt(39).timeSec);
    expect(pipeline.counters()).toMatchObject({
      candles: 40,
      openInterest: 40,
      liquidations: liquidations.length,
      missing: 0,
      store: { stored: 80 + liquidations.length, failures: 0, dropped: 0 },
    });
    expect(pipeline.problem(FROM_SEC + 40 * INTERVAL_SEC)).toBeNull();
  });

  it('gives the same map until something comes that changes it', async () => {
    const pipeline = await startedPipeline(new MemoryStore(), clockAfter(40));
    await pipeline.onEvents(history);
    const first = pipeline.snapshot(SYMBOL);
    const liquidation = { timeSec: FROM_SEC, side: 'long', priceUsd: 1, usd: 1 } as const;
    await pipeline.onEvents([
      candleEvent(closedAt(39)),
      { kind: 'liquidation', symbol: SYMBOL, liquidation },
    ]);
    expect(pipeline.snapshot(SYMBOL)).toBe(first);
    await pipeline.onEvents([candleEvent(halfOf(hours[40]!), false)]);
    expect(pipeline.snapshot(SYMBOL)).not.toBe(first);
    expect(pipeline.snapshot('DOGEUSDT')).toBeNull();
  });

  it('counts the candle in progress for now, dates the map to now, and does not store it', async () => {
    const store = new MemoryStore();
    const clock = clockAfter(40);
    const pipeline = await startedPipeline(store, clock);
    await pipeline.onEvents(history);
    const before = pipeline.snapshot(SYMBOL)!;
    clock.advance(150_000);
    const crash = { ...halfOf(hours[40]!), low: closedAt(39).close * 0.9 };
    await pipeline.onEvents([candleEvent(crash, false)]);
    const during = pipeline.snapshot(SYMBOL)!;
    expect(during.timeSec).toBe(FROM_SEC + 40 * INTERVAL_SEC + 150);
    expect(during.totalLongUsd).toBeLessThan(before.totalLongUsd * 0.8);
    expect(pipeline.candleInProgress(SYMBOL)).toEqual(crash);
    expect((await read(store.candles(SERIES, ALL))).length).toBe(40);
    clock.advance(150_000);
    await pipeline.onEvents(eventsOf(hours[40]!));
    expect(pipeline.candleInProgress(SYMBOL)).toBeNull();
    expect(pipeline.candleInProgress('DOGEUSDT')).toBeNull();
    const straight = await startedPipeline(new MemoryStore(), clock);
    await straight.onEvents([...history, ...eventsOf(hours[40]!)]);
    expect(pipeline.snapshot(SYMBOL)).toEqual(straight.snapshot(SYMBOL));
  });

  it('takes open interest that comes before the first candle', async () => {
    const made = hours.slice(0, 20);
    const clock = clockAfter(20);
    const pipeline = await startedPipeline(new MemoryStore(), clock);
    await pipeline.onEvents(made.map(interestEvent));
    await pipeline.onEvents(made.map((m) => candleEvent(m.prices.closed())));
    const together = await startedPipeline(new MemoryStore(), clock);
    await together.onEvents(made.flatMap(eventsOf));
    expect(pipeline.snapshot(SYMBOL)).toEqual(together.snapshot(SYMBOL));
    expect(pipeline.snapshot(SYMBOL)!.totalLongUsd).toBeGreaterThan(0);
  });

  it('keeps the map of each hour that ends live, not those of history', async () => {
    const store = new MemoryStore();
    const clock = clockAfter(35);
    const pipeline = await startedPipeline(store, clock);
    await pipeline.onEvents(hours.slice(0, 35).flatMap(eventsOf));
    for (const made of hours.slice(35, 41)) {
      clock.advance(INTERVAL_SEC * 1000);
      await pipeline.onEvents(eventsOf(made));
    }
    const maps = await read(store.snapshots(SYMBOL, ALL));
    expect(maps.map(({ timeSec }) => timeSec)).toEqual([FROM_SEC + 3 * 3600]);
    expect(JSON.parse(maps[0]!.dataJson)).toMatchObject({
      current_price: closedAt(35).close,
      bucket_size: 100,
    });
  });

  it('passes on how its venue is, until it is stopped', async () => {
    const heard: SourceStatus[] = [];
    const onStatus = (status: SourceStatus): unknown => heard.push(status);
    const pipeline = await startedPipeline(new MemoryStore(), clockAfter(0), { onStatus });
    const status: SourceStatus = {
      name: 'test-venue',
      state: 'lost',
      sinceSec: FROM_SEC,
      lastFrameSec: null,
      frames: 0,
      missed: 0,
      dropped: 0,
      malformed: 0,
      detail: null,
    };
    pipeline.onStatus(status);
    await pipeline.stop();
    pipeline.onStatus(status);
    expect(heard).toEqual([status]);
  });

  it('takes nothing once it is stopped, and leaves no timer', async () => {
    const store = new MemoryStore();
    const clock = clockAfter(40);
    const pipeline = await startedPipeline(store, clock);
    await Promise.all([pipeline.stop(), pipeline.stop()]);
    await pipeline.onEvents(history);
    expect(await read(store.candles(SERIES, ALL))).toEqual([]);
    expect(pipeline.snapshot(SYMBOL)).toBeNull();
    expect(clock.timers).toBe(0);
  });
});

describe('HeatmapPipeline, given what makes no sense', () => {
  const good = closedAt(5);
  const bad: readonly [string, VenueEvent][] = [
    ['a high below the low', candleEvent({ ...good, high: 1 })],
    ['no number', candleEvent({ ...good, close: Number.NaN })],
    ['no finite number', candleEvent({ ...good, high: Number.POSITIVE_INFINITY }, false)],
    ['a price of 0', candleEvent({ ...good, low: 0 })],
    ['a negative volume', candleEvent({ ...good, volume: -1 })],
    ['a time off the grid', candleEvent({ ...good, timeSec: good.timeSec + 1 })],
    ['a time that is none', candleEvent({ ...good, timeSec: Number.NaN })],
    [
      'open interest of 0',
      { kind: 'open_interest', symbol: SYMBOL, sample: { timeSec: good.timeSec, usd: 0 } },
    ],
    [
      'open interest without a time',
      { kind: 'open_interest', symbol: SYMBOL, sample: { timeSec: Number.NaN, usd: 1 } },
    ],
    [
      'a liquidation for nothing',
      {
        kind: 'liquidation',
        symbol: SYMBOL,
        liquidation: { timeSec: good.timeSec, side: 'long', priceUsd: 0, usd: 5 },
      },
    ],
  ];

  it.each(bad)('counts %s and goes on', async (_, event) => {
    const store = new MemoryStore();
    const pipeline = await startedPipeline(store, clockAfter(40));
    await pipeline.onEvents([event, ...history]);
    await pipeline.onEvents([event]);
    expect(pipeline.counters().malformed[event.kind]).toBe(2);
    const clean = await startedPipeline(new MemoryStore(), clockAfter(40));
    await clean.onEvents(history);
    expect(pipeline.snapshot(SYMBOL)).toEqual(clean.snapshot(SYMBOL));
    expect((await read(store.candles(SERIES, ALL))).length).toBe(40);
  });

  it('counts events of markets that are not carried', async () => {
    const pipeline = await startedPipeline(new MemoryStore(), clockAfter(40));
    await pipeline.onEvents([{ kind: 'candle', symbol: 'DOGEUSDT', candle: good, closed: true }]);
    expect(pipeline.counters()).toMatchObject({ unknownSymbol: 1, candles: 0 });
  });

  it('leaves out times that lie ahead, and says so when there are many', async () => {
    const clock = clockAfter(40);
    const pipeline = await startedPipeline(new MemoryStore(), clock);
    await pipeline.onEvents(history);
    const before = pipeline.snapshot(SYMBOL);
    const farSec = FROM_SEC + 1e9 - (1e9 % INTERVAL_SEC);
    await pipeline.onEvents([candleEvent({ ...good, timeSec: farSec })]);
    expect(pipeline.problem(clock.nowSec())).toBeNull();
    for (let i = 0; i < 4; i++) {
      await pipeline.onEvents([candleEvent({ ...good, timeSec: farSec }, false)]);
    }
    expect(pipeline.counters().ahead).toBe(5);
    expect(pipeline.snapshot(SYMBOL)).toBe(before);
    expect(pipeline.problem(clock.nowSec())).toContain("ahead of this machine's clock");
    clock.advance(61_000);
    expect(pipeline.problem(clock.nowSec()) ?? '').not.toContain('ahead');
  });

  it('tells what was missing, late, corrected or twice', async () => {
    const clock = clockAfter(60);
    const pipeline = await startedPipeline(new MemoryStore(), clock);
    const events = hours.map(eventsOf);
    await pipeline.onEvents([...events.slice(0, 50), ...events.slice(53)].flat());
    expect(pipeline.counters()).toMatchObject({ candles: 57, missing: 3, outOfOrder: 0 });
    expect(pipeline.snapshot(SYMBOL)!.gaps).toMatchObject([{ what: 'candles' }]);
    await pipeline.onEvents(events[51]!);
    await pipeline.onEvents([candleEvent({ ...closedAt(59), volume: 1 })]);
    await pipeline.onEvents([candleEvent(closedAt(58))]);
    await pipeline.onEvents([candleEvent({ ...closedAt(2), volume: 1 })]);
    await pipeline.onEvents([interestEvent(hours[2]!)]);
    expect(pipeline.counters()).toMatchObject({
      candles: 57,
      outOfOrder: 1,
      corrected: 1,
      duplicates: 1,
      tooLate: 2,
    });
  });
});

describe('HeatmapPipeline beside a venue that is silent', () => {
  it('is stale after 30 s without a word, and no longer with the next one', async () => {
    const clock = clockAfter(40);
    const pipeline = await startedPipeline(new MemoryStore(), clock);
    await pipeline.onEvents(history);
    const heardSec = clock.nowSec();
    clock.advance(30_000);
    expect(pipeline.staleSources(clock.nowSec())).toEqual([]);
    clock.advance(1000);
    expect(pipeline.staleSources(clock.nowSec())).toEqual([
      { name: 'test-venue', sinceSec: heardSec },
    ]);
    expect(pipeline.problem(clock.nowSec())).toBe('test-venue has been silent since 03:20:00 UTC');
    await pipeline.onEvents([candleEvent(halfOf(hours[40]!), false)]);
    expect(pipeline.staleSources(clock.nowSec())).toEqual([]);
    expect(pipeline.problem(clock.nowSec())).toBeNull();
  });

  it('counts from the start where nothing ever came', async () => {
    const clock = clockAfter(40);
    const pipeline = await startedPipeline(new MemoryStore(), clock);
    clock.advance(31_000);
    expect(pipeline.staleSources(clock.nowSec())).toEqual([
      { name: 'test-venue', sinceSec: FROM_SEC + 40 * INTERVAL_SEC },
    ]);
  });

  it('names the market of which nothing is said while others go on', async () => {
    const clock = clockAfter(40);
    const venue = {
      ...VENUE,
      markets: [...VENUE.markets, { symbol: 'ETHUSDT', intervalSec: 300 }],
    };
    const pipeline = await startedPipeline(new MemoryStore(), clock, { venue });
    clock.advance(31_000);
    await pipeline.onEvents([candleEvent(halfOf(hours[40]!), false)]);
    expect(pipeline.staleSources(clock.nowSec())).toEqual([]);
    expect(pipeline.problem(clock.nowSec())).toBe(
      'test-venue has said nothing of ETHUSDT for over 30 s',
    );
  });
});

describe('HeatmapPipeline on a store that fails', () => {
  it('streams on, says what is wrong, and stores everything once it can', async () => {
    const store = new FlakyStore();
    const clock = clockAfter(40);
    const pipeline = await startedPipeline(store, clock);
    await pipeline.onEvents(history.slice(0, 60));
    store.failWith('no space is left');
    await pipeline.onEvents(history.slice(60));
    clock.advance(INTERVAL_SEC * 1000);
    await pipeline.onEvents(eventsOf(hours[40]!));
    expect(pipeline.snapshot(SYMBOL)!.currentPriceUsd).toBe(closedAt(40).close);
    expect(pipeline.problem(clock.nowSec())).toMatch(
      /^the store takes nothing: no space is left \(\d+ rows wait\)/,
    );
    // The clock went on, so the store is tried once more; after that it is left alone again.
    await turns();
    const { puts } = store;
    await pipeline.onEvents([candleEvent(halfOf(hours[41]!), false)]);
    expect(store.puts).toBe(puts);
    store.failure = null;
    clock.advance(5000);
    await turns();
    expect((await read(store.candles(SERIES, ALL))).length).toBe(41);
    expect((await read(store.openInterest(SYMBOL, ALL))).length).toBe(41);
    expect(pipeline.problem(clock.nowSec()) ?? '').not.toContain('takes nothing');
    expect(pipeline.counters().store).toMatchObject({ dropped: 0 });
    expect(pipeline.counters().store.failures).toBeGreaterThan(0);
  });

  it('does not wait for one that never answers, also when it stops', async () => {
    const store = new FlakyStore();
    const clock = clockAfter(40);
    const pipeline = await startedPipeline(store, clock);
    store.gate = new Promise(() => {});
    let taken = false;
    const taking = pipeline.onEvents(history).then(() => {
      taken = true;
    });
    await turns();
    expect(taken).toBe(false);
    for (let i = 0; i < 2; i++) {
      clock.advance(2000);
      await turns();
    }
    await taking;
    expect(pipeline.snapshot(SYMBOL)!.currentPriceUsd).toBe(closedAt(39).close);
    const stopping = pipeline.stop();
    for (let i = 0; i < 2; i++) {
      await turns();
      clock.advance(2000);
    }
    await stopping;
  });

  it('stores what waits when it is stopped', async () => {
    const store = new FlakyStore();
    const pipeline = await startedPipeline(store, clockAfter(40));
    store.failWith('not now');
    await pipeline.onEvents(history);
    store.failure = null;
    await pipeline.stop();
    expect((await read(store.candles(SERIES, ALL))).length).toBe(40);
    expect(await store.loadEngine(SERIES)).not.toBeNull();
  });

  it('begins with nothing where history cannot be read, and says so', async () => {
    const store = new FlakyStore();
    store.failWith('the file is away');
    const clock = clockAfter(40);
    const pipeline = await startedPipeline(store, clock);
    expect(pipeline.problem(clock.nowSec())).toBe(
      'the history of BTCUSDT could not be read: the file is away',
    );
    store.failure = null;
    await pipeline.onEvents(history);
    expect(pipeline.snapshot(SYMBOL)).not.toBeNull();
  });

  it('names every market whose history cannot be read', async () => {
    const store = new FlakyStore();
    store.failWith('the file is away');
    const clock = clockAfter(40);
    const venue = {
      ...VENUE,
      markets: [...VENUE.markets, { symbol: 'ETHUSDT', intervalSec: 300 }],
    };
    const pipeline = await startedPipeline(store, clock, { venue });
    expect(pipeline.problem(clock.nowSec())).toBe(
      'the history of BTCUSDT could not be read: the file is away. ' +
        'the history of ETHUSDT could not be read: the file is away',
    );
  });

  it('reads no further market once it is stopped', async () => {
    const store = new MemoryStore();
    const markets = ['AUSDT', 'BUSDT', 'CUSDT'].map((symbol) => ({ symbol, intervalSec: 300 }));
    const venue = { ...VENUE, markets };
    const pipeline = new HeatmapPipeline({
      venue,
      store,
      clock: clockAfter(40),
      live: true,
      leverageWeights: null,
    });
    const starting = pipeline.start();
    await pipeline.stop();
    expect((await starting).length).toBeLessThan(markets.length);
  });

  it('saves states each minute when something came, and again after a failure', async () => {
    const store = new FlakyStore();
    const clock = clockAfter(40);
    const pipeline = await startedPipeline(store, clock);
    const minute = async (): Promise<void> => {
      clock.advance(60_000);
      await turns();
    };
    await minute();
    expect(pipeline.counters().saves).toBe(0);
    await pipeline.onEvents(history);
    await minute();
    await minute();
    expect(pipeline.counters().saves).toBe(1);
    expect((await store.loadEngine(SERIES))!.timeSec).toBe(FROM_SEC + 40 * INTERVAL_SEC);
    await pipeline.onEvents([candleEvent(halfOf(hours[40]!), false)]);
    await minute();
    expect(pipeline.counters().saves).toBe(1);
    await pipeline.onEvents([candleEvent(closedAt(40))]);
    store.failWith('no space is left');
    await minute();
    expect(pipeline.problem(clock.nowSec())).toContain(
      'the state of BTCUSDT could not be saved: no space is left',
    );
    store.failure = null;
    await minute();
    expect(pipeline.counters()).toMatchObject({ saves: 2, failedSaves: 1 });
    expect(pipeline.problem(clock.nowSec())).not.toContain('saved');
  });
});
