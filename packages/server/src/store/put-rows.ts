import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { Cells } from './cells.ts';
import type { DuckDbModule } from './duckdb-module.ts';
import { distinctRows, type TimedRow } from './row-kind.ts';
import type { PutCounts } from './store.ts';
import { cellOf, fieldColumns, type Table } from './tables.ts';
import { transaction } from './transaction.ts';

/** The most rows that a chunk of DuckDB holds. */
const CHUNK_ROWS = 2048;
/** So many chunks take some 3 ms to fill; then everybody else has a turn. */
const CHUNKS_PER_TURN = 4;

export type ScopeValues = readonly (string | number)[];

/** The statements of one table's puts. */
interface PutStatements {
  /** Parameters: the scope, the first and the last time. Gives matched, same, untouched. */
  readonly count: string;
  /** The same parameters. */
  readonly merge: string;
  /** Parameters: the scope. */
  readonly insert: string;
}

/**
 * Puts go through a table that only the writer's connection has and that is empty between them:
 * filling it goes at 2.5 million rows a second, and then one statement joins it to the table.
 */
export async function makeStage<Row extends TimedRow>(
  connection: DuckDBConnection,
  table: Table<Row>,
): Promise<void> {
  const names = fieldColumns(table);
  const columns = table.kind.fields.map(
    (field, i) => `${names[i]} ${table.texts.includes(field) ? 'VARCHAR' : 'DOUBLE'}`,
  );
  await connection.run(`CREATE TEMP TABLE ${stageOf(table)} (${columns.join(', ')})`);
}

/** Puts rows as a whole. They are on disk when this resolves. */
export async function putRows<Row extends TimedRow>(
  duckDb: DuckDbModule,
  connection: DuckDBConnection,
  table: Table<Row>,
  scope: ScopeValues,
  given: readonly Row[],
  keep: boolean,
): Promise<PutCounts> {
  const { rows, ...inPut } = distinctRows(table.kind, given);
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) return { added: 0, changed: 0, same: 0 };
  const statements = putStatements(table, keep);
  const range = [...scope, first.timeSec, last.timeSec];
  return await transaction(connection, async () => {
    await fillStage(duckDb, connection, table, rows);
    const result = await connection.run(statements.count, range);
    const cells = new Cells((await result.fetchChunk())!);
    const [matched, same, untouched] = [0, 1, 2].map((column) => cells.number(column, 0));
    if (matched === 0) await connection.run(statements.insert, [...scope]);
    else if (untouched! < rows.length) await connection.run(statements.merge, range);
    await connection.run(`DELETE FROM ${stageOf(table)}`);
    return {
      added: rows.length - matched!,
      changed: matched! - same! + inPut.changed,
      same: same! + inPut.same,
    };
  });
}

async function fillStage<Row extends TimedRow>(
  duckDb: DuckDbModule,
  connection: DuckDBConnection,
  table: Table<Row>,
  rows: readonly Row[],
): Promise<void> {
  const { kind, texts } = table;
  const types = kind.fields.map((field) =>
    texts.includes(field) ? duckDb.VARCHAR : duckDb.DOUBLE,
  );
  const appender = await connection.createAppender(stageOf(table));
  for (let from = 0; from < rows.length; from += CHUNK_ROWS) {
    const part = rows.slice(from, from + CHUNK_ROWS);
    const chunk = duckDb.DuckDBDataChunk.create(types, part.length);
    for (const [column, field] of kind.fields.entries()) {
      chunk.setColumnValues(
        column,
        part.map((row) => cellOf(row, field)),
      );
    }
    appender.appendDataChunk(chunk);
    if ((from / CHUNK_ROWS) % CHUNKS_PER_TURN === CHUNKS_PER_TURN - 1) await nextTurn();
  }
  appender.closeSync();
}

function putStatements<Row extends TimedRow>(table: Table<Row>, keep: boolean): PutStatements {
  const { name, kind, scope, keeps } = table;
  const columns = fieldColumns(table);
  const [keys, values] = [columns.slice(0, kind.keyCount), columns.slice(kind.keyCount)];
  const [from, to] = [scope.length + 1, scope.length + 2];
  const on = [
    ...scope.map((column, i) => `t.${column} = $${i + 1}`),
    ...keys.map((column) => `t.${column} = s.${column}`),
    `t.time_sec BETWEEN $${from} AND $${to}`,
  ].join(' AND ');
  const same = values.map((column) => `t.${column} = s.${column}`).join(' AND ') || 'true';
  const untouched = keeps && keep ? `${same} AND t.kept` : same;
  const changes = values.map((column) => `${column} = s.${column}`);
  if (keeps) changes.push(`kept = t.kept OR ${keep}`);
  const names = [...scope, ...columns, ...(keeps ? ['kept'] : [])].join(', ');
  const filled = [
    ...scope.map((_, i) => `$${i + 1}`),
    ...columns.map((column) => `s.${column}`),
    ...(keeps ? [String(keep)] : []),
  ].join(', ');
  return {
    count: `
      SELECT count(*)::DOUBLE, (count(*) FILTER (WHERE ${same}))::DOUBLE,
        (count(*) FILTER (WHERE ${untouched}))::DOUBLE
      FROM ${name} t JOIN ${stageOf(table)} s ON ${on}`,
    merge: `
      MERGE INTO ${name} t USING ${stageOf(table)} s ON ${on}
      WHEN MATCHED AND ${untouched} THEN DO NOTHING
      WHEN MATCHED THEN UPDATE SET ${changes.join(', ')}
      WHEN NOT MATCHED THEN INSERT (${names}) VALUES (${filled})`,
    insert: `INSERT INTO ${name} (${names}) SELECT ${filled} FROM ${stageOf(table)} s`,
  };
}

function stageOf<Row extends TimedRow>({ name }: Table<Row>): string {
  return `put_${name}`;
}
