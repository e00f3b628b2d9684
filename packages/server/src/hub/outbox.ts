import type { ChannelStates, Publication } from './publication.ts';

/**
 * What waits for a client that cannot take a message now: at most one publication a channel, the
 * newest (conflation). A delta that was dropped makes the next one sent the whole state.
 */
export class Outbox {
  readonly #states: ChannelStates;
  readonly #pending: Map<string, { publication: Publication; skipped: boolean }> = new Map();

  constructor(states: ChannelStates) {
    this.#states = states;
  }

  /** @returns how many publications were dropped for this one: 0 or 1 */
  put(publication: Publication): number {
    const skipped = this.#pending.has(publication.channel);
    this.#pending.set(publication.channel, { publication, skipped });
    return skipped ? 1 : 0;
  }

  discard(channel: string): void {
    this.#pending.delete(channel);
  }

  /**
   * Everything that waits, in the order in which the channels began to; afterwards nothing does.
   * Whatever is whole is the state of this moment, which may be newer than what was put.
   */
  take(): Publication[] {
    const due: Publication[] = [];
    for (const { publication, skipped } of this.#pending.values()) {
      const asPut = publication.kind === 'delta' && !skipped;
      due.push(asPut ? publication : (this.#states.current(publication.channel) ?? publication));
    }
    this.#pending.clear();
    return due;
  }

  get isEmpty(): boolean {
    return this.#pending.size === 0;
  }
}
