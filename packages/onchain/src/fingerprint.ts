/**
 * 64 bits that stand for a txid or an outpoint, as two unsigned words. Txids are hashes, so their
 * first bytes are as good a digest as any: among a million of them the chance that any two agree
 * is below one in ten million.
 */
import { readUint32 } from './compact-size.ts';

/** Low word of the txid at an offset. */
export function txidLow(bytes: Uint8Array, at: number): number {
  return readUint32(bytes, at);
}

/** High word. Never zero, which stands for "nothing" in tables. */
export function txidHigh(bytes: Uint8Array, at: number): number {
  const high = readUint32(bytes, at + 4);
  return high === 0 ? 1 : high;
}

/**
 * An outpoint is a txid and an index (36 bytes): the index is spread over both words by odd
 * constants (of the golden ratio and of MurmurHash3), so outpoints of one txid differ in both.
 */
export function outpointLow(bytes: Uint8Array, at: number): number {
  return (txidLow(bytes, at) ^ Math.imul(readUint32(bytes, at + 32), 0x9e3779b1)) >>> 0;
}

export function outpointHigh(bytes: Uint8Array, at: number): number {
  const high = (txidHigh(bytes, at) + Math.imul(readUint32(bytes, at + 32), 0x85ebca6b)) >>> 0;
  return high === 0 ? 1 : high;
}
