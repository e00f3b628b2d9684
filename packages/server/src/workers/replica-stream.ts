import type { PriceAudience } from '../hub/price-stream.ts';
import type { CarriedPublication } from './messages.ts';
import type { Replica } from './replica.ts';

/** Publishes here what was published in another process, as it comes. */
export class ReplicaStream {
  readonly #replica: Replica;
  readonly #audience: () => Pick<PriceAudience, 'busy' | 'publish'>;
  /**
   * What has come last of each channel while clients were still written what came before. The
   * replica is not shown it yet: whoever joined meanwhile would be sent it twice.
   */
  readonly #waiting: Map<string, readonly CarriedPublication[]> = new Map();

  /** @param audience asked each time something comes */
  constructor(replica: Replica, audience: () => Pick<PriceAudience, 'busy' | 'publish'>) {
    this.#replica = replica;
    this.#audience = audience;
  }

  /** Who cannot keep up publishes less often: the next time has what this one would have had. */
  take(carried: readonly CarriedPublication[]): void {
    for (const channel of new Set(carried.map((each) => each.channel))) {
      const newest = carried.filter((each) => each.channel === channel);
      this.#waiting.set(channel, newest);
    }
    const audience = this.#audience();
    if (audience.busy) return;
    const due = this.#replica.take([...this.#waiting.values()].flat());
    this.#waiting.clear();
    if (due.length > 0) audience.publish(due);
  }
}
