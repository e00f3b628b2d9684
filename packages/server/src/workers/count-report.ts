import type { Clock } from '../clock.ts';
import { COUNT_REPORT_MS } from './limits.ts';
import type { AddressCount } from './messages.ts';

export interface CountReportOptions {
  readonly clock: Clock;
  /** How many clients an address has now. */
  readonly countOf: (addressKey: string) => number;
  /** Called when there is something to take: at once, then no oftener than the interval. */
  readonly onReport: () => void;
}

/** Knows of which addresses the number of clients has changed since it was told. */
export class CountReport {
  readonly #options: CountReportOptions;
  readonly #changed: Set<string> = new Set();
  #resting = false;

  constructor(options: CountReportOptions) {
    this.#options = options;
  }

  changed(addressKey: string): void {
    this.#changed.add(addressKey);
    if (!this.#resting) this.#report();
  }

  /** The addresses whose number changed since the last call, with what it is now. */
  take(): AddressCount[] {
    const { countOf } = this.#options;
    const changed = [...this.#changed].map((key): AddressCount => [key, countOf(key)]);
    this.#changed.clear();
    return changed;
  }

  #report(): void {
    this.#resting = true;
    this.#options.onReport();
    this.#options.clock.after(COUNT_REPORT_MS, () => {
      this.#resting = false;
      if (this.#changed.size > 0) this.#report();
    });
  }
}
