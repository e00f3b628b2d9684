/** Which stores are opened for which settings, with the real database. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Config } from '../src/config.ts';
import { type Inputs, openInputs } from '../src/inputs.ts';
import { openStore } from '../src/store/open-store.ts';
import { StoreError } from '../src/store/store.ts';
import { testConfig } from './http-harness.ts';
import { FakeClock, FakeLog } from './hub-fakes.ts';

const NODE = { bitcoinZmqTx: 'tcp://127.0.0.1:28332' };

function dataFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidegauge-inputs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function opened(
  changes: Partial<Config>,
  open: typeof openStore = openStore,
  log: FakeLog = new FakeLog(),
): Promise<Inputs> {
  const inputs = await openInputs(testConfig(changes), log, new FakeClock(), open);
  onTestFinished(async () => {
    for (const store of new Set([inputs.priceStore, inputs.marketStore])) await store.close();
  });
  return inputs;
}

test('a demo keeps its history in memory, and touches no folder', async () => {
  const dataDir = dataFolder();
  const { priceStore, venue, marketStore } = await opened({ dataDir });
  expect(priceStore).toBe(marketStore);
  expect(venue).toMatchObject({ name: 'demo-market', demo: true });
  expect(readdirSync(dataDir)).toEqual([]);
});

test('beside a node, what demo markets make up stays apart from the history on disk', async () => {
  const dataDir = dataFolder();
  const { priceStore, venue, marketStore } = await opened({ dataDir, ...NODE });
  expect(priceStore.place).toContain(path.join(dataDir, 'tidegauge.duckdb'));
  expect(venue.demo).toBe(true);
  expect(marketStore.place).not.toContain(dataDir);
});

test('markets from files are those of the history on disk', async () => {
  const dataDir = dataFolder();
  const store = await openStore({ directory: dataDir, log: new FakeLog() });
  const candle = { timeSec: 1_767_225_600, open: 2, high: 3, low: 1, close: 2, volume: 5 };
  await store.putCandles({ symbol: 'XYZUSDT', intervalSec: 300 }, [candle], { keep: true });
  await store.close();
  const { venue, priceStore, marketStore } = await opened({ dataDir, venues: 'files' });
  expect(venue).toMatchObject({ name: 'files', demo: false });
  expect(venue.markets).toEqual([{ symbol: 'XYZUSDT', intervalSec: 300 }]);
  expect(marketStore.place).toContain(dataDir);
  // The price is made up still.
  expect(priceStore).not.toBe(marketStore);
});

test('a node and files share one history', async () => {
  const inputs = await opened({ dataDir: dataFolder(), venues: 'files', ...NODE });
  expect(inputs.priceStore).toBe(inputs.marketStore);
});

const withoutDatabase: typeof openStore = (options) =>
  openStore({
    ...options,
    load: () => Promise.reject(new StoreError('no_package', 'DuckDB is not installed')),
  });

test('without the database a node and the demo run, and say what is not kept', async () => {
  const log = new FakeLog();
  const inputs = await opened({ dataDir: dataFolder(), ...NODE }, withoutDatabase, log);
  expect(inputs.priceStore.problem).toMatch(/not kept beyond this run.*DuckDB is not installed/);
  expect(inputs.marketStore.problem).toContain('DuckDB is not installed');
  const events = log.lines.map(({ fields }) => fields.event);
  expect(events.filter((event) => event === 'store_without_database')).toHaveLength(2);
});

test('without the database there are no files to serve', async () => {
  const settings = { dataDir: dataFolder(), venues: 'files' } as const;
  await expect(opened(settings, withoutDatabase)).rejects.toMatchObject({ kind: 'no_package' });
});
