import { describe, expect, it } from 'vitest';
import { Retention } from '../../src/pipelines/retention.ts';
import { FlakyStore } from '../heatmap-pipeline/flaky-store.ts';
import { read, turns } from '../heatmap-pipeline/market-hours.ts';
import { FakeClock } from '../sources/support/fake-clock.ts';

const START_SEC = 1_767_225_600;
const DAY_SEC = 86_400;
const ALL = { fromSec: 0, toSec: 1e11 };

async function storeOfDays(days: number): Promise<FlakyStore> {
  const store = new FlakyStore();
  const samples = Array.from({ length: days }, (_, age) => ({
    timeSec: START_SEC - age * DAY_SEC - 1,
    usd: 1,
  }));
  await store.putOpenInterest('BTCUSDT', samples, { keep: false });
  return store;
}

describe('Retention', () => {
  it('drops what is too old, at the start and as time goes on', async () => {
    const clock = new FakeClock(START_SEC);
    const store = await storeOfDays(10);
    const count = async () => (await read(store.openInterest('BTCUSDT', ALL))).length;
    const retention = new Retention({ store, clock, retentionDays: 5 });
    retention.start();
    await turns();
    expect(await count()).toBe(5);
    expect(retention.dropped).toBe(5);
    clock.advance(DAY_SEC * 1000);
    await turns();
    expect(await count()).toBe(4);
    await retention.stop();
    clock.advance(DAY_SEC * 1000);
    await turns();
    expect(await count()).toBe(4);
    expect(clock.timers).toBe(0);
  });

  it('says when it cannot, and does it the next time', async () => {
    const clock = new FakeClock(START_SEC);
    const store = await storeOfDays(10);
    store.failWith('too many wait');
    const retention = new Retention({ store, clock, retentionDays: 5 });
    retention.start();
    await turns();
    expect(retention.problem()).toBe('old history could not be dropped: too many wait');
    store.failure = null;
    clock.advance(DAY_SEC * 1000);
    await turns();
    expect(retention.problem()).toBeNull();
    expect(retention.dropped).toBe(6);
    await retention.stop();
  });
});
