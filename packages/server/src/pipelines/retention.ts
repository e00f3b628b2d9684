import { type Clock, every } from '../clock.ts';
import { type Store, StoreError } from '../store/store.ts';

const INTERVAL_MS = 3_600_000;
const DAY_SEC = 86_400;

export interface RetentionOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** What is older goes, unless it came from a file. */
  readonly retentionDays: number;
}

/** Drops stored history that is older than it has to be kept: at the start and each hour. */
export class Retention {
  readonly #options: RetentionOptions;
  #cancel: () => void = () => {};
  #running: Promise<void> = Promise.resolve();
  #dropped = 0;
  #problem: string | null = null;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#run();
    this.#cancel = every(this.#options.clock, INTERVAL_MS, () => this.#run());
  }

  /** Resolves once nothing is under way. */
  async stop(): Promise<void> {
    this.#cancel();
    await this.#running;
  }

  /** Rows dropped since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Why the last attempt failed, for a person; else null. */
  problem(): string | null {
    return this.#problem;
  }

  #run(): void {
    this.#running = this.#running.then(() => this.#forget());
  }

  async #forget(): Promise<void> {
    const { store, clock, retentionDays } = this.#options;
    try {
      this.#dropped += await store.forgetBefore(clock.nowSec() - retentionDays * DAY_SEC);
      this.#problem = null;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#problem = `old history could not be dropped: ${error.message}`;
    }
  }
}
