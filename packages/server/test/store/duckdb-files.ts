/** Folders and stores for tests; both are gone after the test that asked for them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as duckDb from '@duckdb/node-api';
import { onTestFinished } from 'vitest';
import { DuckDbStore, type DuckDbStoreOptions } from '../../src/store/duckdb-store.ts';

export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tidegauge-store-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A store on a file, or in memory where none is given. */
export async function openDuckDb(
  file: string | null,
  options: Partial<DuckDbStoreOptions> = {},
): Promise<DuckDbStore> {
  const store = await DuckDbStore.open({ duckDb, file, ...options });
  onTestFinished(() => store.close());
  return store;
}
