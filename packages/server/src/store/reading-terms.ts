import type { Clock } from '../clock.ts';
import type { ReadOptions, StoreError } from './store.ts';
import { deadlineError, stoppedError } from './store-errors.ts';

/** The longest that timers take; a deadline beyond it never comes. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** When one reading has to end, counted from the making of this. */
export class ReadingTerms {
  readonly #clock: Clock;
  readonly #signal: AbortSignal | undefined;
  readonly #deadlineMs: number;
  readonly #startMs: number;

  constructor(clock: Clock, { signal, deadlineMs = Infinity }: ReadOptions = {}) {
    this.#clock = clock;
    this.#signal = signal;
    this.#deadlineMs = deadlineMs;
    this.#startMs = clock.monotonicMs();
  }

  /** @throws StoreError `stopped` or `deadline` once it has come to that */
  check(): void {
    if (this.#signal?.aborted === true) throw stoppedError();
    if (this.#leftMs() <= 0) throw deadlineError(this.#deadlineMs);
  }

  /** Calls back once when the reading has to end, and never after the returned function. */
  watch(onEnd: (why: StoreError) => void): () => void {
    const onAbort = (): void => end(stoppedError());
    const leftMs = this.#leftMs();
    const cancelTimer =
      leftMs <= TIMER_MS_MAX
        ? this.#clock.after(Math.max(0, leftMs), () => end(deadlineError(this.#deadlineMs)))
        : () => {};
    this.#signal?.addEventListener('abort', onAbort, { once: true });
    const stop = (): void => {
      cancelTimer();
      this.#signal?.removeEventListener('abort', onAbort);
    };
    const end = (why: StoreError): void => {
      stop();
      onEnd(why);
    };
    return stop;
  }

  #leftMs(): number {
    return this.#startMs + this.#deadlineMs - this.#clock.monotonicMs();
  }
}
