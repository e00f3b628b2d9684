import type { MempoolEntry } from './mempool.ts';
import type { Random } from './random.ts';
import { concat, opReturnScript, payingScript } from './scripts.ts';
import {
  ByteWriter,
  compactSizeLength,
  hash256,
  type SerializedTx,
  serializeTx,
} from './tx-bytes.ts';

export interface DemoBlock {
  readonly height: number;
  /** The coinbase first. */
  readonly txs: readonly SerializedTx[];
  readonly bytes: Uint8Array;
  /** In the order of the bytes on the wire. */
  readonly hash: Uint8Array;
}

/** What is left of 4,000,000 weight units beside header and coinbase, with some to spare. */
export const BLOCK_TXS_WEIGHT_MAX = 3_990_000;

const HEADER_BYTES = 80;
const VERSION = 0x20000000;
/** Work is not checked here and not done. */
const BITS = 0x17034219;
const HALVING_BLOCKS = 210_000;
const SUBSIDY_SATS = 50 * 1e8;

/** Mainnet's block 840,000 (2024-04-20) and the 10 minutes a block: the demo's heights look right. */
export function plausibleHeight(timeSec: number): number {
  return Math.max(1, 840_000 + Math.floor((timeSec - 1_713_571_767) / 600));
}

/** A block over the mined transactions, right in everything but its work. */
export function buildBlock(
  random: Random,
  previousHash: Uint8Array,
  height: number,
  timeSec: number,
  mined: readonly MempoolEntry[],
): DemoBlock {
  const feesSats = mined.reduce((sum, entry) => sum + entry.feeSats, 0);
  const wtxids = [new Uint8Array(32), ...mined.map((entry) => entry.tx.wtxid)];
  const coinbase = buildCoinbase(random, height, feesSats, merkleRoot(wtxids));
  const txs = [coinbase, ...mined.map((entry) => entry.tx)];
  const header = new ByteWriter(HEADER_BYTES);
  header.uint32(VERSION);
  header.raw(previousHash);
  header.raw(merkleRoot(txs.map((tx) => tx.txid)));
  header.uint32(Math.floor(timeSec));
  header.uint32(BITS);
  header.uint32(random.uint32());
  const size = txs.reduce((sum, tx) => sum + tx.bytes.length, 0);
  const block = new ByteWriter(HEADER_BYTES + compactSizeLength(txs.length) + size);
  block.raw(header.bytes);
  block.compactSize(txs.length);
  for (const tx of txs) block.raw(tx.bytes);
  return { height, txs, bytes: block.bytes, hash: hash256(header.bytes) };
}

/** Bitcoin's Merkle tree: pairs hashed level by level, a last odd one paired with itself. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  let level = leaves;
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      above.push(hash256(concat(level[i]!, level[i + 1] ?? level[i]!)));
    }
    level = above;
  }
  return level[0]!;
}

function buildCoinbase(
  random: Random,
  height: number,
  feesSats: number,
  witnessRoot: Uint8Array,
): SerializedTx {
  const reserved = new Uint8Array(32);
  const commitment = hash256(concat(witnessRoot, reserved));
  const subsidySats = Math.floor(SUBSIDY_SATS / 2 ** Math.floor(height / HALVING_BLOCKS));
  return serializeTx({
    version: 2,
    inputs: [
      {
        outPoint: { txid: new Uint8Array(32), vout: 0xffffffff },
        scriptSig: concat(heightPush(height), [8], random.bytes(8)),
        witness: [reserved],
        sequence: 0xffffffff,
      },
    ],
    outputs: [
      { amountSats: subsidySats + feesSats, script: payingScript(random, 'p2wpkh') },
      { amountSats: 0, script: opReturnScript(concat([0xaa, 0x21, 0xa9, 0xed], commitment)) },
    ],
    lockTime: 0,
  });
}

/** The height as the shortest script number, pushed first (BIP 34). */
function heightPush(height: number): Uint8Array {
  const digits: number[] = [];
  for (let rest = height; rest > 0; rest = Math.floor(rest / 256)) digits.push(rest % 256);
  if (digits.at(-1)! >= 0x80) digits.push(0);
  return concat([digits.length], digits);
}
