import type { Bundle, Bundles } from './bundle.ts';
import type { Mailing, Recipient } from './endpoint.ts';
import type { Publication } from './publication.ts';

/** One client of /ws/mempool, as those see it that send to many. */
export interface Member {
  readonly recipient: Recipient;
  /** Takes its part of a mailing, unless it has it already. */
  receive(number: number, bundle: Bundle): void;
}

/** The clients that are subscribed to the same channels: they are always due the same. */
export interface Audience {
  readonly channels: ReadonlySet<string>;
  readonly members: Set<Member>;
}

interface Round {
  readonly bundle: Bundle;
  readonly members: readonly Member[];
}

/**
 * What was published at one moment, on its way to all who were subscribed then. Whoever is about
 * to change its mind, or to be sent what is newer, is handed its part before (`bundleFor`).
 */
export class BatchMailing implements Mailing {
  /** +1 with each of an endpoint. */
  readonly number: number;
  readonly #bundles: Map<Audience, Bundle> = new Map();
  #rounds: readonly Round[];
  #round = 0;
  #next = 0;

  constructor(
    number: number,
    batch: readonly Publication[],
    bundles: Bundles,
    audiences: Iterable<Audience>,
  ) {
    this.number = number;
    this.#rounds = Array.from(audiences).flatMap((audience) => {
      const due = batch.filter(({ channel }) => audience.channels.has(channel));
      if (due.length === 0 || audience.members.size === 0) return [];
      const bundle = bundles.of(due);
      this.#bundles.set(audience, bundle);
      return [{ bundle, members: [...audience.members] }];
    });
  }

  /** What the members of an audience are due; null: nothing. */
  bundleFor(audience: Audience): Bundle | null {
    return this.#bundles.get(audience) ?? null;
  }

  sendNext(): boolean {
    const round = this.#rounds[this.#round];
    if (round === undefined) {
      this.#forget();
      return false;
    }
    const member = round.members[this.#next];
    if (member === undefined) {
      this.#round++;
      this.#next = 0;
      return this.sendNext();
    }
    this.#next++;
    member.receive(this.number, round.bundle);
    return true;
  }

  /** It is kept until the next one, and with it nobody who has gone by then. */
  #forget(): void {
    this.#rounds = [];
    this.#bundles.clear();
  }
}
