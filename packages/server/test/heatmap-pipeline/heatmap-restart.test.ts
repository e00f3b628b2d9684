import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeatmapPipeline } from '../../src/pipelines/heatmap-pipeline.ts';
import type { MarketCandle } from '../../src/sources/demo-market/demo-market.ts';
import type { VenueEvent } from '../../src/sources/venue.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import type { FakeClock } from '../sources/support/fake-clock.ts';
import {
  candleEvent,
  clockAfter,
  eventsOf,
  FROM_SEC,
  halfOf,
  INTERVAL_SEC,
  marketHours,
  openPipeline,
  read,
  SYMBOL,
  startedPipeline,
  turns,
} from './market-hours.ts';

const CANDLES = 150;
const hours = marketHours(CANDLES);
const SERIES = { symbol: SYMBOL, intervalSec: INTERVAL_SEC };
const ALL = { fromSec: 0, toSec: 1e11 };

/** As a venue does it: history first from what is known on, then each candle with its beginnings. */
async function feed(
  pipeline: HeatmapPipeline,
  clock: FakeClock,
  candles: readonly MarketCandle[],
): Promise<void> {
  const knownSec = pipeline.knownUntilSec(SYMBOL) ?? 0;
  for (const made of candles) {
    if (made.prices.timeSec < knownSec) continue;
    await pipeline.onEvents([candleEvent(halfOf(made), false)]);
    clock.advance(INTERVAL_SEC * 1000);
    await turns(3);
    await pipeline.onEvents(eventsOf(made));
  }
}

async function unbroken(): Promise<{ pipeline: HeatmapPipeline; store: MemoryStore }> {
  const store = new MemoryStore();
  const clock = clockAfter(0);
  const pipeline = await startedPipeline(store, clock);
  await feed(pipeline, clock, hours);
  return { pipeline, store };
}

describe('a restart of the heatmap pipeline', () => {
  it('equals a run without a break, wherever it was stopped or killed', async () => {
    const whole = await unbroken();
    const expected = whole.pipeline.snapshot(SYMBOL);
    expect(expected!.levels.length).toBeGreaterThan(50);
    const end = fc.constantFrom('stopped' as const, 'killed' as const);
    const cuts = fc.array(fc.record({ at: fc.nat(CANDLES), end }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(cuts, async (given) => {
        const store = new MemoryStore();
        let done = 0;
        for (const { at, end } of given.toSorted((a, b) => a.at - b.at)) {
          // A clock of its own, so that one that was killed never has another turn.
          const clock = clockAfter(done);
          const pipeline = await startedPipeline(store, clock);
          await feed(pipeline, clock, hours.slice(0, at));
          done = Math.max(done, at);
          // The candle in progress is in the state that is saved, too.
          const next = hours[done];
          if (next !== undefined) await pipeline.onEvents([candleEvent(halfOf(next), false)]);
          if (end === 'stopped') await pipeline.stop();
        }
        const clock = clockAfter(done);
        const pipeline = await startedPipeline(store, clock);
        await feed(pipeline, clock, hours);
        expect(pipeline.snapshot(SYMBOL)).toEqual(expected);
        const candles = await read(store.candles(SERIES, ALL));
        expect(candles).toEqual(await read(whole.store.candles(SERIES, ALL)));
      }),
      { numRuns: 12 },
    );
  });

  it('says how each market began', async () => {
    const store = new MemoryStore();
    const clock = clockAfter(0);
    const first = await startedPipeline(store, clock);
    await feed(first, clock, hours.slice(0, 60));
    await first.stop();
    const again = { symbol: SYMBOL, stateProblem: null, problem: null };
    const restarted = await openPipeline(store, clock);
    expect(restarted.starts).toMatchObject([{ ...again, how: 'restored' }]);
    expect(restarted.pipeline.knownUntilSec(SYMBOL)).toBe(FROM_SEC + 59 * INTERVAL_SEC);
    expect((await openPipeline(new MemoryStore(), clock)).starts).toEqual([
      { ...again, how: 'empty', candles: 0 },
    ]);
    const leverageWeights = [{ leverage: 10, weight: 1 }];
    const other = await openPipeline(store, clock, { leverageWeights });
    expect(other.starts).toMatchObject([{ how: 'rebuilt', candles: 60, problem: null }]);
    expect(other.starts[0]!.stateProblem).toContain('other settings');
    expect(other.pipeline.snapshot(SYMBOL)!.levels.length).toBeGreaterThan(10);
    await expect(other.pipeline.start()).rejects.toThrow('starts once');
  });

  it('rebuilds the same map from rows alone as from the state and what came after it', async () => {
    const { pipeline, store } = await unbroken();
    const clock = clockAfter(CANDLES);
    const rebuilt = await startedPipeline(store, clock, { live: false });
    expect(rebuilt.snapshot(SYMBOL)).toEqual(pipeline.snapshot(SYMBOL));
    expect(rebuilt.knownUntilSec(SYMBOL)).toBe(FROM_SEC + (CANDLES - 1) * INTERVAL_SEC);
  });

  it('takes in a correction that was stored after the state was saved', async () => {
    const store = new MemoryStore();
    const clock = clockAfter(0);
    const first = await startedPipeline(store, clock);
    await feed(first, clock, hours.slice(0, 60));
    await first.stop();
    const settledSec = clock.nowSec() - 4500 - INTERVAL_SEC;
    const early = hours.find(({ prices }) => prices.timeSec === settledSec)!.prices.closed();
    await store.putCandles(SERIES, [{ ...early, low: early.low * 0.9 }], { keep: false });
    const again = await startedPipeline(store, clock);
    const rebuilt = await startedPipeline(store, clock, { live: false });
    expect(again.snapshot(SYMBOL)).toEqual(rebuilt.snapshot(SYMBOL));
    expect(again.snapshot(SYMBOL)).not.toEqual(first.snapshot(SYMBOL));
  });

  it('cuts the buckets of a rebuilt map to the newest price', async () => {
    const store = new MemoryStore();
    const dear = hours.slice(0, 30).map(({ prices }) => prices.closed());
    const cheap = dear.map(({ timeSec, open, high, low, close, volume }) => {
      return {
        timeSec,
        volume,
        open: open / 10,
        high: high / 10,
        low: low / 10,
        close: close / 10,
      };
    });
    await store.putCandles(SERIES, [...cheap.slice(0, 20), ...dear.slice(20)], { keep: false });
    const pipeline = await startedPipeline(store, clockAfter(30));
    expect(pipeline.markets()[0]!.bucketUsd).toBe(100);
  });

  it('ignores a damaged state, and says why', async () => {
    const store = new MemoryStore();
    const clock = clockAfter(0);
    const first = await startedPipeline(store, clock);
    await feed(first, clock, hours.slice(0, 60));
    const expected = first.snapshot(SYMBOL);
    await first.stop();
    const record = (await store.loadEngine(SERIES))!;
    await store.saveEngine({ ...record, state: record.state.slice(0, -9) });
    const { pipeline, starts } = await openPipeline(store, clock);
    expect(starts).toMatchObject([{ how: 'rebuilt', problem: null }]);
    expect(starts[0]!.stateProblem).toContain('damaged');
    expect(pipeline.snapshot(SYMBOL)!.levels).toEqual(expected!.levels);
  });

  it('begins with the stored history where the state holds nothing for certain yet', async () => {
    const store = new MemoryStore();
    const first = await startedPipeline(store, clockAfter(60));
    await first.onEvents([candleEvent(hours[59]!.prices.closed())]);
    await first.stop();
    const before = hours.slice(0, 60).map(({ prices }) => prices.closed());
    await store.putCandles(SERIES, before, { keep: true });
    const { pipeline, starts } = await openPipeline(store, clockAfter(60));
    expect(starts).toMatchObject([{ how: 'rebuilt', candles: 60, stateProblem: null }]);
    const rebuilt = await startedPipeline(store, clockAfter(60), { live: false });
    expect(pipeline.snapshot(SYMBOL)).toEqual(rebuilt.snapshot(SYMBOL));
  });

  it('leaves out stored rows that lie ahead of the clock', async () => {
    const store = new MemoryStore();
    const far = { ...hours[0]!.prices.closed(), timeSec: FROM_SEC + 90 * 86_400 };
    const near = hours.slice(0, 20).map(({ prices }) => prices.closed());
    await store.putCandles(SERIES, [...near, far], { keep: false });
    const pipeline = await startedPipeline(store, clockAfter(20));
    expect(pipeline.knownUntilSec(SYMBOL)).toBe(near.at(-1)!.timeSec);
    expect(pipeline.snapshot(SYMBOL)!.timeSec).toBe(FROM_SEC + 20 * INTERVAL_SEC);
  });

  it('lets others have their turn while it reads', async () => {
    const store = new MemoryStore();
    const shape = hours[0]!.prices.closed();
    const many = Array.from({ length: 40_000 }, (_, i) => {
      return { ...shape, timeSec: FROM_SEC + i * INTERVAL_SEC };
    });
    // All that came since its state was saved is read.
    const first = await startedPipeline(store, clockAfter(60));
    await first.onEvents(many.slice(0, 60).map((candle) => candleEvent(candle)));
    await first.stop();
    await store.putCandles(SERIES, many, { keep: false });
    let others = 0;
    const timer = setInterval(() => {
      others += 1;
    }, 1);
    const { starts } = await openPipeline(store, clockAfter(40_000));
    clearInterval(timer);
    expect(starts).toMatchObject([{ how: 'restored' }]);
    expect(starts[0]!.candles).toBeGreaterThan(39_900);
    expect(others).toBeGreaterThan(2);
  });
});

describe('events in another order', () => {
  it('give the same map, also when some come twice', async () => {
    // As many as still wait for what may come late.
    const events = hours.slice(0, 14).flatMap(eventsOf);
    const clock = clockAfter(14);
    const inOrder = await startedPipeline(new MemoryStore(), clock);
    await inOrder.onEvents(events);
    const expected = inOrder.snapshot(SYMBOL);
    const shuffled = fc.shuffledSubarray([...events.keys()], { minLength: events.length });
    const twice = fc.subarray(events);
    const batchSize = fc.integer({ min: 1, max: events.length });
    await fc.assert(
      fc.asyncProperty(shuffled, twice, batchSize, async (order, again, size) => {
        const store = new MemoryStore();
        const pipeline = await startedPipeline(store, clock);
        const all: VenueEvent[] = [...order.map((i) => events[i]!), ...again];
        for (let i = 0; i < all.length; i += size) await pipeline.onEvents(all.slice(i, i + size));
        expect(pipeline.snapshot(SYMBOL)).toEqual(expected);
        expect(pipeline.counters().tooLate).toBe(0);
        expect((await read(store.candles(SERIES, ALL))).length).toBe(14);
      }),
      { numRuns: 60 },
    );
  });
});
