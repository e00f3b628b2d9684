import type { DuckDBConnection } from '@duckdb/node-api';

/** Runs the task in a transaction: what it did is there as a whole when this resolves, or not at all. */
export async function transaction<T>(
  connection: DuckDBConnection,
  task: () => Promise<T>,
): Promise<T> {
  await connection.run('BEGIN');
  try {
    const result = await task();
    await connection.run('COMMIT');
    return result;
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => {
      // A commit that failed, or a fatal error, has ended the transaction already. What is thrown
      // is the first error; a connection that is still unusable shows it at the next BEGIN.
    });
    throw error;
  }
}
