import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import * as duckDb from '@duckdb/node-api';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MIGRATIONS } from '../../src/store/migrations.ts';
import { type OpenStoreOptions, openStore } from '../../src/store/open-store.ts';
import { type Store, StoreError } from '../../src/store/store.ts';
import { FakeClock, FakeLog } from '../hub-fakes.ts';
import { makeFolder } from './duckdb-files.ts';
import { numberedCandles, SERIES } from './numbered-candles.ts';
import { ALWAYS, all, BTC, candles, KEEP, LET_GO } from './store-contract.ts';

const FILE = 'tidegauge.duckdb';

async function open(directory: string | null, options: Partial<OpenStoreOptions> = {}) {
  const log = new FakeLog();
  const store = await openStore({ directory, log, clock: new FakeClock(), ...options });
  onTestFinished(() => store.close());
  return { store, log };
}

/** A folder with a database that holds 5,000 candles, and nobody has open. */
async function folderWithHistory(): Promise<string> {
  const folder = await makeFolder();
  const { store } = await open(folder);
  await store.putCandles(BTC, candles(5000), KEEP);
  await store.close();
  return folder;
}

async function countOf(store: Store): Promise<number> {
  return (await all(store.candles(BTC, ALWAYS))).length;
}

async function contents(folder: string): Promise<Map<string, string>> {
  const names = await readdir(folder);
  const entries = names.map(async (name): Promise<[string, string]> => {
    return [name, (await readFile(path.join(folder, name))).toString('base64')];
  });
  return new Map(await Promise.all(entries));
}

async function overwrite(file: string, at: number, bytes: number): Promise<void> {
  const content = await readFile(file);
  content.fill(0xa5, at, at + bytes);
  await writeFile(file, content);
}

/** Runs a program that opens the database of the folder as its own process would. */
function otherProcess(folder: string, program: string) {
  const source = `
    import { DuckDBInstance } from '@duckdb/node-api';
    const instance = await DuckDBInstance.create(${JSON.stringify(path.join(folder, FILE))});
    const connection = await instance.connect();
    ${program}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: path.dirname(new URL(import.meta.url).pathname),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** The database of the folder as a process that was killed left it: with a write-ahead log. */
async function leaveLog(folder: string): Promise<void> {
  const child = otherProcess(
    folder,
    `for (let i = 0; i < 50; i += 1) {
      await connection.run(\`INSERT INTO open_interest
        SELECT 'BTCUSDT', i + \${i * 1000}, random(), true FROM range(1000) t(i)\`);
    }
    process.kill(process.pid, 'SIGKILL');`,
  );
  await once(child, 'exit');
}

describe('a database that is fine', () => {
  test('is made with its folder, and there again the next time', async () => {
    const folder = path.join(await makeFolder(), 'not', 'yet');
    const { store } = await open(folder);
    expect(store.place).toBe(path.join(folder, FILE));
    await store.putCandles(BTC, candles(10), LET_GO);
    await store.close();
    const again = await open(folder);
    expect(again.store.problem).toBeNull();
    expect(await countOf(again.store)).toBe(10);
    expect(again.log.lines).toEqual([]);
  });

  test('of a killed process is whole again', async () => {
    const folder = await folderWithHistory();
    await leaveLog(folder);
    const { store } = await open(folder);
    expect(store.problem).toBeNull();
    expect(await all(store.openInterest('BTCUSDT', ALWAYS))).toHaveLength(50_000);
  });

  test('of a process that was killed while it made one is made anew', async () => {
    const folder = await makeFolder();
    await writeFile(path.join(folder, `${FILE}.new`), 'half of a database');
    await writeFile(path.join(folder, `${FILE}.new.wal`), 'and of its log');
    const { store, log } = await open(folder);
    expect(store.problem).toBeNull();
    expect(log.lines).toEqual([]);
    expect(await readdir(folder)).toEqual([FILE]);
  });

  test('in memory needs no folder', async () => {
    const { store } = await open(null);
    expect(store.place).toBe('in memory, until the program ends');
    expect(store.constructor.name).toBe('DuckDbStore');
    expect(store.problem).toBeNull();
  });
});

describe('a damaged database is set aside as it is, and a new one begun:', () => {
  const damages: Record<string, (folder: string, file: string) => Promise<void>> = {
    'other text': (_, file) => writeFile(file, 'hello '.repeat(10_000)),
    'nothing at all': (_, file) => writeFile(file, ''),
    'a bad head': (_, file) => overwrite(file, 20, 16),
    'a bad block': (_, file) => overwrite(file, 12_288, 4000),
    'a bad block that only candles lie in': async (folder, file) => {
      const { store } = await open(folder);
      await store.putCandles(SERIES, numberedCandles(0, 60_000), KEEP);
      await store.close();
      await overwrite(file, (await readFile(file)).length >> 1, 4000);
    },
    'the second half is gone': async (_, file) => {
      await truncate(file, (await readFile(file)).length >> 1);
    },
    'a bad entry in the log': async (folder, file) => {
      await leaveLog(folder);
      await overwrite(`${file}.wal`, (await readFile(`${file}.wal`)).length >> 1, 16);
    },
  };

  test.each(Object.keys(damages))('%s', async (name) => {
    const folder = await folderWithHistory();
    await damages[name]!(folder, path.join(folder, FILE));
    const before = await contents(folder);
    const { store, log } = await open(folder);
    const asides = (await readdir(folder)).filter((each) => each.includes('damaged'));
    expect(asides[0]).toMatch(/^tidegauge\.duckdb\.damaged-\d{8}T\d{6}Z$/);
    const after = await contents(folder);
    for (const [file, bytes] of before) {
      expect(after.get(file.replace(FILE, asides[0]!)) === bytes, file).toBe(true);
    }
    const aside = path.join(folder, asides[0]!);
    expect(store.problem).toContain(`the database ${path.join(folder, FILE)} is damaged (`);
    expect(store.problem).toContain(`It was set aside as ${aside} and a new, empty one begun`);
    expect(log.lines).toMatchObject([
      { level: 'error', fields: { event: 'store_damaged', aside }, message: store.problem },
    ]);
    expect(await countOf(store)).toBe(0);
    await store.putCandles(BTC, candles(3), LET_GO);
    expect(await countOf(store)).toBe(3);
    expect(store.problem).toContain('set aside');
  });

  test('twice within a second, each under a name of its own', async () => {
    const folder = await makeFolder();
    const clock = new FakeClock();
    for (const text of ['one', 'two', 'three']) {
      await writeFile(path.join(folder, FILE), text);
      const { store } = await open(folder, { clock });
      await store.close();
    }
    const texts = [...(await contents(folder))]
      .filter(([name]) => name.includes('damaged'))
      .map(([, bytes]) => Buffer.from(bytes, 'base64').toString());
    expect(texts.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['one', 'three', 'two']);
  });
});

test('damage in the JSON of snapshots shows when they are read, and the rest goes on', async () => {
  const folder = await folderWithHistory();
  const { store: before } = await open(folder);
  const snapshots = Array.from({ length: 20 }, (_, i) => ({
    symbol: 'BTCUSDT',
    timeSec: i,
    dataJson: JSON.stringify(randomBytes(150_000).toString('base64')),
  }));
  await before.putSnapshots(snapshots);
  await before.close();
  const file = path.join(folder, FILE);
  await overwrite(file, (await readFile(file)).length >> 1, 4000);
  const { store } = await open(folder);
  expect(store.problem).toBeNull();
  await expect(all(store.snapshots('BTCUSDT', ALWAYS))).rejects.toMatchObject({ kind: 'damaged' });
  expect(store.problem).toContain(`the database ${file} is damaged (`);
  expect(await countOf(store)).toBe(5000);
  await store.putCandles(BTC, candles(5001), LET_GO);
  expect(await countOf(store)).toBe(5001);
});

describe('a database that is not ours to touch is left as it is:', () => {
  async function expectLeft(folder: string, kind: string, says: string): Promise<void> {
    const before = await contents(folder);
    const opening = open(folder);
    await expect(opening).rejects.toMatchObject({ name: 'StoreError', kind });
    await expect(opening).rejects.toThrow(says);
    expect(await contents(folder)).toEqual(before);
  }

  test('open in another process, which is named', async () => {
    const folder = await folderWithHistory();
    const copy = await makeFolder();
    await copyFile(path.join(folder, FILE), path.join(copy, FILE));
    const holder = otherProcess(folder, "console.log('open'); setInterval(() => {}, 1000);");
    await once(holder.stdout, 'data');
    const opening = open(folder);
    await expect(opening).rejects.toMatchObject({
      kind: 'locked',
      message:
        `another process (PID ${holder.pid}) has the database ${path.join(folder, FILE)} open, ` +
        'and only one may: stop that one, or give this one a DATA_DIR of its own',
    });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(await countOf((await open(folder)).store)).toBe(5000);
  });

  test('of a newer Tidegauge', async () => {
    const folder = await folderWithHistory();
    const next = MIGRATIONS.length + 1;
    const child = otherProcess(
      folder,
      `await connection.run('INSERT INTO schema_version VALUES (${next})');
       connection.closeSync();
       instance.closeSync();`,
    );
    await once(child, 'exit');
    await expectLeft(
      folder,
      'newer',
      `has version ${next}, this Tidegauge knows versions up to ${MIGRATIONS.length}`,
    );
  });

  test('of a newer DuckDB', async () => {
    const folder = await folderWithHistory();
    const file = path.join(folder, FILE);
    const content = await readFile(file);
    content.writeBigUInt64LE(999n, 12);
    content.writeBigUInt64LE(headSum(content.subarray(8, 4096)), 0);
    await writeFile(file, content);
    await expectLeft(folder, 'newer', 'was made by a newer version of DuckDB');
  });

  test('of another program', async () => {
    const folder = await makeFolder();
    const child = otherProcess(
      folder,
      "await connection.run('CREATE TABLE bills (a INTEGER)'); connection.closeSync(); instance.closeSync();",
    );
    await once(child, 'exit');
    await expectLeft(folder, 'failed', "is not one of Tidegauge's (it has the tables bills)");
  });

  test('of SQLite', async () => {
    const folder = await makeFolder();
    await writeFile(path.join(folder, FILE), `SQLite format 3\0${' '.repeat(9000)}`);
    await expectLeft(folder, 'failed', 'is a file of another program');
  });

  test('a folder of that name', async () => {
    const folder = await makeFolder();
    await mkdir(path.join(folder, FILE));
    await expect(open(folder)).rejects.toMatchObject({ kind: 'failed' });
    await expect(open(folder)).rejects.toThrow('cannot be used (IO Error');
    expect(await readdir(folder)).toEqual([FILE]);
  });

  test('a file in the place of the folder', async () => {
    const folder = await makeFolder();
    await writeFile(path.join(folder, 'data'), 'mine');
    const opening = open(path.join(folder, 'data'));
    await expect(opening).rejects.toMatchObject({ kind: 'failed' });
    await expect(opening).rejects.toThrow('name a folder that may be written to');
  });
});

describe('a folder that cannot be made is named:', () => {
  async function expectUnmade(folder: string): Promise<void> {
    const opening = open(folder);
    await expect(opening).rejects.toMatchObject({ kind: 'failed' });
    await expect(opening).rejects.toThrow(`DATA_DIR ${folder} cannot be made (`);
  }

  test('below a file', async () => {
    const folder = await makeFolder();
    await writeFile(path.join(folder, 'data'), 'mine');
    await expectUnmade(path.join(folder, 'data', 'not', 'yet'));
    expect(await readdir(folder)).toEqual(['data']);
  });

  test('at the end of a link to nowhere', async () => {
    const folder = await makeFolder();
    await symlink(path.join(folder, 'nowhere'), path.join(folder, 'data'));
    await expectUnmade(path.join(folder, 'data'));
  });

  // Where mkdir with `recursive` never answers.
  test.runIf(process.platform === 'linux').each(['/proc/x', '/proc/x/y'])('%s', expectUnmade);
});

test('two that make the same folder at once do not fail each other', async () => {
  const above = path.join(await makeFolder(), 'not', 'yet');
  const stores = await Promise.all(
    ['one', 'two', 'three'].map((name) => open(path.join(above, name))),
  );
  expect(stores.map(({ store }) => store.problem)).toEqual([null, null, null]);
});

describe('without the package', () => {
  const load = () => Promise.reject(new StoreError('no_package', 'it cannot be loaded'));

  test('a folder cannot be used', async () => {
    const folder = await makeFolder();
    await expect(open(folder, { load })).rejects.toMatchObject({ kind: 'no_package' });
  });

  test('memory is used plainly, which is said', async () => {
    const { store, log } = await open(null, { load });
    expect(store.constructor.name).toBe('MemoryStore');
    expect(store.problem).toBe('history is kept without a database: it cannot be loaded');
    expect(log.lines).toMatchObject([
      { level: 'warn', fields: { event: 'store_without_database' }, message: store.problem },
    ]);
  });
});

test.each(MIGRATIONS.map((_, i) => i))('a file of version %i is brought up to date', async (i) => {
  const folder = await makeFolder();
  const instance = await duckDb.DuckDBInstance.create(path.join(folder, FILE));
  const connection = await instance.connect();
  await connection.run('CREATE TABLE schema_version (version DOUBLE NOT NULL)');
  for (const [index, statements] of MIGRATIONS.slice(0, i).entries()) {
    for (const statement of statements) await connection.run(statement);
    await connection.run(`INSERT INTO schema_version VALUES (${index + 1})`);
  }
  connection.closeSync();
  instance.closeSync();
  const { store } = await open(folder);
  await store.putCandles(BTC, candles(3), LET_GO);
  expect(await countOf(store)).toBe(3);
});

/** The sum that DuckDB keeps of its first block: words times a constant, joined by exclusive or. */
function headSum(bytes: Buffer): bigint {
  let sum = 5381n;
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    sum ^= BigInt.asUintN(64, bytes.readBigUInt64LE(at) * 0xbf58476d1ce4e5b9n);
  }
  return sum;
}
