import { CHANNELS, type Channel } from '@tidegauge/protocol';
import type { ChannelStates, Publication } from './publication.ts';

/**
 * What waits for a client that cannot take a message now: at most one publication a channel, the
 * newest (conflation). A delta that was dropped makes the next one sent the whole state.
 */
export class Outbox {
  readonly #states: ChannelStates;
  readonly #pending: Map<Channel, { publication: Publication; skipped: boolean }> = new Map();

  constructor(states: ChannelStates) {
    this.#states = states;
  }

  /** @returns how many publications were dropped for this one: 0 or 1 */
  put(publication: Publication): number {
    const skipped = this.#pending.has(publication.channel);
    this.#pending.set(publication.channel, { publication, skipped });
    return skipped ? 1 : 0;
  }

  discard(channel: Channel): void {
    this.#pending.delete(channel);
  }

  /** Everything that waits, in the order of the channels. Afterwards nothing does. */
  take(): Publication[] {
    const due: Publication[] = [];
    for (const channel of CHANNELS) {
      const entry = this.#pending.get(channel);
      if (entry === undefined) continue;
      const { publication, skipped } = entry;
      const lost = skipped && publication.kind === 'delta';
      due.push(lost ? (this.#states.current(channel) ?? publication) : publication);
    }
    this.#pending.clear();
    return due;
  }

  get isEmpty(): boolean {
    return this.#pending.size === 0;
  }
}
