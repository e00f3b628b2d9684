import { Outbox } from '../hub/outbox.ts';
import type { ChannelStates, Publication } from '../hub/publication.ts';
import type { CarriedPublication, WantedChannel } from './messages.ts';

/**
 * What one replica of some channels is sent: the publications of those that it follows. While it
 * takes nothing, one waits for each channel, as for a client; a delta that was dropped makes the
 * next one the whole state.
 */
export class FollowedChannels {
  readonly #states: ChannelStates;
  readonly #outbox: Outbox;
  readonly #always: readonly string[];
  #followed: ReadonlySet<string>;
  /** The newest of each channel that was put into the outbox. */
  readonly #putSeqs: Map<string, number> = new Map();

  /** @param always channels that it follows from the start, asked for or not */
  constructor(states: ChannelStates, always: readonly string[]) {
    this.#states = states;
    this.#outbox = new Outbox(states);
    this.#always = always;
    this.#followed = new Set(always);
    this.#begin(always);
  }

  /** Follows what is wanted and what it always does, and nothing else. */
  follow(wants: readonly WantedChannel[]): void {
    const before = this.#followed;
    this.#followed = new Set([...this.#always, ...wants.map(({ channel }) => channel)]);
    for (const channel of before) if (!this.#followed.has(channel)) this.#outbox.discard(channel);
    // Of one that was followed all along the replica may have less than is on the way to it.
    const anew = wants.filter(({ channel, seq }) => seq === 0 || !before.has(channel));
    for (const { channel, seq } of anew) this.#putSeqs.set(channel, seq);
    this.#begin(anew.map(({ channel }) => channel));
  }

  put(publications: readonly Publication[]): void {
    for (const publication of publications) {
      if (!this.#followed.has(publication.channel)) continue;
      this.#outbox.put(publication);
      this.#putSeqs.set(publication.channel, publication.seq);
    }
  }

  /** Puts the state of each channel that is another one than was put last. */
  look(): void {
    this.#begin([...this.#followed]);
  }

  get isEmpty(): boolean {
    return this.#outbox.isEmpty;
  }

  /** Everything that waits, as it is now; afterwards nothing does. */
  take(): CarriedPublication[] {
    return this.#outbox.take().flatMap((publication) => {
      this.#putSeqs.set(publication.channel, publication.seq);
      const whole = publication.kind === 'delta' ? this.#states.current(publication.channel) : null;
      return whole === null ? [carried(publication)] : [carried(publication), carried(whole)];
    });
  }

  #begin(channels: readonly string[]): void {
    const states = channels.map((channel) => this.#states.current(channel));
    const known = states.filter((state) => state !== null);
    this.put(known.filter(({ channel, seq }) => seq !== this.#putSeqs.get(channel)));
  }
}

function carried({ channel, seq, kind, bytes }: Publication): CarriedPublication {
  return { channel, seq, kind, bytes };
}
