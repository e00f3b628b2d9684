import type { DuckDBDataChunk, DuckDBValue } from '@duckdb/node-api';

/** The values of a chunk by column and row, each with the type that it has to have. */
export class Cells {
  readonly rowCount: number;
  readonly #columns: readonly (readonly DuckDBValue[])[];

  constructor(chunk: DuckDBDataChunk) {
    this.rowCount = chunk.rowCount;
    this.#columns = Array.from({ length: chunk.columnCount }, (_, column) =>
      chunk.getColumnValues(column),
    );
  }

  number(column: number, row: number): number {
    const value = this.#columns[column]![row];
    if (typeof value !== 'number') throw this.#unexpected(column, row, 'a number');
    return value;
  }

  text(column: number, row: number): string {
    const value = this.#columns[column]![row];
    if (typeof value !== 'string') throw this.#unexpected(column, row, 'text');
    return value;
  }

  /** A copy. */
  bytes(column: number, row: number): Uint8Array {
    const value = this.#columns[column]![row];
    if (typeof value === 'object' && value !== null && 'bytes' in value) {
      return new Uint8Array(value.bytes);
    }
    throw this.#unexpected(column, row, 'bytes');
  }

  #unexpected(column: number, row: number, wanted: string): TypeError {
    const value = this.#columns[column]![row];
    return new TypeError(`column ${column} of row ${row} holds ${String(value)}, not ${wanted}`);
  }
}
