import { type Clock, every } from '../clock.ts';
import type { SourceStatus } from '../sources/source.ts';
import type { MempoolChannels } from './mempool-channels.ts';
import type { MempoolEndpoint } from './mempool-endpoint.ts';
import { isStale } from './stale-reading.ts';

export interface PriceStreamOptions {
  readonly clock: Clock;
  readonly channels: MempoolChannels;
  readonly endpoint: MempoolEndpoint;
  readonly sourceStatus: () => SourceStatus;
  readonly intervalMs: number;
}

/** Publishes the price channels each interval, and warns once when their source goes stale. */
export class PriceStream {
  readonly #options: PriceStreamOptions;
  readonly #startedMs: number;
  #stale = false;
  #cancel: () => void = () => {};

  constructor(options: PriceStreamOptions) {
    this.#options = options;
    this.#startedMs = options.clock.monotonicMs();
  }

  /** Publishes for the first time at once, so that whoever connects finds a state. */
  start(): void {
    this.#publish();
    this.#cancel = every(this.#options.clock, this.#options.intervalMs, () => this.#publish());
  }

  stop(): void {
    this.#cancel();
  }

  get uptimeSec(): number {
    return (this.#options.clock.monotonicMs() - this.#startedMs) / 1000;
  }

  #publish(): void {
    const { clock, channels, endpoint, sourceStatus } = this.#options;
    // Who cannot keep up publishes less often: the next one has what this one would have had.
    if (endpoint.busy) return;
    const nowSec = clock.nowSec();
    const source = sourceStatus();
    const stale = isStale(source, nowSec);
    endpoint.publish(channels.tick(nowSec, this.uptimeSec, stale));
    if (stale && !this.#stale) {
      endpoint.warn({
        code: 'SOURCE_STALE',
        message: `the source ${source.name} is lost; the price shown is the last one`,
        source: source.name,
        since: Math.round(source.sinceSec * 1000) / 1000,
      });
    }
    this.#stale = stale;
  }
}
