import { access, link, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Clock, systemClock } from '../clock.ts';
import type { Log } from '../log.ts';
import { type DuckDbModule, loadDuckDb } from './duckdb-module.ts';
import { DuckDbStore } from './duckdb-store.ts';
import { MemoryStore } from './memory-store.ts';
import { type Store, StoreError } from './store.ts';

const FILE_NAME = 'tidegauge.duckdb';

export interface OpenStoreOptions {
  /** The folder of the database, which is made if need be; null keeps the history in memory. */
  readonly directory: string | null;
  readonly log: Log;
  readonly clock?: Clock;
  /** Loads the database's package, whose native part may be missing on a machine. */
  readonly load?: () => Promise<DuckDbModule>;
}

/**
 * Opens the store that the server keeps its history in. A damaged database is set aside, never
 * deleted, and a new one begun, which the store's `problem` then says. In memory, a database that
 * does not load is replaced by a plain `MemoryStore`. Within a process a directory may be open once
 * at a time, which is for the caller to see to: DuckDB only notices other processes.
 * @throws StoreError `no_package`, `locked`, `newer`, `full` or `failed`, only for a directory; `damaged` if the
 * new database is damaged as well
 */
export async function openStore({
  directory,
  log,
  clock = systemClock,
  load = loadDuckDb,
}: OpenStoreOptions): Promise<Store> {
  if (directory === null) return await openInMemory(log, clock, load);
  const duckDb = await load();
  const file = path.join(path.resolve(directory), FILE_NAME);
  await makeDirectory(path.dirname(file));
  try {
    if (!(await isThere(file))) await makeDatabase(duckDb, file, clock);
    return await DuckDbStore.open({ duckDb, file, clock });
  } catch (error) {
    if (!(error instanceof StoreError) || error.kind !== 'damaged') throw error;
    const aside = await setAside(file, clock.nowSec());
    const problem =
      `${error.message}. It was set aside as ${aside} and a new, empty one begun: ` +
      'what was stored before is in the old file only';
    log.error({ event: 'store_damaged', file, aside }, problem);
    return await DuckDbStore.open({ duckDb, file, clock, problem });
  }
}

async function openInMemory(
  log: Log,
  clock: Clock,
  load: () => Promise<DuckDbModule>,
): Promise<Store> {
  try {
    return await DuckDbStore.open({ duckDb: await load(), file: null, clock });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const problem = `history is kept without a database: ${error.message}`;
    log.warn({ event: 'store_without_database' }, problem);
    return new MemoryStore({ clock, problem });
  }
}

/**
 * Makes an empty database under another name and gives it its own once it is whole: of one that is
 * cut off while it is made DuckDB leaves a file that looks damaged.
 */
async function makeDatabase(duckDb: DuckDbModule, file: string, clock: Clock): Promise<void> {
  const unfinished = `${file}.new`;
  const store = await DuckDbStore.open({ duckDb, file: unfinished, clock }).catch(
    async (error: unknown) => {
      if (!(error instanceof StoreError) || error.kind !== 'damaged') throw error;
      for (const leftover of [unfinished, `${unfinished}.wal`]) await rm(leftover, { force: true });
      return await DuckDbStore.open({ duckDb, file: unfinished, clock });
    },
  );
  await store.close();
  // Unlike a rename, a link never takes the place of what another process has made meanwhile.
  await link(unfinished, file).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') await rename(unfinished, file);
  });
  await rm(unfinished, { force: true });
}

/** Folder by folder: under `/proc`, mkdir with `recursive` tries for ever (Node 24). */
async function makeDirectory(directory: string): Promise<void> {
  try {
    for (const folder of await missingFolders(directory)) await makeFolder(folder);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(
      'failed',
      `DATA_DIR ${directory} cannot be made (${reason}): name a folder that may be written to`,
      { cause },
    );
  }
}

/** The folder and those above it, as far as they are not there yet; the uppermost first. */
async function missingFolders(directory: string): Promise<string[]> {
  const missing: string[] = [];
  for (let folder = directory; !(await isFolder(folder)); folder = path.dirname(folder)) {
    missing.unshift(folder);
    // A drive that is not there has nothing above it.
    if (path.dirname(folder) === folder) break;
  }
  return missing;
}

/** Another process may make the same one meanwhile. */
async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST' || !(await isFolder(folder))) throw error;
  });
}

/**
 * Renames the database and its write-ahead log, which only fit each other.
 * @returns the new name of the database
 */
async function setAside(file: string, nowSec: number): Promise<string> {
  const time = new Date(nowSec * 1000).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  let aside = `${file}.damaged-${time}`;
  for (let i = 2; (await isThere(aside)) || (await isThere(`${aside}.wal`)); i += 1) {
    aside = `${file}.damaged-${time}-${i}`;
  }
  try {
    if (await isThere(`${file}.wal`)) await rename(`${file}.wal`, `${aside}.wal`);
    await rename(file, aside);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(
      'failed',
      `the damaged database ${file} cannot be set aside (${reason}): move it away and start again`,
      { cause },
    );
  }
  return aside;
}

async function isThere(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}

async function isFolder(file: string): Promise<boolean> {
  return await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
