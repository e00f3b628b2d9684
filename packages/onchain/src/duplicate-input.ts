import { readUint32 } from './compact-size.ts';
import type { Tx } from './tx.ts';

/** Up to here comparing every pair is faster than sorting. */
const PAIRWISE_INPUTS_MAX = 12;

/**
 * Whether a transaction spends an outpoint twice (Core refuses it: CVE-2018-17144). Outpoints are
 * told apart by a 53-bit key first, and byte by byte only where keys agree, so an honest
 * transaction costs a few comparisons and a hostile one of 24,000 inputs some tens of ms at most.
 */
export function hasDuplicateInput(tx: Tx): boolean {
  if (tx.inputCount <= PAIRWISE_INPUTS_MAX) return hasEqualPair(tx);
  const keys = new Float64Array(tx.inputCount);
  for (let i = 0; i < tx.inputCount; i += 1) keys[i] = outpointKey(tx, i);
  keys.sort();
  for (let i = 1; i < keys.length; i += 1) {
    if (keys[i] === keys[i - 1]) return hasEqualNeighbours(tx);
  }
  return false;
}

function hasEqualPair(tx: Tx): boolean {
  const { bytes, inputCount, prevoutOffsets } = tx;
  for (let i = 1; i < inputCount; i += 1) {
    const a = prevoutOffsets[i]!;
    for (let j = 0; j < i; j += 1) {
      const b = prevoutOffsets[j]!;
      if (bytes[a] === bytes[b] && compareOutpoints(bytes, a, b) === 0) return true;
    }
  }
  return false;
}

/** 32 bits of the txid and 21 of the index: an exact integer in a double. */
function outpointKey(tx: Tx, input: number): number {
  const at = tx.prevoutOffsets[input]!;
  return readUint32(tx.bytes, at) * 0x200000 + (readUint32(tx.bytes, at + 32) & 0x1fffff);
}

function hasEqualNeighbours(tx: Tx): boolean {
  const { bytes } = tx;
  const offsets = tx.prevoutOffsets.slice(0, tx.inputCount);
  offsets.sort((a, b) => compareOutpoints(bytes, a, b));
  for (let i = 1; i < offsets.length; i += 1) {
    if (compareOutpoints(bytes, offsets[i - 1]!, offsets[i]!) === 0) return true;
  }
  return false;
}

function compareOutpoints(bytes: Uint8Array, a: number, b: number): number {
  for (let i = 0; i < 36; i += 1) {
    const difference = bytes[a + i]! - bytes[b + i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
