/** Serializes blocks with the merkle root that belongs to them. */
import { merkleRoot } from '../src/merkle.ts';
import { compactSize, encodeBaseTx, encodeTx, littleEndian, type PlainTx } from './encode-tx.ts';
import { hash256 } from './shared-data.ts';

export function txidOfPlain(tx: PlainTx): Uint8Array {
  return new Uint8Array(hash256(encodeBaseTx(tx)));
}

/** The first transaction has to be a coinbase for the block to be one. */
export function encodeBlock(txs: readonly PlainTx[], timeSec: number, nonce = 0): Uint8Array {
  const txids = Uint8Array.from(txs.flatMap((tx) => [...txidOfPlain(tx)]));
  const root = merkleRoot(txids, txs.length, hash256) ?? new Uint8Array(32);
  return Uint8Array.from([
    ...littleEndian(0x20000000, 4),
    ...new Uint8Array(32),
    ...root,
    ...littleEndian(timeSec, 4),
    ...littleEndian(0, 4),
    ...littleEndian(nonce, 4),
    ...compactSize(txs.length),
    ...txs.flatMap((tx) => [...encodeTx(tx)]),
  ]);
}
