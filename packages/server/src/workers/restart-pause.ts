import { RESTART_FORGIVEN_MS, RESTART_MAX_MS, RESTART_MIN_MS } from './limits.ts';

/** How long to wait before something that ended is started again. Times are monotonic ms. */
export class RestartPause {
  #nextMs = RESTART_MIN_MS;

  /** @param ranMs how long it ran before it ended */
  after(ranMs: number): number {
    if (ranMs >= RESTART_FORGIVEN_MS) this.#nextMs = RESTART_MIN_MS;
    const pauseMs = this.#nextMs;
    this.#nextMs = Math.min(2 * pauseMs, RESTART_MAX_MS);
    return pauseMs;
  }
}
