import { describe, expect, it } from 'vitest';
import { PriceRecorder, type PublishedPrice } from '../../src/pipelines/price-recorder.ts';
import { FlakyStore } from '../heatmap-pipeline/flaky-store.ts';
import { turns } from '../heatmap-pipeline/market-hours.ts';
import { FakeClock } from '../sources/support/fake-clock.ts';

const START_SEC = 1_767_225_600;
const ALL = { fromSec: 0, toSec: 1e11 };

function live(timeSec: number, priceUsd = 90_000): PublishedPrice {
  const reading = { lowUsd: priceUsd - 100, highUsd: priceUsd + 100, confidence: 0.9 };
  return { timeSec, reading: { ...reading, priceUsd, status: 'live' } };
}

function recording(newest: (timeSec: number) => PublishedPrice | null = live) {
  const clock = new FakeClock(START_SEC);
  const store = new FlakyStore();
  const recorder = new PriceRecorder({ store, clock, newest: () => newest(clock.nowSec()) });
  recorder.start();
  return { clock, store, recorder };
}

describe('PriceRecorder', () => {
  it('notes the live price each 10 s and stores the notes each minute', async () => {
    const { clock, store, recorder } = recording();
    clock.advance(59_000);
    await turns();
    expect(store.puts).toBe(0);
    clock.advance(1000);
    await turns();
    expect(store.puts).toBe(1);
    const stored = await store.prices(ALL, 1);
    expect(stored.map(({ timeSec }) => timeSec - START_SEC)).toEqual([10, 20, 30, 40, 50, 60]);
    expect(stored[0]).toEqual({
      timeSec: START_SEC + 10,
      priceUsd: 90_000,
      lowUsd: 89_900,
      highUsd: 90_100,
      confidence: 0.9,
    });
    await recorder.stop();
    expect(clock.timers).toBe(0);
  });

  it('stores what was noted when it is stopped', async () => {
    const { clock, store, recorder } = recording();
    clock.advance(20_000);
    await recorder.stop();
    expect((await store.prices(ALL, 1)).length).toBe(2);
    clock.advance(60_000);
    expect((await store.prices(ALL, 1)).length).toBe(2);
  });

  it('leaves out what is no live price: none yet, warming up, stale', async () => {
    const kinds: ((timeSec: number) => PublishedPrice | null)[] = [
      () => null,
      (timeSec) => ({ timeSec, reading: { ...live(0).reading, status: 'stale' } }),
      (timeSec) => ({
        timeSec,
        reading: {
          priceUsd: null,
          lowUsd: null,
          highUsd: null,
          confidence: 0,
          status: 'warming_up',
        },
      }),
    ];
    for (const kind of kinds) {
      const { clock, store, recorder } = recording(kind);
      clock.advance(60_000);
      await recorder.stop();
      expect(store.puts).toBe(0);
    }
  });

  it('notes nothing twice while nothing new is published', async () => {
    const { clock, store, recorder } = recording(() => live(START_SEC));
    clock.advance(60_000);
    await recorder.stop();
    expect((await store.prices(ALL, 1)).length).toBe(1);
  });

  it('keeps its notes while the store fails, and says so', async () => {
    const { clock, store, recorder } = recording();
    store.failWith('no space is left');
    clock.advance(60_000);
    await turns();
    expect(recorder.problem()).toBe('the store takes nothing: no space is left (6 rows wait)');
    store.failure = null;
    clock.advance(60_000);
    await turns();
    expect(recorder.problem()).toBeNull();
    expect((await store.prices(ALL, 1)).length).toBe(12);
    expect(recorder.counters()).toMatchObject({ stored: 12, dropped: 0 });
    await recorder.stop();
  });
});
