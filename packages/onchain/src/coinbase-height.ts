import type { Tx } from './tx.ts';

const OP_1 = 0x51;
const OP_16 = 0x60;
/** Up to here a height is one opcode, OP_1 to OP_16. */
const SMALL_HEIGHT_MAX = 16;
/** Four bytes and a sign would take centuries; longer pushes are extra nonces. */
const HEIGHT_BYTES_MAX = 4;

/**
 * Height of a block from its coinbase: BIP34 has the script begin with the height, pushed in its
 * shortest form. Null where it does not (blocks below version 2 make no such promise).
 */
export function coinbaseHeight(coinbase: Tx, blockVersion: number): number | null {
  if (blockVersion < 2) return null;
  const { bytes, firstScriptOffset: at, firstScriptLength: length } = coinbase;
  const first = bytes[at]!;
  if (first === 0) return 0;
  if (first >= OP_1 && first <= OP_16) return first - OP_1 + 1;
  if (first > HEIGHT_BYTES_MAX || first + 1 > length) return null;
  let height = 0;
  for (let i = first; i > 0; i -= 1) height = height * 256 + bytes[at + i]!;
  const negative = bytes[at + first]! >= 0x80;
  const shortest = bytes[at + first] !== 0 || (first > 1 && bytes[at + first - 1]! >= 0x80);
  return !negative && shortest && height > SMALL_HEIGHT_MAX ? height : null;
}
