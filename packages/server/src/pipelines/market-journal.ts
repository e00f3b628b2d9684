import type { Clock } from '../clock.ts';
import { atMost } from './market-wait.ts';

/** After a failure the store is left alone for this long. */
const RETRY_MS = 5_000;
/** A store that takes longer than this does not keep the stream waiting: it goes on writing. */
const WAIT_MS = 2_000;

export interface JournalCounters {
  /** Rows that were stored. */
  readonly stored: number;
  /** Attempts that failed; their rows were kept for the next one. */
  readonly failures: number;
  /** Rows given up, as more waited than there is room for. */
  readonly dropped: number;
}

interface Line {
  readonly size: number;
  readonly dropped: number;
  write(): Promise<number>;
}

/** Rows of one table that wait to be stored: of equal keys the newest, bounded. */
export class PendingRows<Row> implements Line {
  readonly #rows: Map<string | number, Row> = new Map();
  readonly #keyOf: (row: Row) => string | number;
  readonly #put: (rows: readonly Row[]) => Promise<unknown>;
  readonly #rowsMax: number;
  dropped = 0;

  constructor(
    keyOf: (row: Row) => string | number,
    put: (rows: readonly Row[]) => Promise<unknown>,
    rowsMax: number,
  ) {
    this.#keyOf = keyOf;
    this.#put = put;
    this.#rowsMax = rowsMax;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** When there is no room, the row that has waited longest goes. */
  add(row: Row): void {
    const key = this.#keyOf(row);
    this.#rows.delete(key);
    this.#rows.set(key, row);
    if (this.#rows.size <= this.#rowsMax) return;
    this.#rows.delete(this.#rows.keys().next().value!);
    this.dropped += 1;
  }

  /**
   * Stores what waits. What comes meanwhile waits on, and after a failure all of it.
   * @returns how many rows were stored
   */
  async write(): Promise<number> {
    const rows = [...this.#rows.values()];
    await this.#put(rows);
    for (const row of rows) {
      const key = this.#keyOf(row);
      if (this.#rows.get(key) === row) this.#rows.delete(key);
    }
    return rows.length;
  }
}

/**
 * Brings rows into a store that may fail: they wait until it takes them, the newest for longest,
 * and nobody else does. What goes wrong is counted and told, and never thrown.
 */
export class Journal {
  readonly #clock: Clock;
  readonly #lines: Line[] = [];
  #writing: Promise<void> | null = null;
  #cancelRetry: (() => void) | null = null;
  #stopped = false;
  #stored = 0;
  #failures = 0;
  #failure: string | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new table, or part of one. @param put takes all of its rows or none */
  line<Row>(
    keyOf: (row: Row) => string | number,
    put: (rows: readonly Row[]) => Promise<unknown>,
    rowsMax: number,
  ): PendingRows<Row> {
    const line = new PendingRows(keyOf, put, rowsMax);
    this.#lines.push(line);
    return line;
  }

  /** Resolves once all that waits is stored, or waits for better times, or took too long. */
  async write(): Promise<void> {
    if (this.#cancelRetry !== null || this.#stopped) return;
    await atMost(this.#clock, WAIT_MS, this.#run());
  }

  /** Tries once more, then never again. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    await atMost(this.#clock, WAIT_MS, this.#run());
  }

  counters(): JournalCounters {
    const dropped = this.#lines.reduce((sum, line) => sum + line.dropped, 0);
    return { stored: this.#stored, failures: this.#failures, dropped };
  }

  /** For a person; null while the store takes what comes. */
  problem(): string | null {
    if (this.#failure === null) return null;
    const waiting = this.#lines.reduce((sum, line) => sum + line.size, 0);
    const { dropped } = this.counters();
    const lost = dropped === 0 ? '' : `, ${dropped} were given up`;
    return `the store takes nothing: ${this.#failure} (${waiting} rows wait${lost})`;
  }

  /** One writer at a time; a second caller waits for the first one's end. */
  #run(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  /** Each table by itself: one that is refused does not keep back the others. */
  async #writeAll(): Promise<void> {
    for (;;) {
      let failed = false;
      const waiting = this.#lines.filter(({ size }) => size > 0);
      for (const line of waiting) {
        try {
          this.#stored += await line.write();
        } catch (error) {
          failed = true;
          this.#fail(error);
        }
      }
      if (failed) return;
      // Nothing came while the rest was written.
      if (waiting.length === 0) break;
    }
    this.#failure = null;
  }

  #fail(error: unknown): void {
    this.#failures += 1;
    this.#failure = error instanceof Error ? error.message : String(error);
    if (this.#stopped || this.#cancelRetry !== null) return;
    this.#cancelRetry = this.#clock.after(RETRY_MS, () => {
      this.#cancelRetry = null;
      void this.#run();
    });
  }
}
