import type { WarningMessage } from '@tidegauge/protocol';
import { type Clock, every } from '../clock.ts';
import type { SourceStatus } from '../sources/source.ts';
import type { MempoolChannels } from './mempool-channels.ts';
import type { Publication } from './publication.ts';
import { isStale } from './stale-reading.ts';

/** Those whom the price is published to: clients, or processes that have some. */
export interface PriceAudience {
  /** True while somebody is still to be written what was published before. */
  readonly busy: boolean;
  /** Takes what was published at one moment. */
  publish(batch: readonly Publication[]): void;
  /** Warns every client. */
  warn(warning: Omit<WarningMessage, 'type'>): void;
}

export interface PriceStreamOptions {
  readonly clock: Clock;
  readonly channels: MempoolChannels;
  /** Asked at each publication. */
  readonly audience: () => PriceAudience;
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
    const { clock, channels, sourceStatus } = this.#options;
    const audience = this.#options.audience();
    // Who cannot keep up publishes less often: the next one has what this one would have had.
    if (audience.busy) return;
    const nowSec = clock.nowSec();
    const source = sourceStatus();
    const stale = isStale(source, nowSec);
    audience.publish(channels.tick(nowSec, this.uptimeSec, stale));
    if (stale && !this.#stale) {
      audience.warn({
        code: 'SOURCE_STALE',
        message: `the source ${source.name} is lost; the price shown is the last one`,
        source: source.name,
        since: Math.round(source.sinceSec * 1000) / 1000,
      });
    }
    this.#stale = stale;
  }
}
