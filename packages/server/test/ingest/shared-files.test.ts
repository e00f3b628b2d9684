/** The files of candles, open interest and liquidations that lie beside the repository. */
import { existsSync, readdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ofOneSource } from '../../src/commands/ingest-sources.ts';
import { TimeCensus } from '../../src/sources/market-files/time-census.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import { drained } from '../replay/files.ts';
import { NOW_SEC, readAll } from './market-files.ts';

const FOLDER = fileURLToPath(new URL('../../../../../shared/data/futures/', import.meta.url));
const HOUR_SEC = 3_600;

const sharedIsThere = existsSync(FOLDER);
if (!sharedIsThere) {
  console.warn('tidegauge: ../shared/data is not there: the tests on real files are left out');
}

const sec = (iso: string): number => Date.parse(iso) / 1000;

describe.skipIf(!sharedIsThere)('every file is taken whole, or refused with its reason', () => {
  test.each([
    ['BTCUSDT-1h-2021-2026.csv', 'candles BTCUSDT 3600', 43_837, 12],
    ['binance_um_BTCUSDT_5m-futures.csv', 'candles BTCUSDT 300', 9_727, 0],
    ['binance_um_ETHUSDT_5m-futures.csv', 'candles ETHUSDT 300', 9_727, 0],
    ['binance_BTC_USDT_USDT-5m-futures.json', 'candles BTCUSDT 300', 11_123, 0],
    ['binance_ETH_USDT_USDT-5m-futures.json', 'candles ETHUSDT 300', 8_819, 0],
    ['okx_SOL-USDT-SWAP_ohlcv_1m.csv', 'candles SOLUSDT 60', 37_487, 0],
  ])('%s: %s', async (name, series, count, missing) => {
    const read = await readAll(FOLDER + name, { nowSec: NOW_SEC });
    expect(read).toMatchObject({ series: [series], refused: [], problem: null });
    expect(read.candles).toHaveLength(count);
    const census = new TimeCensus();
    census.add(read.candles);
    const intervalSec = Number(series.split(' ')[2]);
    expect(census.summary(intervalSec)).toMatchObject({ missing, duplicates: 0 });
  });

  test('open interest over periods: the close stands at the end of its period', async () => {
    const four = await readAll(`${FOLDER}BTC-open-interest-4h.csv`);
    expect(four).toMatchObject({ series: ['open_interest BTCUSDT'], refused: [], problem: null });
    const samples = four.openInterest;
    expect(samples).toHaveLength(604);
    const first = sec('2025-10-06T12:00:00Z');
    expect(samples.map(({ timeSec }) => timeSec)).toEqual(
      samples.map((_, i) => first + i * 4 * HOUR_SEC),
    );
    const day = await readAll(`${FOLDER}BTC-open-interest-1d.csv`);
    expect(day.openInterest).toHaveLength(2_230);
    expect(day).toMatchObject({ series: ['open_interest BTCUSDT'], refused: [], problem: null });
    // Both count the same open interest, so they have to agree where their times meet.
    const closes = new Map(day.openInterest.map(({ timeSec, usd }) => [timeSec, usd]));
    const shared = samples.filter(({ timeSec }) => closes.has(timeSec));
    expect(shared.length).toBeGreaterThan(90);
    const off = shared.map(({ timeSec, usd }) => Math.abs(usd / closes.get(timeSec)! - 1));
    expect(off.toSorted((a, b) => a - b)[shared.length >> 1]).toBeLessThan(0.002);
  });

  test('both count as one source, and one exchange alone does not', async () => {
    const store = new MemoryStore();
    const day = await readAll(`${FOLDER}BTC-open-interest-1d.csv`);
    await store.putOpenInterest('BTCUSDT', day.openInterest, { keep: true });
    const { openInterest: rows } = await readAll(`${FOLDER}BTC-open-interest-4h.csv`);
    const taken = (share: number) => {
      const part = rows.map(({ timeSec, usd }) => ({ timeSec, usd: usd * share }));
      const batch = { kind: 'open_interest' as const, symbol: 'BTCUSDT', rows: part };
      return drained(ofOneSource(Readable.from([batch]), store));
    };
    expect((await taken(1)).error).toBeNull();
    expect((await taken(0.3)).error?.message).toContain('it is of another source');
  });

  test('open interest of one contract, whose local time does not count', async () => {
    const read = await readAll(`${FOLDER}okx_SOL-USDT-SWAP_open_interest.csv`);
    expect(read).toMatchObject({ series: ['open_interest SOLUSDT'], refused: [], problem: null });
    expect(read.openInterest).toHaveLength(625);
    expect(read.openInterest[0]!.timeSec).toBe(sec('2026-05-31T15:00:00Z'));
  });

  test('forced orders of three exchanges, each with its own way to name a side', async () => {
    const read = await readAll(`${FOLDER}forced-orders-ETHUSDT-2026-04-03.csv`);
    expect(read).toMatchObject({ series: ['liquidations ETHUSDT'], refused: [], problem: null });
    expect(read.liquidations).toHaveLength(18);
    for (const { priceUsd, usd } of read.liquidations) {
      expect(priceUsd).toBeGreaterThan(2_000);
      expect(usd).toBeLessThan(10_000);
    }
  });

  test.each([
    ['BTC-liquidations-4h.csv', 'it holds totals of liquidations over periods'],
    ['BTC-taker-volume-4h.csv', 'it holds taker volumes'],
  ])('%s: %s', async (name, problem) => {
    const read = await readAll(FOLDER + name);
    expect(read.problem).toContain(problem);
    expect(read.series).toEqual([]);
  });

  test('no file of the folder is left out here', () => {
    expect(readdirSync(FOLDER)).toHaveLength(12);
  });
});
