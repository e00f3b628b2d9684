import { parse } from 'csv-parse/sync';
import { linesOf } from '../read-lines.ts';
import type { OpenFile } from './open-market-file.ts';

/** The longest line of any known format has some 300 characters. */
const LINE_CHARS_MAX = 64 * 1024;
/** Nearly four years of candles of a second; a file beyond it is most likely no data at all. */
const ROWS_MAX = 20_000_000;
/** JSON is read as a whole. A year of 5 min candles takes 7 MB. */
const JSON_BYTES_MAX = 64 * 1024 * 1024;

/** A row as text, not yet understood. */
export interface TableRow {
  /** Of its line in CSV, of the row itself in JSON; from 1. */
  readonly number: number;
  /** Null: the line cannot be cut into fields. */
  readonly fields: readonly string[] | null;
}

/** Rows of text under names, where the file gives any. */
export interface Table {
  /** In lower case with underscores: openTime is open_time. Null: there is no header. */
  readonly header: readonly string[] | null;
  /** Without the header; rows in which there is nothing are left out. */
  readonly rows: AsyncIterable<TableRow>;
  /** The word before a row's number, for messages. */
  readonly counts: 'line' | 'row';
}

/**
 * CSV, or a JSON list of lists or of objects.
 *
 * @throws Error for text that is neither, for a line, JSON or number of rows over its bound, and
 *   what the file ends with
 */
export async function readTable(file: OpenFile): Promise<Table> {
  return isJson(file.first) ? jsonTable(await wholeText(file.chunks)) : csvTable(file.chunks);
}

function isJson(first: Uint8Array | null): boolean {
  const start = new TextDecoder().decode(first?.subarray(0, 1024)).trimStart();
  return start.startsWith('[') || start.startsWith('{');
}

async function csvTable(chunks: AsyncIterable<Uint8Array>): Promise<Table> {
  const rows = csvRows(linesOf(chunks, LINE_CHARS_MAX));
  const first = await rows.next();
  if (first.done === true) throw new Error('there is nothing in it');
  const { fields } = first.value;
  if (fields !== null && isHeader(fields)) {
    return { header: fields.map(columnName), rows, counts: 'line' };
  }
  return { header: null, rows: rowThenRest(first.value, rows), counts: 'line' };
}

async function* csvRows(lines: AsyncIterable<string>): AsyncGenerator<TableRow, void> {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (number > ROWS_MAX) throw new Error(`it has over ${ROWS_MAX} lines; split it`);
    if (line.trim() !== '') yield { number, fields: fieldsOf(line) };
  }
}

async function* rowThenRest(
  first: TableRow,
  rest: AsyncGenerator<TableRow>,
): AsyncGenerator<TableRow> {
  yield first;
  yield* rest;
}

/**
 * Lines without quotes are cut at their commas: a million rows of 12 columns in 1.3 s, where
 * csv-parse takes 4.8 s (gunzip and lines included, Node 24.21). Only lines with quotes need it.
 */
function fieldsOf(line: string): readonly string[] | null {
  if (!line.includes('"')) return line.split(',');
  try {
    return parse(line, { relax_column_count: true })[0] ?? null;
  } catch {
    return null;
  }
}

/** A header names things; a row of data begins with a number or a time in each known format. */
function isHeader(fields: readonly string[]): boolean {
  return fields.every((field) => /^\s*([a-z_][\w .()/-]*)?\s*$/i.test(field));
}

function columnName(text: string): string {
  return text
    .trim()
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[ -]+/g, '_')
    .toLowerCase();
}

async function wholeText(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > JSON_BYTES_MAX) {
      throw new Error(`as JSON it may have ${JSON_BYTES_MAX} bytes at most; convert it to CSV`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function jsonTable(text: string): Table {
  const list = parseJson(text);
  if (!Array.isArray(list)) throw new Error('the JSON is no list; allowed: a list of rows');
  const first: unknown = list[0];
  if (first === undefined) throw new Error('the JSON list is empty');
  const keys = isRecord(first) ? Object.keys(first) : null;
  return { header: keys?.map(columnName) ?? null, rows: jsonRows(list, keys), counts: 'row' };
}

async function* jsonRows(
  list: readonly unknown[],
  keys: readonly string[] | null,
): AsyncGenerator<TableRow> {
  for (const [index, row] of list.entries()) {
    const values = keys === null || !isRecord(row) ? row : keys.map((key) => row[key]);
    yield { number: index + 1, fields: Array.isArray(values) ? values.map(fieldText) : null };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`it is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
