import type { Clock } from '../clock.ts';
import type { Broadcaster, Mailing } from './endpoint.ts';
import { SENDS_PER_LOOK, SLICE_MS } from './limits.ts';

export interface SendQueueOptions {
  readonly clock: Clock;
  /** Calls back once, after I/O that is ready has had its turn. */
  readonly soon: (callback: () => void) => void;
  /** Publications of these channels are all written, so long after they began to be. */
  readonly onBroadcast: (channels: readonly string[], durationMs: number) => void;
}

interface Job {
  readonly channels: readonly string[];
  readonly mailing: Mailing;
  readonly startedMs: number;
}

/**
 * Writes to many clients in slices: for SLICE_MS at once, then what is left waits for the next
 * turns of the event loop, so that accepting, pings and stats go on beside a broadcast to many
 * thousands. One broadcast after another, in the order in which they came.
 */
export class SendQueue implements Broadcaster {
  readonly #options: SendQueueOptions;
  readonly #jobs: Job[] = [];
  /** Whether the next slice is on its way. */
  #scheduled = false;

  constructor(options: SendQueueOptions) {
    this.#options = options;
  }

  get busy(): boolean {
    return this.#jobs.length > 0;
  }

  broadcast(channels: readonly string[], mailing: Mailing): void {
    this.#jobs.push({ channels, mailing, startedMs: this.#options.clock.monotonicMs() });
    if (!this.#scheduled && this.#jobs.length === 1) this.#work();
  }

  /** Writes all that is left, without a pause: for the end of the process. */
  flush(): void {
    for (const { mailing } of this.#jobs) while (mailing.sendNext());
    while (this.busy) this.#finishFirst();
  }

  #work(): void {
    const { clock, soon } = this.#options;
    const overMs = clock.monotonicMs() + SLICE_MS;
    while (this.busy) {
      if (!this.#sendSome()) this.#finishFirst();
      else if (clock.monotonicMs() >= overMs) {
        this.#scheduled = true;
        soon(() => {
          this.#scheduled = false;
          this.#work();
        });
        return;
      }
    }
  }

  /**
   * Asking for the time costs: only now and then.
   * @returns false when the first broadcast is all written
   */
  #sendSome(): boolean {
    const { mailing } = this.#jobs[0]!;
    for (let sends = 0; sends < SENDS_PER_LOOK; sends++) if (!mailing.sendNext()) return false;
    return true;
  }

  #finishFirst(): void {
    const job = this.#jobs.shift();
    if (job === undefined) return;
    const { clock, onBroadcast } = this.#options;
    onBroadcast(job.channels, clock.monotonicMs() - job.startedMs);
  }
}
