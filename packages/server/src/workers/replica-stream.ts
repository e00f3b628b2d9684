import { Outbox } from '../hub/outbox.ts';
import type { PriceAudience } from '../hub/price-stream.ts';
import type { CarriedPublication } from './messages.ts';
import type { Replica } from './replica.ts';

/** Publishes here what was published in another process, as it comes. */
export class ReplicaStream {
  readonly #replica: Replica;
  readonly #audience: () => Pick<PriceAudience, 'busy' | 'publish'>;
  /** What has come while clients were still written what came before. */
  readonly #waiting: Outbox;

  /** @param audience asked each time something comes */
  constructor(replica: Replica, audience: () => Pick<PriceAudience, 'busy' | 'publish'>) {
    this.#replica = replica;
    this.#audience = audience;
    this.#waiting = new Outbox(replica);
  }

  /** Who cannot keep up publishes less often: the next time has what this one would have had. */
  take(carried: readonly CarriedPublication[]): void {
    for (const publication of this.#replica.take(carried)) this.#waiting.put(publication);
    const audience = this.#audience();
    if (!audience.busy && !this.#waiting.isEmpty) audience.publish(this.#waiting.take());
  }
}
