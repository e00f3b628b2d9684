/** Joins the client to what the page knows of the price. */
import type { Tidegauge, TidegaugeError } from '@tidegauge/client';
import type { Clock } from './clock.ts';
import type { Dashboard } from './model/dashboard.ts';

export class Session {
  readonly #clock: Clock;
  readonly #state: Dashboard;
  readonly #changed: () => void;

  /** @param changed called after each change of the state */
  constructor(clock: Clock, state: Dashboard, changed: () => void) {
    this.#clock = clock;
    this.#state = state;
    this.#changed = changed;
  }

  /** Takes in what comes, from now until the client is closed. */
  join(tide: Tidegauge): void {
    const clock = this.#clock;
    const state = this.#state;
    tide.on('status', ({ feeds }) => {
      this.#tell(() => state.lineChanged(feeds.mempool, clock.nowMs()));
    });
    tide.on('warning', (warning) => {
      if (warning.feed === 'mempool') this.#tell(() => state.takeWarning(warning));
    });
    tide.on('error', (error) => this.#takeError(error));
    tide.price((update) => this.#tell(() => state.takePrice(update, clock.nowMs())));
    tide.transactions((update) => this.#tell(() => state.takePoints(update)));
    tide.confirmed((update) => this.#tell(() => state.takeConfirmed(update)));
  }

  #takeError(error: TidegaugeError): void {
    if (error.code !== 'SERVER') return;
    this.#tell(() => {
      this.#state.serverError = `${error.serverCode ?? error.code}: ${error.message}`;
    });
  }

  #tell(change: () => void): void {
    change();
    this.#changed();
  }
}
