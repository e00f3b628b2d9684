import type { Tx } from './tx.ts';

/** SHA-256 of SHA-256, 32 bytes. An argument everywhere: the platform has a faster one than we. */
export type Hash256 = (data: Uint8Array) => Uint8Array;

/**
 * Transaction ids: the hash256 of a transaction serialized without its witness, in the byte order
 * in which inputs refer to it (people read it reversed). Without a witness the bytes are hashed
 * where they lie; with one, the parts around it are joined in a buffer that is kept.
 */
export class TxidHasher {
  readonly #hash256: Hash256;
  #joined = new Uint8Array(4096);

  constructor(hash256: Hash256) {
    this.#hash256 = hash256;
  }

  txidOf(tx: Tx): Uint8Array {
    if (!tx.segwit) return this.#hash256(tx.bytes.subarray(tx.start, tx.end));
    const { bytes, bodyStart, witnessStart, witnessEnd } = tx;
    const bodyBytes = witnessStart - bodyStart;
    if (bodyBytes + 8 > this.#joined.length) this.#joined = new Uint8Array((bodyBytes + 8) * 2);
    const joined = this.#joined;
    for (let i = 0; i < 4; i += 1) {
      joined[i] = bytes[tx.start + i]!;
      joined[4 + bodyBytes + i] = bytes[witnessEnd + i]!;
    }
    joined.set(bytes.subarray(bodyStart, witnessStart), 4);
    return this.#hash256(joined.subarray(0, bodyBytes + 8));
  }
}
