import type { DuckDBConnection } from '@duckdb/node-api';

/**
 * Reads the whole database once, so that a damaged block shows now and not in the middle of the
 * work: DuckDB checks a block's sum when it first reads it. The JSON of snapshots, which is most of
 * a large file, is left out; only whoever asks for that snapshot needs it.
 * Measured with 2 million candles: 50 ms.
 */
export async function readEverything(connection: DuckDBConnection): Promise<void> {
  for (const name of [
    'candles',
    'open_interest',
    'liquidations',
    'price_estimates',
    'engine_states',
  ]) {
    await connection.run(`SELECT bit_xor(hash(t)) FROM ${name} t`);
  }
  await connection.run('SELECT bit_xor(hash(symbol, time_sec)) FROM snapshots');
}
