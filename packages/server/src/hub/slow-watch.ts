import { SLOW_WARNINGS_MAX } from '@tidegauge/protocol';
import { SLOW_FORGIVEN_MS, STUCK_TIMEOUTS } from './limits.ts';

/**
 * Judges how well a client takes what it is sent, from the moments at which its socket fell
 * behind (unsent bytes) and had drained again. Times are monotonic ms.
 */
export class SlowWatch {
  readonly #timeoutMs: number;
  #behindSinceMs: number | null = null;
  #warnings = 0;
  #warnedAtMs = 0;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  get isBehind(): boolean {
    return this.#behindSinceMs !== null;
  }

  /** Bytes stayed unsent. Only the first call of an episode counts. */
  fellBehind(nowMs: number): void {
    this.#behindSinceMs ??= nowMs;
  }

  /**
   * All bytes have left. `warn`: it took over the timeout; `close`: and that for the third time
   * without having kept up in between.
   */
  drained(nowMs: number): 'fine' | 'warn' | 'close' {
    const sinceMs = this.#behindSinceMs;
    this.#behindSinceMs = null;
    if (sinceMs === null || nowMs - sinceMs < this.#timeoutMs) return 'fine';
    // One episode may begin right when the last one ended: what counts is the time it kept up.
    if (sinceMs - this.#warnedAtMs >= SLOW_FORGIVEN_MS) this.#warnings = 0;
    this.#warnings++;
    this.#warnedAtMs = nowMs;
    return this.#warnings >= SLOW_WARNINGS_MAX ? 'close' : 'warn';
  }

  /** True for a client that has taken nothing for so long that it never will. */
  isStuck(nowMs: number): boolean {
    const sinceMs = this.#behindSinceMs;
    return sinceMs !== null && nowMs - sinceMs >= STUCK_TIMEOUTS * this.#timeoutMs;
  }
}
