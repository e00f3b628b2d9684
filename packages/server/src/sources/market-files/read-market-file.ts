/** Reads what `tidegauge ingest` and `tidegauge backtest` take: candles, open interest, liquidations. */
import { SYMBOL_COLUMNS, tellColumns } from './market-columns.ts';
import type { MarketRowKind, MarketRows, RefusedRow } from './market-row.ts';
import { openMarketFile } from './open-market-file.ts';
import { RowSymbols } from './row-symbols.ts';
import { type RowTaker, type TakerContext, takerOf } from './row-taker.ts';
import { readTable, type Table, type TableRow } from './table.ts';

export interface MarketFileOptions {
  /** Of all rows; null: the file tells. */
  readonly symbol: string | null;
  /** Of a file that tells none; null: such a file is not taken. */
  readonly symbolIfUntold: string | null;
  /** Length of its candles; null: the rows tell. */
  readonly intervalSec: number | null;
  /** What it has to hold; null: anything that is known. */
  readonly expected: MarketRowKind | null;
  /** Rows of later than this, and candles that end later, are refused. */
  readonly nowSec: number;
}

/**
 * Rows in batches, in the order of the file, and each row that is refused. What a file is shows in
 * its content: plain, gzip or zip by the first bytes, CSV or JSON, and its kind by the names of
 * columns or the shape of rows. Of a file that breaks off, what was read comes before the error.
 *
 * @throws Error that says why the file is not taken, or where it breaks off
 */
export async function* readMarketFile(
  path: string,
  options: MarketFileOptions,
): AsyncGenerator<MarketRows | RefusedRow, void> {
  const file = await openMarketFile(path);
  const table = await readTable(file);
  const where = (number: number): string =>
    table.counts === 'line' ? `${path}:${number}` : `${path}: row ${number}`;
  yield* readRows(table, options, { ...options, names: file.names, where });
}

async function* readRows(
  { header, rows }: Table,
  options: MarketFileOptions,
  context: TakerContext,
): AsyncGenerator<MarketRows | RefusedRow, void> {
  let open: { readonly symbols: RowSymbols; readonly taker: RowTaker } | null = null;
  try {
    for await (const row of rows) {
      open ??= openTaker(header, row, options, context);
      takeRow(row, open.symbols, open.taker);
      if (open.taker.batches.full) yield* open.taker.batches.drain();
    }
    if (open === null) {
      // Says first if the header is none that is known.
      openTaker(header, { number: 0, fields: [] }, options, context);
      throw new Error('there is a header, but no row');
    }
  } catch (error) {
    if (open !== null) yield* rest(open.taker);
    throw error;
  }
  yield* rest(open.taker);
}

function rest(taker: RowTaker): (MarketRows | RefusedRow)[] {
  taker.end();
  return taker.batches.drain();
}

function takeRow(row: TableRow, symbols: RowSymbols, taker: RowTaker): void {
  if (row.fields === null) {
    taker.batches.refuse(row.number, 'the row cannot be cut into fields');
    return;
  }
  const symbol = symbols.of(row.fields);
  if (typeof symbol === 'string') taker.take(row.fields, symbol, row.number);
  else taker.batches.refuse(row.number, symbol.reason);
}

function openTaker(
  header: readonly string[] | null,
  first: TableRow,
  options: MarketFileOptions,
  context: TakerContext,
): { readonly symbols: RowSymbols; readonly taker: RowTaker } {
  const { symbol: given, symbolIfUntold: otherwise, expected } = options;
  const { names } = context;
  const column = header?.findIndex((name) => SYMBOL_COLUMNS.includes(name)) ?? -1;
  const symbols = new RowSymbols({ column: column < 0 ? null : column, given, names, otherwise });
  const firstRow = first.fields ?? [];
  const symbol = symbols.hint(firstRow);
  const columns = tellColumns({ header, firstRow, names, symbol, expected });
  symbols.check();
  return { symbols, taker: takerOf(columns, context) };
}
