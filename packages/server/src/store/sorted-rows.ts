import {
  bytesOf,
  compareKeys,
  distinctRows,
  type RowKind,
  sameValues,
  type TimedRow,
} from './row-kind.ts';
import type { PutCounts, TimeRange } from './store.ts';

/** Of one reading; as many as DuckDB gives at once. */
export const READ_CHUNK_ROWS_MAX = 2048;

interface Entry<Row> {
  readonly row: Row;
  readonly kept: boolean;
}

/** Rows of one kind in memory, sorted by key, each key once. */
export class SortedRows<Row extends TimedRow> {
  readonly #kind: RowKind<Row>;
  #entries: Entry<Row>[] = [];
  #bytes = 0;

  constructor(kind: RowKind<Row>) {
    this.#kind = kind;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** About how much memory they take. */
  get bytes(): number {
    return this.#bytes;
  }

  get first(): Row | undefined {
    return this.#entries[0]?.row;
  }

  get last(): Row | undefined {
    return this.#entries.at(-1)?.row;
  }

  /** Takes copies. @throws StoreError `failed` for a number that is not finite, taking nothing */
  put(given: readonly Row[], keep: boolean): PutCounts {
    const { rows, ...counts } = distinctRows(this.#kind, given);
    const first = rows[0];
    if (first === undefined) return { added: 0, changed: 0, same: 0 };
    // Rows mostly come at the end, so only what lies behind the first of them is merged.
    const from = this.#search((row) => compareKeys(this.#kind, row, first) >= 0);
    return this.#merge(this.#entries.splice(from), rows, keep, counts);
  }

  /** At most `countMax` rows of the range, those behind `after` if it is given. */
  read(range: TimeRange, after: Row | null, countMax: number): Row[] {
    const from =
      after === null
        ? this.#search((row) => row.timeSec >= range.fromSec)
        : this.#search((row) => compareKeys(this.#kind, row, after) > 0);
    const rows: Row[] = [];
    for (let i = from; i < this.#entries.length && rows.length < countMax; i += 1) {
      const { row } = this.#entries[i]!;
      if (row.timeSec >= range.toSec) break;
      rows.push(row);
    }
    return rows;
  }

  /** @returns how many rows went */
  forgetBefore(timeSec: number): number {
    const before = this.#entries.length;
    this.#entries = this.#entries.filter(({ row, kept }) => {
      const stays = kept || row.timeSec >= timeSec;
      if (!stays) this.#bytes -= bytesOf(this.#kind, row);
      return stays;
    });
    return before - this.#entries.length;
  }

  /** Appends both, which are sorted; a new row replaces an old one of equal key. */
  #merge(
    old: readonly Entry<Row>[],
    rows: readonly Row[],
    keep: boolean,
    inPut: { readonly changed: number; readonly same: number },
  ): PutCounts {
    let { changed, same } = inPut;
    let added = 0;
    let at = 0;
    for (const row of rows) {
      while (at < old.length && compareKeys(this.#kind, old[at]!.row, row) < 0) {
        this.#entries.push(old[at]!);
        at += 1;
      }
      const rival = old[at];
      const replaces = rival !== undefined && compareKeys(this.#kind, rival.row, row) === 0;
      this.#bytes += bytesOf(this.#kind, row);
      if (replaces) {
        this.#bytes -= bytesOf(this.#kind, rival.row);
        at += 1;
      }
      if (!replaces) added += 1;
      else if (sameValues(this.#kind, rival.row, row)) same += 1;
      else changed += 1;
      this.#entries.push({ row: { ...row }, kept: keep || (replaces && rival.kept) });
    }
    for (; at < old.length; at += 1) this.#entries.push(old[at]!);
    return { added, changed, same };
  }

  /** The first place whose row passes; all rows behind one that passes must pass as well. */
  #search(passes: (row: Row) => boolean): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (passes(this.#entries[middle]!.row)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
