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

test('takes no more than there is room for, and more again when something is forgotten', async () => {
  const store = new MemoryStore({ bytesMax: 100 * 104 });
  const rows = candles(150);
  for (const row of rows.slice(0, 90)) await store.putCandles(BTC, [row], LET_GO);
  await expect(store.putCandles(BTC, rows.slice(90), LET_GO)).rejects.toMatchObject({
    kind: 'full',
    message: expect.stringContaining('there is no room left in memory (10400 bytes)'),
  });
  expect(await all(store.candles(BTC, ALWAYS))).toHaveLength(90);
  for (let i = 0; i < 10; i += 1) await store.putCandles(BTC, rows.slice(0, 10), LET_GO);
  await store.forgetBefore(rows[60]!.timeSec);
  await store.putCandles(BTC, rows.slice(90), LET_GO);
  expect(await all(store.candles(BTC, ALWAYS))).toEqual(rows.slice(60));
});
