import type { MarketRows, RefusedRow } from '../sources/market-files/market-row.ts';
import type { MarketFileOptions } from '../sources/market-files/read-market-file.ts';
import { readMarketFile } from '../sources/market-files/read-market-file.ts';
import { type PutCounts, type Store, StoreError } from '../store/store.ts';
import type { FileReport, IngestSummary } from './ingest-report.ts';
import { ofOneSource } from './ingest-sources.ts';
import { IngestTally } from './ingest-tally.ts';
import type { ProblemList } from './problem-list.ts';
import type { ProgressLine } from './progress-line.ts';

export interface IngestParts {
  readonly store: Store;
  readonly options: MarketFileOptions;
  /** Whether open interest of another source than the stored is taken in its place. */
  readonly replace: boolean;
  readonly problems: ProblemList;
  readonly progress: ProgressLine;
  /** Told of each batch once it is in the store for good. */
  readonly onStored: (file: string, batch: MarketRows, counts: PutCounts) => Promise<void>;
}

/** Takes files into the store, one after another. */
export class IngestRun {
  readonly #parts: IngestParts;
  #stoppedBy: string | null = null;
  #files = 0;
  #rows = 0;
  #refused = 0;

  constructor(parts: IngestParts) {
    this.#parts = parts;
  }

  /** Ends it after the batch in hand. */
  stop(why: string): void {
    this.#stoppedBy ??= why;
  }

  /** The signal that stopped it, or null. */
  get stoppedBy(): string | null {
    return this.#stoppedBy;
  }

  summary(): IngestSummary {
    const [files, rows, refused] = [this.#files, this.#rows, this.#refused];
    return { files, rows, refused, stoppedBy: this.#stoppedBy };
  }

  /**
   * Takes one file. What is wrong in it or with it is reported, the good rows are kept.
   * @param place such as `file 2 of 3`, for the progress line
   * @returns what became of it, and the error of the store when that ended it
   */
  async file(path: string, place: string): Promise<FileReport & { storeError: StoreError | null }> {
    const { problems, progress } = this.#parts;
    const tally = new IngestTally();
    let refused = 0;
    let problem: string | null = null;
    let storeError: StoreError | null = null;
    try {
      for await (const item of this.#itemsOf(path)) {
        if (item.kind === 'refused') {
          refused += 1;
          problems.report(`${item.where}: ${item.reason}`);
        } else {
          await this.#put(path, item, tally);
          progress.draw(`ingest: ${this.#rows + tally.rows} rows, ${place}: ${path}`);
        }
        if (this.#stoppedBy !== null) break;
      }
    } catch (error) {
      if (error instanceof StoreError) storeError = error;
      problem = error instanceof Error ? error.message : String(error);
      problems.report(`${path}: ${problem}`);
    }
    problems.end();
    if (this.#stoppedBy !== null) problem ??= `stopped by ${this.#stoppedBy}`;
    this.#files += 1;
    this.#rows += tally.rows;
    this.#refused += refused;
    return { file: path, series: tally.reports(), refused, problem, storeError };
  }

  #itemsOf(path: string): AsyncIterable<MarketRows | RefusedRow> {
    const { options, store, replace } = this.#parts;
    const items = readMarketFile(path, options);
    return replace ? items : ofOneSource(items, store);
  }

  async #put(path: string, batch: MarketRows, tally: IngestTally): Promise<void> {
    const counts = await putBatch(this.#parts.store, batch);
    tally.add(batch, counts);
    await this.#parts.onStored(path, batch, counts);
  }
}

function putBatch(store: Store, batch: MarketRows): Promise<PutCounts> {
  const options = { keep: true };
  switch (batch.kind) {
    case 'candles': {
      const { symbol, intervalSec, rows } = batch;
      return store.putCandles({ symbol, intervalSec }, rows, options);
    }
    case 'open_interest':
      return store.putOpenInterest(batch.symbol, batch.rows, options);
    case 'liquidations':
      return store.putLiquidations(batch.symbol, batch.rows, options);
  }
}
