import type { Publication } from './publication.ts';

/** The newest deltas of a channel, for clients that come back after a short while. */
export class DeltaLog {
  readonly #max: number;
  #deltas: Publication[] = [];

  /** @param max how many are kept */
  constructor(max: number) {
    this.#max = max;
  }

  /** @param publication the channel's newest: a whole one starts the log anew */
  add(publication: Publication): void {
    if (publication.kind === 'whole') this.#deltas = [];
    else this.#deltas.push(publication);
    if (this.#deltas.length > this.#max) this.#deltas.shift();
  }

  /** The deltas after a position, in order, up to the newest; null when some are not kept. */
  since(seq: number): readonly Publication[] | null {
    const first = this.#deltas.findIndex((delta) => delta.seq === seq + 1);
    return first < 0 ? null : this.#deltas.slice(first);
  }
}
