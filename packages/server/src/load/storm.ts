import type { Clock } from '../clock.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import type { LoadClient } from './load-client.ts';

/** Before a client that was refused or not answered tries again. */
const RETRY_MS = 250;

/** How a mass reconnect went. */
export interface Reconnect {
  /** How many were cut, and how many of them are back. */
  readonly clients: number;
  readonly back: number;
  /** From the cut until the last one was back; null: not all were. */
  readonly allBackMs: number | null;
  /** From the cut until each was back. */
  readonly times: LatencyHistogram;
}

/** One mass reconnect: whoever was cut comes back at once, and goes on trying. */
export class Storm {
  readonly #clock: Clock;
  readonly #connect: (client: LoadClient) => void;
  readonly #startedMs: number;
  readonly #cut: Set<LoadClient>;
  readonly #result: Reconnect & { back: number; allBackMs: number | null };
  #stopped = false;

  constructor(cut: readonly LoadClient[], clock: Clock, connect: (client: LoadClient) => void) {
    this.#clock = clock;
    this.#connect = connect;
    this.#startedMs = clock.monotonicMs();
    this.#cut = new Set(cut);
    const times = new LatencyHistogram();
    this.#result = { clients: cut.length, back: 0, allBackMs: null, times };
  }

  get result(): Reconnect {
    return this.#result;
  }

  get isOver(): boolean {
    return this.#cut.size === 0;
  }

  /** Nobody tries again. */
  stop(): void {
    this.#stopped = true;
  }

  /** To be called when a client's connection is gone: it connects again. */
  gone(client: LoadClient, wasOpen: boolean): void {
    if (!this.#cut.has(client) || this.#stopped) return;
    if (wasOpen) this.#connect(client);
    else {
      this.#clock.after(RETRY_MS, () => {
        if (!this.#stopped) this.#connect(client);
      });
    }
  }

  /** To be called when a client is connected. */
  opened(client: LoadClient): void {
    if (!this.#cut.delete(client)) return;
    const passedMs = this.#clock.monotonicMs() - this.#startedMs;
    this.#result.back += 1;
    this.#result.times.record(passedMs);
    if (this.isOver) this.#result.allBackMs = passedMs;
  }
}
