import { expect, test } from 'vitest';
import { needsReopening, storeErrorOf } from '../../src/store/duckdb-errors.ts';
import { StoreError, type StoreErrorKind } from '../../src/store/store.ts';

/** Of DuckDB 1.5, as they were seen; for quotas and Windows with the words of the system. */
const MESSAGES: readonly (readonly [StoreErrorKind, string])[] = [
  ['full', 'IO Error: Could not write file "/d/t.duckdb": No space left on device'],
  ['full', 'TransactionContext Error: Failed to commit: Could not write file "x": File too large'],
  ['full', 'IO Error: Could not write file "/d/t.duckdb.wal": Disk quota exceeded'],
  ['full', 'Out of Memory Error: could not allocate block of size 256.0 KiB (244.1 MiB used)'],
  ['full', 'IO Error: Failure while replaying WAL file "x.wal": No space left on device'],
  ['locked', 'IO Error: Could not set lock on file "x": Conflicting lock is held in node (PID 7)'],
  [
    'locked',
    'IO Error: Cannot open file "x": The process cannot access the file because it is being used by another process.',
  ],
  ['failed', 'IO Error: Cannot open file "/d/t.duckdb": Permission denied'],
  ['failed', 'IO Error: Could not read from file "t.duckdb": Is a directory'],
  ['failed', 'IO Error: Cannot open file "/d/t.duckdb": Read-only file system'],
  ['failed', 'IO Error: Cannot open file "/d/t.duckdb": No such file or directory'],
  ['failed', 'Binder Error: Referenced column "x" not found'],
  ['damaged', 'IO Error: The file "x" exists, but it is not a valid DuckDB database file!'],
  ['damaged', 'IO Error: Corrupt database file: computed checksum 1 does not match 2'],
  ['damaged', 'IO Error: Could not read enough bytes from file "x": attempted to read 9 bytes'],
  ['damaged', 'INTERNAL Error: Failure while replaying WAL file "x.wal": Calling DatabaseManager'],
  [
    'newer',
    'IO Error: Trying to read a database file with version number 999, but we can only read versions between 64 and 68.',
  ],
];

test.each(MESSAGES)('%s: %s', (kind, message) => {
  const error = storeErrorOf(new Error(`${message}\n\nand a stack`), '/d/t.duckdb');
  expect(error.kind).toBe(kind);
  expect(error.message).toContain('/d/t.duckdb');
  expect(error.message).not.toContain('\n');
  expect(error.cause).toBeInstanceOf(Error);
});

test('who holds the lock is named where DuckDB tells it', () => {
  const [withPid, without] = MESSAGES.filter(([kind]) => kind === 'locked').map(
    ([, message]) => storeErrorOf(new Error(message), 'x').message,
  );
  expect(withPid).toMatch(/^another process \(PID 7\) has/);
  expect(without).toMatch(/^another process has/);
});

test('an error of the store stays what it is, one that is none becomes one', () => {
  const error = new StoreError('stopped', 'the reading was called off');
  expect(storeErrorOf(error, 'x')).toBe(error);
  expect(storeErrorOf('odd', 'x')).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('odd'),
  });
});

test('only what shuts the database calls for opening it anew', () => {
  const says = (message: string): boolean => needsReopening(new Error(message));
  expect(says('FATAL Error: Failed to create checkpoint because of error: x')).toBe(true);
  expect(says('INTERNAL Error: Attempted to access index 1 within vector of size 1')).toBe(true);
  expect(says('FATAL Error: Failed: database has been invalidated because of a previous')).toBe(
    true,
  );
  expect(says('INTERRUPT Error: Interrupted!')).toBe(false);
  expect(says('IO Error: Corrupt database file: computed checksum')).toBe(false);
  expect(needsReopening('FATAL Error')).toBe(false);
});
