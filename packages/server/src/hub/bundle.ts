import { joined, textFrame } from './frames.ts';
import { BUNDLES_KEPT_BYTES_MAX, BUNDLES_KEPT_MAX } from './limits.ts';
import type { Publication } from './publication.ts';

/**
 * What a client is sent at one moment: publications of different channels, in order. One bundle is
 * shared by all clients that are due the same, so its bytes are made once.
 */
export class Bundle {
  readonly publications: readonly Publication[];
  #plain: Buffer | null = null;

  /** @param publications at least one */
  constructor(publications: readonly Publication[]) {
    this.publications = publications;
  }

  /** Of all messages, without frames. */
  get messageBytes(): number {
    return this.publications.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** All messages as uncompressed frames, one after another. */
  get plain(): Buffer {
    this.#plain ??= joined(this.publications.map(({ bytes }) => textFrame(bytes)));
    return this.#plain;
  }
}

/** Finds the bundle of the same publications again, however many clients are due it. */
export class Bundles {
  /** Of one publication alone: lives as long as that. */
  readonly #single: WeakMap<Publication, Bundle> = new WeakMap();
  /** Of several, by their positions; the oldest go. */
  readonly #several: Map<string, Bundle> = new Map();
  #severalBytes = 0;

  /** @param publications at least one, of one endpoint */
  of(publications: readonly Publication[]): Bundle {
    const [first] = publications;
    if (first === undefined) throw new Error('asked for a bundle of nothing');
    if (publications.length > 1) return this.#ofSeveral(publications);
    const known = this.#single.get(first);
    if (known !== undefined) return known;
    const bundle = new Bundle(publications);
    this.#single.set(first, bundle);
    return bundle;
  }

  #ofSeveral(publications: readonly Publication[]): Bundle {
    const key = publications.map(({ channel, seq, kind }) => `${channel} ${seq} ${kind}`).join();
    const known = this.#several.get(key);
    if (known !== undefined) return known;
    const bundle = new Bundle(publications);
    this.#several.set(key, bundle);
    this.#severalBytes += bundle.messageBytes;
    for (const [oldest, { messageBytes }] of this.#several) {
      const fits = this.#severalBytes <= BUNDLES_KEPT_BYTES_MAX;
      if (fits && this.#several.size <= BUNDLES_KEPT_MAX) break;
      this.#several.delete(oldest);
      this.#severalBytes -= messageBytes;
    }
    return bundle;
  }
}
