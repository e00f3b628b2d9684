/** Bitcoin blocks: header, count, transactions one after another, in one walk over the bytes. */
import { coinbaseHeight } from './coinbase-height.ts';
import { compactSizeBytes, readCompactSize, readUint32 } from './compact-size.ts';
import { DECODE_OK, DecodeReason } from './decode-reason.ts';
import { decodeNextTx, WEIGHT_MAX } from './decode-tx.ts';
import type { Tx } from './tx.ts';

export const HEADER_BYTES = 80;
/** Version 4, one input 41, one output 9, two counts, locktime 4. */
const TX_BYTES_MIN = 60;

/** A block's header, as a view like `Tx`; hashes are offsets into `bytes`, 32 bytes each. */
export class Block {
  bytes: Uint8Array = new Uint8Array(0);
  /** Signed, as the rules that look at it take it. */
  version = 0;
  prevHashOffset = 0;
  merkleRootOffset = 0;
  /** The miner's clock, unix seconds. */
  timeSec = 0;
  bits = 0;
  nonce = 0;
  txCount = 0;
  /** From the coinbase (BIP34); null where it does not say. */
  height: number | null = null;
}

/**
 * Decodes the block that fills `bytes`, calling `visit` with `tx` filled anew for each transaction
 * in order. Returns `DECODE_OK`, or the `DecodeReason` for which the walk stopped: `visit` may have
 * been called for transactions before that place, so whoever must not act on part of a block walks
 * it once to check and once to act. The merkle root is not checked here (see merkle.ts).
 */
export function decodeBlock(
  bytes: Uint8Array,
  block: Block,
  tx: Tx,
  visit: (tx: Tx, index: number) => void,
): number {
  const end = bytes.length;
  if (end > WEIGHT_MAX) return DecodeReason.overweight;
  if (end < HEADER_BYTES) return DecodeReason.truncated;
  readHeader(bytes, block);
  const count = readCompactSize(bytes, HEADER_BYTES, end);
  if (count <= 0) return count === 0 ? DecodeReason.no_transactions : -count;
  let at = HEADER_BYTES + compactSizeBytes(count);
  if (count * TX_BYTES_MIN > end - at) return DecodeReason.count_too_large;
  block.txCount = count;
  let weight = at * 4;
  for (let index = 0; index < count; index += 1) {
    const reason = decodeNextTx(bytes, at, end, tx);
    if (reason !== DECODE_OK) return reason;
    if (index === 0) {
      if (!tx.coinbase) return DecodeReason.coinbase_missing;
      block.height = coinbaseHeight(tx, block.version);
    } else if (tx.coinbase) {
      return DecodeReason.coinbase_repeated;
    }
    weight += tx.weight;
    if (weight > WEIGHT_MAX) return DecodeReason.overweight;
    at = tx.end;
    visit(tx, index);
  }
  return at === end ? DECODE_OK : DecodeReason.trailing_bytes;
}

function readHeader(bytes: Uint8Array, block: Block): void {
  block.bytes = bytes;
  block.version = readUint32(bytes, 0) | 0;
  block.prevHashOffset = 4;
  block.merkleRootOffset = 36;
  block.timeSec = readUint32(bytes, 68);
  block.bits = readUint32(bytes, 72);
  block.nonce = readUint32(bytes, 76);
  block.txCount = 0;
  block.height = null;
}
