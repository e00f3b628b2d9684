import {
  Block,
  DECODE_OK,
  DecodeReason,
  decodeBlock,
  type Hash256,
  merkleRoot,
  type Tx,
  TxidHasher,
} from '@tidegauge/onchain';

const TXID_BYTES = 32;

/**
 * A block that is known to be whole before anything acts on it: one walk decodes it and hashes
 * its transactions, the merkle root has to be the header's, and only then a second walk visits.
 */
export class CheckedBlock {
  readonly header: Block = new Block();
  /** The txids one after another, `header.txCount` of them. */
  txids: Uint8Array = new Uint8Array(TXID_BYTES * 4096);
  readonly #hash256: Hash256;
  readonly #hasher: TxidHasher;
  readonly #tx: Tx;

  /** `tx` is used for both walks and shows the transaction that is visited. */
  constructor(hash256: Hash256, tx: Tx) {
    this.#hash256 = hash256;
    this.#hasher = new TxidHasher(hash256);
    this.#tx = tx;
  }

  /** Returns `DECODE_OK` or the reason why the bytes are no block. */
  check(bytes: Uint8Array): number {
    const { header } = this;
    const reason = decodeBlock(bytes, header, this.#tx, (tx, index) => {
      this.#reserve(index + 1);
      this.txids.set(this.#hasher.txidOf(tx), index * TXID_BYTES);
    });
    if (reason !== DECODE_OK) return reason;
    const root = merkleRoot(this.txids, header.txCount, this.#hash256);
    const at = header.merkleRootOffset;
    const matches = root?.every((byte, i) => byte === bytes[at + i]) ?? false;
    return matches ? DECODE_OK : DecodeReason.merkle_mismatch;
  }

  /** Visits each transaction of the block that was checked last, with where its txid stands. */
  visit(visitTx: (tx: Tx, txids: Uint8Array, txidAt: number) => void): void {
    decodeBlock(this.header.bytes, this.header, this.#tx, (tx, index) => {
      visitTx(tx, this.txids, index * TXID_BYTES);
    });
  }

  #reserve(count: number): void {
    if (count * TXID_BYTES <= this.txids.length) return;
    const larger = new Uint8Array(this.txids.length * 2);
    larger.set(this.txids);
    this.txids = larger;
  }
}
