import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as duckDb from '@duckdb/node-api';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { DuckDbStore } from '../../src/store/duckdb-store.ts';
import { transaction } from '../../src/store/transaction.ts';
import { makeFolder, openDuckDb } from './duckdb-files.ts';
import { ALWAYS, all, BTC, candles, describeStore, LET_GO } from './store-contract.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tidegauge-store-'));
let files = 0;
afterAll(() => rmSync(folder, { recursive: true }));

describeStore('DuckDB in memory', () => DuckDbStore.open({ duckDb, file: null }));
describeStore('DuckDB on a file', () => {
  files += 1;
  return DuckDbStore.open({ duckDb, file: path.join(folder, `${files}.duckdb`) });
});
describeStore('DuckDB with pages of 100 rows', () =>
  DuckDbStore.open({ duckDb, file: null, pageRows: 100 }),
);

test('a transaction that fails leaves nothing, and the connection is good for the next', async () => {
  const instance = await duckDb.DuckDBInstance.create(':memory:');
  onTestFinished(() => instance.closeSync());
  const connection = await instance.connect();
  onTestFinished(() => connection.closeSync());
  await connection.run('CREATE TABLE numbers (n DOUBLE NOT NULL)');
  const failing = transaction(connection, async () => {
    await connection.run('INSERT INTO numbers VALUES (1)');
    throw new Error('the task is wrong');
  });
  await expect(failing).rejects.toThrow('the task is wrong');
  const n = await transaction(connection, async () => {
    await connection.run('INSERT INTO numbers VALUES (2)');
    return (await connection.runAndReadAll('SELECT n FROM numbers')).getRows();
  });
  expect(n).toEqual([[2]]);
});

test('a row that is none fails the put and not those after it', async () => {
  const store = await openDuckDb(null);
  const notText: { symbol: string; timeSec: number; dataJson: string } = JSON.parse(
    '{ "symbol": "BTCUSDT", "timeSec": 1, "dataJson": {} }',
  );
  await expect(store.putSnapshots([notText])).rejects.toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('dataJson is [object Object], neither a number nor text'),
  });
  expect(await store.putSnapshots([{ ...notText, dataJson: '{}' }])).toMatchObject({ added: 1 });
});

test('puts under way when the store closes are finished, readings end', async () => {
  const file = path.join(await makeFolder(), 'tidegauge.duckdb');
  const store = await openDuckDb(file);
  await store.putCandles(BTC, candles(5000), LET_GO);
  const puts = [1, 2, 3].map((close) => store.putCandles(BTC, candles(5000, close), LET_GO));
  const readings = [1, 2, 3, 4].map(async () => {
    await expect(all(store.candles(BTC, ALWAYS))).rejects.toMatchObject({ kind: 'closed' });
  });
  await store.close();
  await Promise.all(readings);
  for (const put of puts) expect(await put).toEqual({ added: 0, changed: 5000, same: 0 });
  const again = await openDuckDb(file);
  expect(await all(again.candles(BTC, ALWAYS))).toEqual(candles(5000, 3));
});

test('what is forgotten and replaced makes room in memory and in the file', async () => {
  const file = path.join(await makeFolder(), 'tidegauge.duckdb');
  for (const store of [await openDuckDb(null), await openDuckDb(file)]) {
    // A good part more than what there is of memory.
    for (let i = 0; i < 45; i += 1) {
      const state = randomBytes(8_000_000);
      await store.saveEngine({ ...BTC, timeSec: i, state });
    }
    expect(store.problem).toBeNull();
    expect((await store.loadEngine(BTC))?.timeSec).toBe(44);
  }
  expect(statSync(file).size).toBeLessThan(100_000_000);
});

test('rows that lie unevenly in time are read once each, in order', async () => {
  const store = await openDuckDb(null, { pageRows: 100 });
  const dense = candles(950);
  const first = { ...dense[0]!, timeSec: 0.1 };
  const last = { ...dense[0]!, timeSec: 4e9 / 3 };
  await store.putCandles(BTC, [last, ...dense, first], LET_GO);
  const rows = [first, ...dense, last].toSorted((a, b) => a.timeSec - b.timeSec);
  expect(await all(store.candles(BTC, ALWAYS))).toEqual(rows);
  const { timeSec } = dense[700]!;
  expect(await all(store.candles(BTC, { fromSec: 0.2, toSec: timeSec }))).toEqual(
    rows.filter((row) => row.timeSec >= 0.2 && row.timeSec < timeSec),
  );
});

test('beside a reading that its reader forgot, puts and other readings go on', async () => {
  const store = await openDuckDb(null, { pageRows: 100 });
  await store.putCandles(BTC, candles(1000), LET_GO);
  for (let i = 0; i < 10; i += 1) {
    await store.candles(BTC, ALWAYS)[Symbol.asyncIterator]().next();
  }
  await store.putCandles(BTC, candles(1000, 7), LET_GO);
  expect(await all(store.candles(BTC, ALWAYS))).toEqual(candles(1000, 7));
});
