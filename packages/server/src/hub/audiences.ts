import { CHANNELS } from '@tidegauge/protocol';
import { type Audience, BatchMailing, type Member } from './batch-mailing.ts';
import type { Bundles } from './bundle.ts';
import type { Publication } from './publication.ts';

/** The audiences of an endpoint: there are no more than subsets of the channels. */
export class Audiences {
  readonly #byNames: Map<string, Audience> = new Map();
  #mailing: BatchMailing | null = null;

  all(): Iterable<Audience> {
    return this.#byNames.values();
  }

  of(channels: readonly string[]): Audience {
    const names = CHANNELS.filter((channel) => channels.includes(channel));
    const key = names.join();
    const known = this.#byNames.get(key);
    if (known !== undefined) return known;
    const audience = { channels: new Set<string>(names), members: new Set<Member>() };
    this.#byNames.set(key, audience);
    return audience;
  }

  /** What was published last and may still be on its way; null before anything was. */
  get mailing(): BatchMailing | null {
    return this.#mailing;
  }

  /** Puts what was published on its way to all who are subscribed now. */
  mail(batch: readonly Publication[], bundles: Bundles): BatchMailing {
    const number = (this.#mailing?.number ?? 0) + 1;
    this.#mailing = new BatchMailing(number, batch, bundles, this.all());
    return this.#mailing;
  }

  /** Nobody is still to be sent the last one after this. */
  settleAll(): void {
    while (this.#mailing?.sendNext() === true);
  }
}
