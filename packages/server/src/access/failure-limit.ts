import type { Clock } from '../clock.ts';
import { FAILING_ADDRESSES_MAX, FAILURES_MAX, FAILURES_WINDOW_MS } from './limits.ts';

interface Window {
  readonly endMs: number;
  failures: number;
}

/**
 * Counts what each address got wrong, so that nobody finds a key by trying. A window begins with
 * the first failure; whoever fails too often within it waits for its end.
 */
export class FailureLimit {
  readonly #clock: Clock;
  /** By address, in the order in which the windows began. */
  readonly #windows: Map<string, Window> = new Map();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many addresses are held. */
  get size(): number {
    return this.#windows.size;
  }

  /** How long the address still has to wait; 0 when it may try. */
  waitMs(address: string): number {
    const window = this.#current(address);
    if (window === null || window.failures < FAILURES_MAX) return 0;
    return window.endMs - this.#clock.monotonicMs();
  }

  /** Counts one; true when from now on the address has to wait. */
  failed(address: string): boolean {
    const window = this.#current(address) ?? this.#begin(address);
    window.failures++;
    return window.failures === FAILURES_MAX;
  }

  #current(address: string): Window | null {
    const window = this.#windows.get(address);
    return window !== undefined && window.endMs > this.#clock.monotonicMs() ? window : null;
  }

  #begin(address: string): Window {
    // Set anew, it goes to the end of the order.
    this.#windows.delete(address);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size >= FAILING_ADDRESSES_MAX && oldest !== undefined) {
      this.#windows.delete(oldest);
    }
    const window = { endMs: this.#clock.monotonicMs() + FAILURES_WINDOW_MS, failures: 0 };
    this.#windows.set(address, window);
    return window;
  }
}
