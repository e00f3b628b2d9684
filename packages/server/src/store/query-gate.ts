import type { Clock } from '../clock.ts';
import type { ReadingTerms } from './reading-terms.ts';
import { StoreError } from './store.ts';
import { closedError } from './store-errors.ts';

export interface QueryGateOptions {
  /** How many queries run at once; they are told apart by their lane: 0, 1, ... */
  readonly lanes: number;
  /** How many may wait for one of them. */
  readonly waitingMax: number;
  readonly clock: Clock;
  /** Makes the query of the lane fail soon; may be called again, and when there is none. */
  readonly interrupt: (lane: number) => void;
}

export interface QueryOptions {
  readonly terms: ReadingTerms;
  /** True for a reading that goes on: it is not turned away for the number of those waiting. */
  readonly goesOn: boolean;
}

interface Waiting {
  readonly enter: (lane: number) => void;
  readonly refuse: (why: StoreError) => void;
}

/**
 * An interruption that comes before the query has really begun is forgotten by DuckDB (seen with
 * prepared statements), so it is repeated until the query has ended.
 */
const INTERRUPT_AGAIN_MS = 10;

/**
 * Lets few queries run at once, the others wait in the order of their coming. DuckDB runs on
 * libuv's threads: without a bound, queries would keep everybody else from them.
 */
export class QueryGate {
  readonly #options: QueryGateOptions;
  readonly #freeLanes: number[];
  readonly #waiting: Set<Waiting> = new Set();
  readonly #running: Map<Promise<void>, (why: StoreError) => void> = new Map();
  #closed = false;

  constructor(options: QueryGateOptions) {
    this.#options = options;
    this.#freeLanes = Array.from({ length: options.lanes }, (_, lane) => lane);
  }

  /** Queries that run and that wait. */
  get load(): { readonly running: number; readonly waiting: number } {
    return { running: this.#running.size, waiting: this.#waiting.size };
  }

  /**
   * Runs a query when there is a lane for it.
   * @throws StoreError `busy` when too many wait, `deadline` or `stopped` by the terms, at once,
   * also while the query is still being interrupted; `closed`; or what the query throws
   */
  async run<T>({ terms, goesOn }: QueryOptions, query: (lane: number) => Promise<T>): Promise<T> {
    if (this.#closed) throw closedError();
    terms.check();
    const lane = this.#freeLanes.pop();
    if (lane !== undefined) return await this.#runIn(lane, terms, query);
    return await this.#wait(terms, goesOn, query);
  }

  /** Turns away who waits, interrupts what runs, and resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { refuse } of this.#waiting) refuse(closedError());
    for (const end of this.#running.values()) end(closedError());
    await Promise.all(this.#running.keys());
  }

  #wait<T>(terms: ReadingTerms, goesOn: boolean, query: (lane: number) => Promise<T>): Promise<T> {
    const { waitingMax } = this.#options;
    if (!goesOn && this.#waiting.size >= waitingMax) {
      throw new StoreError(
        'busy',
        `${waitingMax} queries wait for the database already: try again in a moment`,
      );
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        unwatch();
        this.#waiting.delete(waiting);
      };
      const waiting: Waiting = {
        // Without a pause in between, in which the terms or the gate could end unseen.
        enter: (lane) => {
          leave();
          resolve(this.#runIn(lane, terms, query));
        },
        refuse: (why) => {
          leave();
          reject(why);
        },
      };
      const unwatch = terms.watch(waiting.refuse);
      this.#waiting.add(waiting);
    });
  }

  /** The lane is free again when the query has really ended, which may be after the rejection. */
  #runIn<T>(lane: number, terms: ReadingTerms, query: (lane: number) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let stopInterrupting = (): void => {};
      const interrupt = (): void => {
        this.#options.interrupt(lane);
        stopInterrupting = this.#options.clock.after(INTERRUPT_AGAIN_MS, interrupt);
      };
      const end = (why: StoreError): void => {
        unwatch();
        reject(why);
        stopInterrupting();
        interrupt();
      };
      const unwatch = terms.watch(end);
      const ended = query(lane)
        .then(resolve, reject)
        .then(() => {
          unwatch();
          stopInterrupting();
          this.#running.delete(ended);
          this.#leave(lane);
        });
      this.#running.set(ended, end);
    });
  }

  #leave(lane: number): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#freeLanes.push(lane);
    else next.enter(lane);
  }
}
