import { setImmediate as immediate } from 'node:timers/promises';
import type { Clock } from '../clock.ts';

/**
 * A turn on the event loop. The price goes out each 500 ms and must not wait for history; with two
 * histories at work it waits for two such turns.
 */
const SLICE_MS = 8;

/** Long work, done in slices between which everything else has its turn. */
export class Slices {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #begunMs: number;

  /** @param signal ends the work */
  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
    this.#begunMs = clock.monotonicMs();
  }

  get signal(): AbortSignal {
    return this.#signal;
  }

  /**
   * Called between two pieces of work, each well shorter than a slice. Returns undefined while the
   * slice lasts, and after it what to await for the next one; that rejects with the signal's reason
   * once the signal is aborted.
   */
  pause(): Promise<void> | undefined {
    return this.#clock.monotonicMs() - this.#begunMs < SLICE_MS ? undefined : this.#next();
  }

  async #next(): Promise<void> {
    await immediate();
    this.#signal.throwIfAborted();
    this.#begunMs = this.#clock.monotonicMs();
  }
}
