/** What every store holds to, as src/store/store.ts says it; each implementation runs this. */
import type { Candle, Liquidation } from '@tidegauge/liquidations';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CandleSeries, PriceRecord, Store, TimeRange } from '../../src/store/store.ts';

export const BTC: CandleSeries = { symbol: 'BTCUSDT', intervalSec: 300 };
export const KEEP = { keep: true };
export const LET_GO = { keep: false };
export const ALWAYS: TimeRange = { fromSec: -Infinity, toSec: Infinity };
const T = 1_700_000_100;
const DAY_SEC = 86_400;

export function candle(timeSec: number, close = 100): Candle {
  return { timeSec, open: 99.5, high: 120.25, low: 80.125, close, volume: 1.1 };
}

/** Candles from T on, one each 5 minutes. */
export function candles(count: number, close?: number): Candle[] {
  return Array.from({ length: count }, (_, i) => candle(T + i * 300, close));
}

export async function all<Row>(chunks: AsyncIterable<readonly Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const chunk of chunks) rows.push(...chunk);
  return rows;
}

function price(timeSec: number, priceUsd = 60_000): PriceRecord {
  return { timeSec, priceUsd, lowUsd: priceUsd - 50, highUsd: priceUsd + 50, confidence: 0.75 };
}

export function describeStore(name: string, open: () => Promise<Store>): void {
  describe(`store: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    test('says where it is and that nothing is wrong with it', () => {
      expect(store.place).not.toBe('');
      expect(store.problem).toBeNull();
    });

    describe('puts', () => {
      test('count what is new, changed and the same', async () => {
        expect(await store.putCandles(BTC, candles(3), LET_GO)).toEqual({
          added: 3,
          changed: 0,
          same: 0,
        });
        const next = [candle(T), candle(T + 300, 101), candle(T + 900)];
        expect(await store.putCandles(BTC, next, LET_GO)).toEqual({
          added: 1,
          changed: 1,
          same: 1,
        });
        const closes = (await all(store.candles(BTC, ALWAYS))).map(({ close }) => close);
        expect(closes).toEqual([100, 101, 100, 100]);
      });

      test('of no rows change nothing', async () => {
        const none = { added: 0, changed: 0, same: 0 };
        expect(await store.putCandles(BTC, [], KEEP)).toEqual(none);
        expect(await store.putOpenInterest('BTCUSDT', [], KEEP)).toEqual(none);
        expect(await store.putLiquidations('BTCUSDT', [], KEEP)).toEqual(none);
        expect(await store.putPrices([])).toEqual(none);
        expect(await store.putSnapshots([])).toEqual(none);
        expect(await store.series()).toEqual([]);
      });

      test('take the last of equal keys, and count the others by what they are to it', async () => {
        await store.putCandles(BTC, [candle(T, 1)], LET_GO);
        const given = [candle(T, 7), candle(T, 5), candle(T + 300, 2), candle(T, 7)];
        expect(await store.putCandles(BTC, given, LET_GO)).toEqual({
          added: 1,
          changed: 2,
          same: 1,
        });
        expect(await all(store.candles(BTC, ALWAYS))).toEqual([candle(T, 7), candle(T + 300, 2)]);
      });

      test('may come in any order and between rows that are there', async () => {
        await store.putCandles(BTC, [candle(T + 900), candle(T + 300)], LET_GO);
        await store.putCandles(BTC, [candle(T + 1200), candle(T), candle(T + 600)], LET_GO);
        expect(await all(store.candles(BTC, ALWAYS))).toEqual(candles(5));
      });

      test('take copies: what the caller does with the rows later does not matter', async () => {
        const mine = { ...candle(T) };
        await store.putCandles(BTC, [mine], LET_GO);
        mine.close = 1;
        expect(await all(store.candles(BTC, ALWAYS))).toEqual([candle(T)]);
      });

      test('that hold a number which is none are refused as a whole, naming it', async () => {
        const bad = [candle(T), candle(T + 300, Number.NaN)];
        await expect(store.putCandles(BTC, bad, LET_GO)).rejects.toMatchObject({
          name: 'StoreError',
          kind: 'failed',
          message: `candle at ${T + 300}: close is NaN, only finite numbers can be stored. Nothing of this put was taken.`,
        });
        const ether = { symbol: 'ETHUSDT', timeSec: Infinity, dataJson: '{}' };
        const bitcoin = { symbol: 'BTCUSDT', timeSec: T, dataJson: '{}' };
        await expect(store.putSnapshots([bitcoin, ether])).rejects.toThrow('timeSec is Infinity');
        expect(await all(store.candles(BTC, ALWAYS))).toEqual([]);
        expect(await all(store.snapshots('BTCUSDT', ALWAYS))).toEqual([]);
      });

      test('at the same time all arrive', async () => {
        const rows = candles(40);
        const counts = await Promise.all(
          rows.map((row, i) => store.putCandles(BTC, [row, rows[(i + 1) % 40]!], LET_GO)),
        );
        expect(counts.reduce((sum, { added }) => sum + added, 0)).toBe(40);
        expect(counts.reduce((sum, { same }) => sum + same, 0)).toBe(40);
        expect(await all(store.candles(BTC, ALWAYS))).toEqual(rows);
      });
    });

    describe('reads', () => {
      test('begin at fromSec and end before toSec', async () => {
        await store.putCandles(BTC, candles(5), LET_GO);
        const some = await all(store.candles(BTC, { fromSec: T + 300, toSec: T + 900 }));
        expect(some.map(({ timeSec }) => timeSec)).toEqual([T + 300, T + 600]);
        expect(await all(store.candles(BTC, { fromSec: T + 300, toSec: T + 300 }))).toEqual([]);
        expect(await all(store.candles(BTC, { fromSec: T + 900, toSec: T }))).toEqual([]);
      });

      test('see one series only', async () => {
        await store.putCandles(BTC, [candle(T, 1)], LET_GO);
        await store.putCandles({ ...BTC, intervalSec: 60 }, [candle(T, 2)], LET_GO);
        await store.putCandles({ ...BTC, symbol: 'ETHUSDT' }, [candle(T, 3)], LET_GO);
        expect(await all(store.candles(BTC, ALWAYS))).toEqual([candle(T, 1)]);
        expect(await all(store.candles({ ...BTC, symbol: "x' OR ''='" }, ALWAYS))).toEqual([]);
      });

      test('come in chunks of at most 2048, each its own array', async () => {
        const rows = candles(5000);
        await store.putCandles(BTC, rows, LET_GO);
        const chunks: (readonly Candle[])[] = [];
        for await (const chunk of store.candles(BTC, ALWAYS)) chunks.push(chunk);
        expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(2048);
        expect(Math.min(...chunks.map(({ length }) => length))).toBeGreaterThan(0);
        expect(new Set(chunks).size).toBe(chunks.length);
        expect(chunks.flat()).toEqual(rows);
      });

      test('that are left early do no harm', async () => {
        await store.putCandles(BTC, candles(5000), LET_GO);
        for (let i = 0; i < 12; i += 1) {
          for await (const chunk of store.candles(BTC, ALWAYS)) {
            expect(chunk[0]).toEqual(candle(T));
            break;
          }
        }
        expect(await all(store.candles(BTC, ALWAYS))).toHaveLength(5000);
      });

      test('go on beside puts', async () => {
        const rows = candles(6000);
        await store.putCandles(BTC, rows, LET_GO);
        const read: Candle[] = [];
        for await (const chunk of store.candles(BTC, ALWAYS)) {
          await store.putCandles(BTC, [candle(T - 300 - read.length), candle(T, 5)], LET_GO);
          read.push(...chunk);
        }
        expect(read.slice(1)).toEqual(rows.slice(1));
      });

      test('that were called off throw `stopped`', async () => {
        await store.putCandles(BTC, candles(5000), LET_GO);
        const reading = new AbortController();
        const { signal } = reading;
        const chunks = store.candles(BTC, ALWAYS, { signal })[Symbol.asyncIterator]();
        expect((await chunks.next()).done).toBe(false);
        reading.abort();
        await expect(chunks.next()).rejects.toMatchObject({ kind: 'stopped' });
        await expect(all(store.candles(BTC, ALWAYS, { signal }))).rejects.toMatchObject({
          kind: 'stopped',
        });
        await expect(store.prices(ALWAYS, 60, { signal })).rejects.toMatchObject({
          kind: 'stopped',
        });
        expect(await all(store.candles(BTC, ALWAYS))).toHaveLength(5000);
      });

      test('past their deadline throw `deadline`', async () => {
        await store.putCandles(BTC, candles(10), LET_GO);
        await expect(all(store.candles(BTC, ALWAYS, { deadlineMs: 0 }))).rejects.toMatchObject({
          kind: 'deadline',
        });
        expect(await all(store.candles(BTC, ALWAYS, { deadlineMs: 60_000 }))).toHaveLength(10);
      });
    });

    test('open interest comes back as it went in', async () => {
      const samples = [0, 1, 2].map((i) => ({ timeSec: T + i * 300, usd: 1.25e9 + i / 3 }));
      await store.putOpenInterest('BTCUSDT', samples, LET_GO);
      expect(await store.putOpenInterest('BTCUSDT', [{ timeSec: T, usd: 5 }], LET_GO)).toEqual({
        added: 0,
        changed: 1,
        same: 0,
      });
      await store.putOpenInterest('ETHUSDT', [{ timeSec: T, usd: 7 }], LET_GO);
      const read = await all(store.openInterest('BTCUSDT', ALWAYS));
      expect(read).toEqual([{ timeSec: T, usd: 5 }, ...samples.slice(1)]);
    });

    test('liquidations are the same only if they differ in nothing', async () => {
      const one: Liquidation = { timeSec: T + 0.123, side: 'long', priceUsd: 60_000, usd: 1000 };
      const rows: Liquidation[] = [
        one,
        { ...one, side: 'short' },
        { ...one, side: 'short', priceUsd: 60_001 },
        { ...one, side: 'short', priceUsd: 60_001, usd: 2000 },
        { ...one, timeSec: T + 0.124 },
      ];
      const counts = await store.putLiquidations('BTCUSDT', rows, LET_GO);
      expect(counts).toEqual({ added: 5, changed: 0, same: 0 });
      expect(await store.putLiquidations('BTCUSDT', [...rows, one], KEEP)).toEqual({
        added: 0,
        changed: 0,
        same: 6,
      });
      expect(await all(store.liquidations('BTCUSDT', ALWAYS))).toEqual(rows);
    });

    test('many liquidations of one moment are read once each', async () => {
      const rows = Array.from(
        { length: 5000 },
        (_, i): Liquidation => ({ timeSec: T, side: 'short', priceUsd: 1 + i, usd: 10 }),
      );
      await store.putLiquidations('BTCUSDT', rows, LET_GO);
      expect(await all(store.liquidations('BTCUSDT', ALWAYS))).toEqual(rows);
    });

    test('prices are read as the last of each interval', async () => {
      const start = Math.ceil(T / 60) * 60;
      const given = [start, start + 10.5, start + 59.9, start + 60, start + 200].map((timeSec, i) =>
        price(timeSec, 60_000 + i),
      );
      expect(await store.putPrices(given)).toEqual({ added: 5, changed: 0, same: 0 });
      expect(await store.prices(ALWAYS, 60)).toEqual([given[2], given[3], given[4]]);
      expect(await store.prices({ fromSec: start, toSec: start + 30 }, 60)).toEqual([given[1]]);
      expect(await store.prices(ALWAYS, 0.5)).toEqual(given);
      expect(await store.prices({ fromSec: start + 300, toSec: Infinity }, 60)).toEqual([]);
      await expect(store.prices(ALWAYS, 0)).rejects.toThrow('an interval of 0 s cannot be read');
    });

    test('volume is summed by day, from midnight to midnight UTC', async () => {
      const midnight = Math.ceil(T / DAY_SEC) * DAY_SEC;
      const times = [midnight - 300, midnight, midnight + 300, midnight + DAY_SEC - 300];
      const rows = times.map((timeSec, i) => ({ ...candle(timeSec, 64), volume: 2 ** i }));
      const later = { ...candle(midnight + 5 * DAY_SEC, 2), volume: 0 };
      await store.putCandles(BTC, [...rows, later], LET_GO);
      await store.putCandles({ ...BTC, symbol: 'ETHUSDT' }, candles(9), LET_GO);
      await store.putCandles({ ...BTC, intervalSec: 60 }, candles(9), LET_GO);
      const days = await store.volumeByDay(BTC, ALWAYS);
      expect(days).toEqual([
        { timeSec: midnight - DAY_SEC, candles: 1, volumeUsd: 64 },
        { timeSec: midnight, candles: 3, volumeUsd: 64 * 14 },
        { timeSec: midnight + 5 * DAY_SEC, candles: 1, volumeUsd: 0 },
      ]);
      const part = { fromSec: midnight + 300, toSec: midnight + DAY_SEC - 300 };
      expect(await store.volumeByDay(BTC, part)).toEqual([
        { timeSec: midnight, candles: 1, volumeUsd: 64 * 4 },
      ]);
      expect(await store.volumeByDay({ ...BTC, symbol: 'SOLUSDT' }, ALWAYS)).toEqual([]);
      await expect(store.volumeByDay(BTC, ALWAYS, { deadlineMs: 0 })).rejects.toMatchObject({
        kind: 'deadline',
      });
    });

    test('open interest is summed up by day, from midnight to midnight UTC', async () => {
      const midnight = Math.ceil(T / DAY_SEC) * DAY_SEC;
      const times = [midnight - 1, midnight, midnight + 300, midnight + DAY_SEC - 0.5];
      const samples = times.map((timeSec, i) => ({ timeSec, usd: 3e9 * (i + 1) }));
      await store.putOpenInterest('BTCUSDT', samples, LET_GO);
      await store.putOpenInterest('ETHUSDT', [{ timeSec: midnight, usd: 1 }], LET_GO);
      const first = { samples: 1, firstSec: midnight - 1, lastSec: midnight - 1, meanUsd: 3e9 };
      expect(await store.openInterestByDay('BTCUSDT', ALWAYS)).toEqual([
        { timeSec: midnight - DAY_SEC, ...first },
        { timeSec: midnight, samples: 3, firstSec: midnight, lastSec: times[3], meanUsd: 9e9 },
      ]);
      const part = { fromSec: midnight, toSec: times[3]! };
      expect(await store.openInterestByDay('BTCUSDT', part)).toEqual([
        { timeSec: midnight, samples: 2, firstSec: midnight, lastSec: times[2], meanUsd: 7.5e9 },
      ]);
      expect(await store.openInterestByDay('SOLUSDT', ALWAYS)).toEqual([]);
      const signal = AbortSignal.abort();
      const stopped = store.openInterestByDay('BTCUSDT', ALWAYS, { signal });
      await expect(stopped).rejects.toMatchObject({ kind: 'stopped' });
    });

    test('snapshots of several symbols go in together', async () => {
      const rows = ['ETHUSDT', 'BTCUSDT'].flatMap((symbol) =>
        [1, 0].map((i) => ({ symbol, timeSec: T + i * 300, dataJson: `{"é":"${symbol} ${i}"}` })),
      );
      expect(await store.putSnapshots(rows)).toEqual({ added: 4, changed: 0, same: 0 });
      const changed = [{ ...rows[0]!, dataJson: '{}' }, rows[1]!];
      expect(await store.putSnapshots(changed)).toEqual({ added: 0, changed: 1, same: 1 });
      expect(await all(store.snapshots('ETHUSDT', ALWAYS))).toEqual([rows[1], changed[0]]);
      expect(await all(store.snapshots('BTCUSDT', ALWAYS))).toEqual([rows[3], rows[2]]);
    });

    test('the newest engine of a series replaces the one before', async () => {
      expect(await store.loadEngine(BTC)).toBeNull();
      const state = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) & 255);
      await store.saveEngine({ ...BTC, timeSec: T, state: state.subarray(0, 10) });
      await store.saveEngine({ ...BTC, timeSec: T + 300, state });
      await store.saveEngine({ ...BTC, symbol: 'ETHUSDT', timeSec: T, state: new Uint8Array(0) });
      const whole = state.slice();
      state.fill(0);
      const loaded = await store.loadEngine(BTC);
      expect(loaded).toMatchObject({ ...BTC, timeSec: T + 300 });
      expect(Buffer.compare(loaded!.state, whole)).toBe(0);
      expect((await store.loadEngine({ ...BTC, symbol: 'ETHUSDT' }))?.state).toHaveLength(0);
      expect(await store.loadEngine({ ...BTC, intervalSec: 60 })).toBeNull();
    });

    test('series are listed by symbol, then by interval', async () => {
      await store.putCandles({ ...BTC, symbol: 'ETHUSDT' }, candles(2), LET_GO);
      await store.putCandles({ ...BTC, intervalSec: 3600 }, [candle(T)], LET_GO);
      await store.putCandles(BTC, candles(3), LET_GO);
      const ends = { firstSec: T, lastSec: T };
      expect(await store.series()).toEqual([
        { ...BTC, count: 3, firstSec: T, lastSec: T + 600 },
        { ...BTC, intervalSec: 3600, count: 1, ...ends },
        { ...BTC, symbol: 'ETHUSDT', count: 2, firstSec: T, lastSec: T + 300 },
      ]);
    });

    describe('forgetting', () => {
      test('drops what is older, of every kind, and says how much', async () => {
        const liquidation: Liquidation = { timeSec: T, side: 'long', priceUsd: 1, usd: 1 };
        await store.putCandles(BTC, candles(3), LET_GO);
        await store.putOpenInterest('BTCUSDT', [{ timeSec: T, usd: 1 }], LET_GO);
        await store.putLiquidations('BTCUSDT', [liquidation], LET_GO);
        await store.putPrices([price(T), price(T + 600)]);
        await store.putSnapshots([{ symbol: 'BTCUSDT', timeSec: T, dataJson: '{}' }]);
        await store.saveEngine({ ...BTC, timeSec: T, state: new Uint8Array(1) });
        expect(await store.forgetBefore(T)).toBe(0);
        expect(await store.forgetBefore(T + 600)).toBe(7);
        expect(await all(store.candles(BTC, ALWAYS))).toEqual([candle(T + 600)]);
        expect(await all(store.openInterest('BTCUSDT', ALWAYS))).toEqual([]);
        expect(await all(store.liquidations('BTCUSDT', ALWAYS))).toEqual([]);
        expect(await store.prices(ALWAYS, 1)).toEqual([price(T + 600)]);
        expect(await all(store.snapshots('BTCUSDT', ALWAYS))).toEqual([]);
        expect(await store.loadEngine(BTC)).toBeNull();
        expect(await store.forgetBefore(T + 601)).toBe(2);
        expect(await store.series()).toEqual([]);
      });

      test('spares what was kept once, also when it came again since', async () => {
        await store.putCandles(BTC, candles(4), LET_GO);
        await store.putCandles(BTC, [candle(T), candle(T + 300, 5)], KEEP);
        await store.putCandles(BTC, [candle(T, 6), candle(T + 300, 5)], LET_GO);
        const liquidation: Liquidation = { timeSec: T, side: 'long', priceUsd: 1, usd: 1 };
        await store.putLiquidations('BTCUSDT', [liquidation], LET_GO);
        await store.putLiquidations('BTCUSDT', [liquidation], KEEP);
        await store.putOpenInterest('BTCUSDT', [{ timeSec: T, usd: 1 }], KEEP);
        await store.putOpenInterest('BTCUSDT', [{ timeSec: T, usd: 2 }], LET_GO);
        expect(await store.forgetBefore(Infinity)).toBe(2);
        expect(await all(store.candles(BTC, ALWAYS))).toEqual([candle(T, 6), candle(T + 300, 5)]);
        expect(await all(store.liquidations('BTCUSDT', ALWAYS))).toEqual([liquidation]);
        expect(await all(store.openInterest('BTCUSDT', ALWAYS))).toEqual([{ timeSec: T, usd: 2 }]);
      });
    });

    test('after close everything throws `closed`, and closing again does nothing', async () => {
      await store.putCandles(BTC, candles(5000), LET_GO);
      const reading = store.candles(BTC, ALWAYS)[Symbol.asyncIterator]();
      await reading.next();
      await store.close();
      await store.close();
      const uses: (() => Promise<unknown>)[] = [
        () => reading.next(),
        () => store.putCandles(BTC, [], LET_GO),
        () => store.putOpenInterest('BTCUSDT', [], LET_GO),
        () => store.putLiquidations('BTCUSDT', [], LET_GO),
        () => store.putPrices([]),
        () => store.putSnapshots([]),
        () => store.saveEngine({ ...BTC, timeSec: T, state: new Uint8Array(1) }),
        () => all(store.candles(BTC, ALWAYS)),
        () => all(store.openInterest('BTCUSDT', ALWAYS)),
        () => all(store.liquidations('BTCUSDT', ALWAYS)),
        () => all(store.snapshots('BTCUSDT', ALWAYS)),
        () => store.prices(ALWAYS, 60),
        () => store.volumeByDay(BTC, ALWAYS),
        () => store.openInterestByDay('BTCUSDT', ALWAYS),
        () => store.loadEngine(BTC),
        () => store.series(),
        () => store.forgetBefore(T),
      ];
      for (const use of uses) {
        await expect(use(), use.toString()).rejects.toMatchObject({
          name: 'StoreError',
          kind: 'closed',
        });
      }
    });
  });
}
