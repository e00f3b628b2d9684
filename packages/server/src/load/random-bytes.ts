import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 8_192;

/** Random bytes in small pieces: to ask the system for each would cost more than their use. */
export class RandomBytes {
  readonly #pool: Buffer = Buffer.allocUnsafeSlow(POOL_BYTES);
  #used = POOL_BYTES;

  /** @returns that many bytes, good until the next call @param count at most a few dozen */
  take(count: number): Buffer {
    if (this.#used + count > POOL_BYTES) {
      randomFillSync(this.#pool);
      this.#used = 0;
    }
    const bytes = this.#pool.subarray(this.#used, this.#used + count);
    this.#used += count;
    return bytes;
  }
}
