import { describe, expect, it } from 'vitest';
import { HeatmapPipeline } from '../../src/pipelines/heatmap-pipeline.ts';
import { DemoVenue } from '../../src/sources/demo-venue.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import type { Store } from '../../src/store/store.ts';
import { FakeClock } from '../sources/support/fake-clock.ts';
import { FROM_SEC } from './market-hours.ts';

const DAY_SEC = 86_400;
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'];

/** The demo and its pipeline from one time to another. */
async function run(store: Store, fromSec: number, toSec: number): Promise<HeatmapPipeline> {
  const clock = new FakeClock(fromSec);
  const venue = new DemoVenue({ seed: 3, historySec: 2 * DAY_SEC, clock });
  const pipeline = new HeatmapPipeline({
    venue,
    store,
    clock,
    live: true,
    leverageWeights: null,
  });
  let taking = false;
  await pipeline.start();
  await venue.start({
    onStatus: () => {},
    knownUntilSec: (symbol) => pipeline.knownUntilSec(symbol),
    onEvents: async (batch) => {
      taking = true;
      await pipeline.onEvents(batch);
      taking = false;
    },
  });
  // Each step of the clock ends with the venue asleep again: its timer beside that of saving.
  for (let sec = fromSec; sec < toSec; sec += 10) {
    clock.advance(10_000);
    while (taking || clock.timers < 2) await new Promise((resolve) => setImmediate(resolve));
  }
  await venue.stop();
  await pipeline.stop();
  return pipeline;
}

describe('the demo through the pipeline', () => {
  it('has a full map at once, for each of its markets', async () => {
    const pipeline = await run(new MemoryStore(), FROM_SEC, FROM_SEC);
    expect(pipeline.demo).toBe(true);
    for (const symbol of SYMBOLS) {
      const snapshot = pipeline.snapshot(symbol)!;
      expect(snapshot.levels.length).toBeGreaterThan(100);
      expect(snapshot.totalLongUsd).toBeGreaterThan(0);
      expect(snapshot.totalShortUsd).toBeGreaterThan(0);
      expect(snapshot.gaps).toEqual([]);
    }
    expect(pipeline.problem(FROM_SEC)).toBeNull();
  });

  it('goes on after a restart, and after hours without it, as if nothing had happened', async () => {
    const endSec = FROM_SEC + 6 * 3600;
    const whole = await run(new MemoryStore(), FROM_SEC, endSec);
    const store = new MemoryStore();
    await run(store, FROM_SEC, FROM_SEC + 3700);
    await run(store, FROM_SEC + 3700, FROM_SEC + 4000);
    const restarted = await run(store, FROM_SEC + 4 * 3600 + 50, endSec);
    for (const symbol of SYMBOLS) {
      expect(restarted.snapshot(symbol)).toEqual(whole.snapshot(symbol));
    }
    expect(whole.counters()).toMatchObject({ missing: 0, tooLate: 0, outOfOrder: 0, corrected: 0 });
    expect(restarted.counters()).toMatchObject({ missing: 0, tooLate: 0, outOfOrder: 0 });
  });
});
