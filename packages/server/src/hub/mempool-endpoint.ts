import { MEMPOOL_PATH } from '@tidegauge/protocol';
import { Audiences } from './audiences.ts';
import { Bundles } from './bundle.ts';
import type { Broadcaster, Dialogue, Endpoint, Recipient } from './endpoint.ts';
import { isSameLoss, type LostSource, lostWarning } from './lost-source.ts';
import { MempoolDialogue, type MempoolDialogueOptions } from './mempool-dialogue.ts';
import type { ChannelStates, Publication } from './publication.ts';

export interface MempoolEndpointOptions {
  readonly states: ChannelStates;
  /** The hello message of this moment. */
  readonly hello: () => string;
  readonly broadcaster: Broadcaster;
}

/**
 * /ws/mempool: every client gets each publication of the channels that it subscribed to, and hears
 * of a source that is lost.
 */
export class MempoolEndpoint implements Endpoint {
  readonly path: string = MEMPOOL_PATH;
  readonly states: ChannelStates;
  readonly bundles: Bundles = new Bundles();
  readonly hello: () => string;
  readonly #broadcaster: Broadcaster;
  readonly #audiences: Audiences = new Audiences();
  readonly #shared: MempoolDialogueOptions;
  #lost: LostSource | null = null;

  constructor({ states, hello, broadcaster }: MempoolEndpointOptions) {
    this.states = states;
    this.hello = hello;
    this.#broadcaster = broadcaster;
    this.#shared = {
      states,
      bundles: this.bundles,
      audiences: this.#audiences,
      onBegin: (recipient) => {
        if (this.#lost !== null) recipient.control(lostWarning(this.#lost));
      },
    };
  }

  open(recipient: Recipient): Dialogue {
    return new MempoolDialogue(recipient, this.#shared);
  }

  /** True while clients are still to be written what was published before. */
  get busy(): boolean {
    return this.#broadcaster.busy;
  }

  subscribers(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { channels, members } of this.#audiences.all()) {
      if (members.size === 0) continue;
      for (const channel of channels) {
        counts.set(channel, (counts.get(channel) ?? 0) + members.size);
      }
    }
    return counts;
  }

  /** Hands what was published at one moment to every client that subscribed to it. */
  publish(batch: readonly Publication[]): void {
    const wanted = this.subscribers();
    const published = batch.map(({ channel }) => channel).filter((each) => wanted.has(each));
    if (published.length === 0) return;
    this.#audiences.settleAll();
    this.#broadcaster.broadcast(published, this.#audiences.mail(batch, this.bundles));
  }

  /** Warns everybody once of each loss. */
  tellLost(source: LostSource | null): void {
    if (isSameLoss(source, this.#lost)) return;
    this.#lost = source;
    if (source === null) return;
    const text = lostWarning(source);
    for (const { members } of this.#audiences.all()) {
      for (const { recipient } of members) recipient.control(text);
    }
  }
}
