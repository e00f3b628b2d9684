import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as duckDb from '@duckdb/node-api';
import { afterAll } from 'vitest';
import { DuckDbStore } from '../../src/store/duckdb-store.ts';
import { describeStore } from './store-contract.ts';

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
