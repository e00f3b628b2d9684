import { expect, test } from 'vitest';
import { MemoryStore } from '../../src/store/memory-store.ts';
import { FakeClock } from '../hub-fakes.ts';
import { ALWAYS, all, BTC, candles, describeStore, LET_GO } from './store-contract.ts';

describeStore('in memory', async () => new MemoryStore());

test('says why it stands in for a database', () => {
  expect(new MemoryStore({ problem: 'no database here' }).problem).toBe('no database here');
});

test('the deadline counts from the beginning of the reading', async () => {
  const clock = new FakeClock();
  const store = new MemoryStore({ clock });
  await store.putCandles(BTC, candles(5000), LET_GO);
  clock.advance(1000);
  const reading = store.candles(BTC, ALWAYS, { deadlineMs: 100 })[Symbol.asyncIterator]();
  await reading.next();
  clock.advance(99);
  expect((await reading.next()).done).toBe(false);
  clock.advance(1);
  await expect(reading.next()).rejects.toMatchObject({ kind: 'deadline' });
  expect(await all(store.candles(BTC, ALWAYS))).toHaveLength(5000);
});
