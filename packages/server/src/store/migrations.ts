import type { DuckDBConnection } from '@duckdb/node-api';
import { StoreError } from './store.ts';
import { transaction } from './transaction.ts';

/**
 * What makes a file of version n - 1 one of version n, the first being version 1. What has once
 * been released is never changed: another one is added.
 *
 * No table has an index: rows come nearly sorted by time, so DuckDB's minima and maxima of each
 * 122,880 rows find them as fast. With a primary key a million candles took 4 s instead of 2 and
 * 77 MB instead of 13. That keys are unique is held by `put-rows.ts`, the only one that adds rows.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE candles (
      symbol VARCHAR NOT NULL, interval_sec DOUBLE NOT NULL, time_sec DOUBLE NOT NULL,
      open DOUBLE NOT NULL, high DOUBLE NOT NULL, low DOUBLE NOT NULL, close DOUBLE NOT NULL,
      volume DOUBLE NOT NULL, kept BOOLEAN NOT NULL)`,
    `CREATE TABLE open_interest (
      symbol VARCHAR NOT NULL, time_sec DOUBLE NOT NULL, usd DOUBLE NOT NULL,
      kept BOOLEAN NOT NULL)`,
    `CREATE TABLE liquidations (
      symbol VARCHAR NOT NULL, time_sec DOUBLE NOT NULL, side VARCHAR NOT NULL,
      price_usd DOUBLE NOT NULL, usd DOUBLE NOT NULL, kept BOOLEAN NOT NULL)`,
    `CREATE TABLE price_estimates (
      time_sec DOUBLE NOT NULL, price_usd DOUBLE NOT NULL, low_usd DOUBLE NOT NULL,
      high_usd DOUBLE NOT NULL, confidence DOUBLE NOT NULL)`,
    `CREATE TABLE snapshots (
      symbol VARCHAR NOT NULL, time_sec DOUBLE NOT NULL, data_json VARCHAR NOT NULL)`,
    `CREATE TABLE engine_states (
      symbol VARCHAR NOT NULL, interval_sec DOUBLE NOT NULL, time_sec DOUBLE NOT NULL,
      state BLOB NOT NULL)`,
  ],
];

/**
 * Brings the database to the newest version, each step in a transaction of its own.
 * @throws StoreError `newer` when it is of a version that is not known here, `failed` when it
 * belongs to something else; either way it is left as it is
 */
export async function migrate(
  connection: DuckDBConnection,
  place: string,
  migrations: readonly (readonly string[])[] = MIGRATIONS,
): Promise<void> {
  const from = await versionOf(connection, place);
  if (from > migrations.length) {
    throw new StoreError(
      'newer',
      `the database ${place} has version ${from}, this Tidegauge knows versions up to ` +
        `${migrations.length}: use the newer Tidegauge, or give this one a DATA_DIR of its own`,
    );
  }
  for (const [index, statements] of migrations.entries()) {
    if (index < from) continue;
    await transaction(connection, async () => {
      for (const statement of statements) await connection.run(statement);
      await connection.run('INSERT INTO schema_version VALUES ($1)', [index + 1]);
    });
  }
}

async function versionOf(connection: DuckDBConnection, place: string): Promise<number> {
  const tables = await column(
    connection,
    'SELECT table_name FROM duckdb_tables() WHERE NOT temporary',
  );
  if (!tables.includes('schema_version')) {
    if (tables.length > 0) {
      throw new StoreError(
        'failed',
        `the database ${place} is not one of Tidegauge's (it has the tables ` +
          `${tables.join(', ')}): give Tidegauge a DATA_DIR of its own`,
      );
    }
    await connection.run('CREATE TABLE schema_version (version DOUBLE NOT NULL)');
  }
  const [version] = await column(
    connection,
    'SELECT coalesce(max(version), 0)::DOUBLE FROM schema_version',
  );
  return Number(version);
}

async function column(connection: DuckDBConnection, sql: string): Promise<unknown[]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRows().map(([value]) => value);
}
