import type { Hash256 } from './txid.ts';

/**
 * Root of the merkle tree over `count` txids of 32 bytes that lie one after another; an odd one
 * out is paired with itself. Null when two hashes paired as different are equal: such a list was
 * doctored to have the root of a shorter one (CVE-2012-2459), and no list at all has no root.
 */
export function merkleRoot(txids: Uint8Array, count: number, hash256: Hash256): Uint8Array | null {
  if (count === 0) return null;
  // The constructor copies; a Buffer's slice would share, and the txids would be overwritten.
  const level = new Uint8Array(txids.subarray(0, count * 32));
  const pair = new Uint8Array(64);
  for (let size = count; size > 1; size = (size + 1) >> 1) {
    for (let i = 0; i < size; i += 2) {
      const left = i * 32;
      const right = i + 1 < size ? left + 32 : left;
      if (right !== left && equals32(level, left, level, right)) return null;
      pair.set(level.subarray(left, left + 32));
      pair.set(level.subarray(right, right + 32), 32);
      level.set(hash256(pair), i * 16);
    }
  }
  return level.slice(0, 32);
}

/** Whether 32 bytes are the same at two places. */
function equals32(a: Uint8Array, atA: number, b: Uint8Array, atB: number): boolean {
  for (let i = 0; i < 32; i += 1) if (a[atA + i] !== b[atB + i]) return false;
  return true;
}
