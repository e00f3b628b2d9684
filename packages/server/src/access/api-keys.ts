import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { NamedKey } from './key-file.ts';

interface HeldKey {
  readonly name: string;
  readonly digest: Buffer;
}

/**
 * The keys that let clients in. How long a comparison takes tells nothing about any of them: what
 * is compared are digests under a key that no client knows, always with all of them.
 */
export class ApiKeys {
  readonly #digestKey: Buffer = randomBytes(32);
  readonly #held: readonly HeldKey[];

  constructor(keys: readonly NamedKey[]) {
    this.#held = keys.map(({ name, key }) => ({ name, digest: this.#digest(key) }));
  }

  /** The name of the key, or null when it is none of them. */
  nameOf(given: string): string | null {
    const digest = this.#digest(given);
    let found: string | null = null;
    for (const each of this.#held) {
      if (timingSafeEqual(digest, each.digest)) found = each.name;
    }
    return found;
  }

  #digest(key: string): Buffer {
    return createHmac('sha256', this.#digestKey).update(key).digest();
  }
}
