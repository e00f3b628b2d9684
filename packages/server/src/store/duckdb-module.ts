import { StoreError } from './store.ts';

/** The package, of which only the types are there before it is loaded. */
export type DuckDbModule = typeof import('@duckdb/node-api');

/** @throws StoreError `no_package` where it or its native part is not installed */
export async function loadDuckDb(): Promise<DuckDbModule> {
  try {
    return await import('@duckdb/node-api');
  } catch (cause) {
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1);
    throw new StoreError(
      'no_package',
      `the package @duckdb/node-api, which keeps the history, cannot be loaded (${reason}). ` +
        'Install it with: npm install --include=optional, then start again',
      { cause },
    );
  }
}
