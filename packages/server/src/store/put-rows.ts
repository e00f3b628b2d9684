import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DuckDBConnection, DuckDBType } from '@duckdb/node-api';
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
  /** The same parameters, for the next three. */
  readonly inheritKept: string;
  readonly removeOld: string;
  readonly insertMissing: string;
  /** Parameters: the scope. */
  readonly insertAll: string;
}

/**
 * Puts go through a table that only the writer's connection has and that is empty between them:
 * filling it goes at 2.5 million rows a second, and then few statements join it to the table.
 * Rows that change are removed and added anew: an UPDATE of 10,000 rows that lie far apart took
 * more than 500 MB, as it keeps all rows near them until the commit, and this takes 80 MB.
 */
export async function makeStage<Row extends TimedRow>(
  connection: DuckDBConnection,
  table: Table<Row>,
): Promise<void> {
  const names = fieldColumns(table);
  const columns = table.kind.fields.map(
    (field, i) => `${names[i]} ${table.texts.includes(field) ? 'VARCHAR' : 'DOUBLE'}`,
  );
  if (table.keeps) columns.push('kept BOOLEAN');
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
    await fillStage(duckDb, connection, table, rows, keep);
    const result = await connection.run(statements.count, range);
    const cells = new Cells((await result.fetchChunk())!);
    const [matched, same, untouched] = [0, 1, 2].map((column) => cells.number(column, 0));
    if (matched === 0) {
      await connection.run(statements.insertAll, [...scope]);
    } else if (untouched! < rows.length) {
      if (table.keeps && !keep) await connection.run(statements.inheritKept, range);
      await connection.run(statements.removeOld, range);
      await connection.run(statements.insertMissing, range);
    }
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
  keep: boolean,
): Promise<void> {
  const { kind, texts, keeps } = table;
  const types: DuckDBType[] = kind.fields.map((field) =>
    texts.includes(field) ? duckDb.VARCHAR : duckDb.DOUBLE,
  );
  if (keeps) types.push(duckDb.BOOLEAN);
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
    if (keeps) chunk.setColumnValues(kind.fields.length, Array(part.length).fill(keep));
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
  const stage = stageOf(table);
  const names = [...scope, ...columns, ...(keeps ? ['kept'] : [])].join(', ');
  const filled = [
    ...scope.map((_, i) => `$${i + 1}`),
    ...columns.map((column) => `s.${column}`),
    ...(keeps ? ['s.kept'] : []),
  ].join(', ');
  const insertAll = `INSERT INTO ${name} (${names}) SELECT ${filled} FROM ${stage} s`;
  return {
    count: `
      SELECT count(*)::DOUBLE, (count(*) FILTER (WHERE ${same}))::DOUBLE,
        (count(*) FILTER (WHERE ${untouched}))::DOUBLE
      FROM ${name} t JOIN ${stage} s ON ${on}`,
    inheritKept: `UPDATE ${stage} s SET kept = true FROM ${name} t WHERE ${on} AND t.kept`,
    removeOld: `DELETE FROM ${name} t USING ${stage} s WHERE ${on} AND NOT (${untouched})`,
    insertMissing: `${insertAll} WHERE NOT EXISTS (SELECT 1 FROM ${name} t WHERE ${on})`,
    insertAll,
  };
}

function stageOf<Row extends TimedRow>({ name }: Table<Row>): string {
  return `put_${name}`;
}
