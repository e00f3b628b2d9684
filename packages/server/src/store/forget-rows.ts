import type { DuckDBConnection } from '@duckdb/node-api';
import { transaction } from './transaction.ts';

const STATEMENTS: readonly string[] = [
  'DELETE FROM candles WHERE time_sec < $1 AND NOT kept',
  'DELETE FROM open_interest WHERE time_sec < $1 AND NOT kept',
  'DELETE FROM liquidations WHERE time_sec < $1 AND NOT kept',
  'DELETE FROM price_estimates WHERE time_sec < $1',
  'DELETE FROM snapshots WHERE time_sec < $1',
  'DELETE FROM engine_states WHERE time_sec < $1',
];

/** @returns how many rows went */
export async function forgetRows(connection: DuckDBConnection, timeSec: number): Promise<number> {
  return await transaction(connection, async () => {
    let gone = 0;
    for (const statement of STATEMENTS) {
      gone += (await connection.run(statement, [timeSec])).rowsChanged;
    }
    return gone;
  });
}
