import type { DuckDBConnection } from '@duckdb/node-api';
import type { Cells } from './cells.ts';
import type { DuckDbModule } from './duckdb-module.ts';
import type { Query } from './queries.ts';
import type { CandleSeries, EngineRecord } from './store.ts';
import { transaction } from './transaction.ts';

/** Replacing the row costs half of updating it, as DuckDB keeps what was until the checkpoint. */
export async function saveEngineState(
  duckDb: DuckDbModule,
  connection: DuckDBConnection,
  { symbol, intervalSec, timeSec, state }: EngineRecord,
): Promise<void> {
  await transaction(connection, async () => {
    await connection.run('DELETE FROM engine_states WHERE symbol = $1 AND interval_sec = $2', [
      symbol,
      intervalSec,
    ]);
    await connection.run('INSERT INTO engine_states VALUES ($1, $2, $3, $4)', [
      symbol,
      intervalSec,
      timeSec,
      new duckDb.DuckDBBlobValue(state),
    ]);
  });
}

export function engineStateQuery({ symbol, intervalSec }: CandleSeries): Query {
  return {
    sql: 'SELECT time_sec, state FROM engine_states WHERE symbol = $1 AND interval_sec = $2',
    values: [symbol, intervalSec],
  };
}

export function readEngineState({ symbol, intervalSec }: CandleSeries, cells: Cells): EngineRecord {
  return { symbol, intervalSec, timeSec: cells.number(0, 0), state: cells.bytes(1, 0) };
}
