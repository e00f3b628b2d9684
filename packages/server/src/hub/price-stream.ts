import { type Clock, every } from '../clock.ts';
import type { SourceStatus } from '../sources/source.ts';
import type { LostSource } from './lost-source.ts';
import type { MempoolChannels } from './mempool-channels.ts';
import type { Publication } from './publication.ts';
import { isStale } from './stale-reading.ts';

/** Between two looks at whether the source is back. */
const SOURCE_TURN_MS = 100;

/** Those whom the price is published to: clients, or processes that have some. */
export interface PriceAudience {
  /** True while somebody is still to be written what was published before. */
  readonly busy: boolean;
  /** Takes what was published at one moment. */
  publish(batch: readonly Publication[]): void;
  /**
   * Takes the source that is lost now, after what was published, or null. Every client is to be
   * told of a loss once: those who are connected, and whoever connects while it lasts.
   */
  tellLost(source: LostSource | null): void;
}

export interface PriceStreamOptions {
  readonly clock: Clock;
  readonly channels: MempoolChannels;
  /** Asked at each publication. */
  readonly audience: () => PriceAudience;
  readonly sourceStatus: () => SourceStatus;
  readonly intervalMs: number;
}

/** Publishes the price channels each interval, and says when their source is lost. */
export class PriceStream {
  readonly #options: PriceStreamOptions;
  readonly #startedMs: number;
  #lost: LostSource | null = null;
  #cancel: () => void = () => {};

  constructor(options: PriceStreamOptions) {
    this.#options = options;
    this.#startedMs = options.clock.monotonicMs();
  }

  /** Publishes for the first time at once, so that whoever connects finds a state. */
  start(): void {
    this.#publish();
    const { clock, intervalMs } = this.#options;
    const cancels = [
      every(clock, intervalMs, () => this.#publish()),
      every(clock, SOURCE_TURN_MS, () => this.#noticeBack()),
    ];
    this.#cancel = () => {
      for (const cancel of cancels) cancel();
    };
  }

  stop(): void {
    this.#cancel();
  }

  /** The source of which clients were told that it is lost; null while none is. */
  get lost(): LostSource | null {
    return this.#lost;
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
    this.#lost = stale ? { name: source.name, sinceSec: source.sinceSec } : null;
    audience.tellLost(this.#lost);
  }

  /** Whoever connects is not to be warned of what is over, however far apart publications are. */
  #noticeBack(): void {
    const { clock, audience, sourceStatus } = this.#options;
    if (isStale(sourceStatus(), clock.nowSec())) return;
    this.#lost = null;
    audience().tellLost(null);
  }
}
