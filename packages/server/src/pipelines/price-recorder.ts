import type { PriceEstimate } from '@tidegauge/onchain';
import { type Clock, every } from '../clock.ts';
import type { PriceRecord, Store } from '../store/store.ts';
import { Journal, type JournalCounters, type PendingRows } from './market-journal.ts';

/**
 * How often the price is noted. Its interval widens and narrows over minutes, so more would say
 * the same again; 90 days at this rate are 780,000 rows.
 */
const NOTE_INTERVAL_MS = 10_000;
/** Notes that are stored together: a minute of them, the most that a power cut takes away. */
const NOTES_A_PUT = 6;
/** More than a day of notes, should the store fail for so long. */
const ROWS_MAX = 10_000;

/** The newest published price, as far as it matters here. */
export interface PublishedPrice {
  readonly timeSec: number;
  readonly reading: Pick<
    PriceEstimate,
    'priceUsd' | 'lowUsd' | 'highUsd' | 'confidence' | 'status'
  >;
}

export interface PriceRecorderOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Null before anything was published. */
  readonly newest: () => PublishedPrice | null;
}

/**
 * Stores the live price as it was published, for `/api/v1/price/history`. What is stale or warming
 * up is no price and left out. A store that fails delays nothing: notes wait for it.
 */
export class PriceRecorder {
  readonly #options: PriceRecorderOptions;
  readonly #journal: Journal;
  readonly #rows: PendingRows<PriceRecord>;
  #notedSec: number = Number.NEGATIVE_INFINITY;
  #turns = 0;
  #cancel: () => void = () => {};

  constructor(options: PriceRecorderOptions) {
    const { store, clock } = options;
    this.#options = options;
    this.#journal = new Journal(clock);
    this.#rows = this.#journal.line(
      ({ timeSec }) => timeSec,
      (prices) => store.putPrices(prices),
      ROWS_MAX,
    );
  }

  start(): void {
    this.#cancel = every(this.#options.clock, NOTE_INTERVAL_MS, () => {
      this.#note();
      this.#turns += 1;
      if (this.#turns % NOTES_A_PUT === 0) void this.#journal.write();
    });
  }

  /** Stores what waits. */
  async stop(): Promise<void> {
    this.#cancel();
    await this.#journal.stop();
  }

  counters(): JournalCounters {
    return this.#journal.counters();
  }

  /** For a person; null while the store takes what comes. */
  problem(): string | null {
    return this.#journal.problem();
  }

  #note(): void {
    const newest = this.#options.newest();
    if (newest === null || newest.timeSec <= this.#notedSec) return;
    const { priceUsd, lowUsd, highUsd, confidence, status } = newest.reading;
    if (status !== 'live' || priceUsd === null || lowUsd === null || highUsd === null) return;
    this.#notedSec = newest.timeSec;
    this.#rows.add({ timeSec: newest.timeSec, priceUsd, lowUsd, highUsd, confidence });
  }
}
