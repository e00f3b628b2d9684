import { DecodeReason } from './decode-reason.ts';

/** Core refuses to read any size above this (MAX_SIZE in its serialize.h). */
const COMPACT_SIZE_MAX = 0x02000000;

/**
 * Reads the compact size ("varint") at an offset. Returns the value, or a `DecodeReason` negated.
 * Only the shortest form is accepted, so `compactSizeBytes` of the value is what was read.
 */
export function readCompactSize(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return -DecodeReason.truncated;
  const first = bytes[at]!;
  if (first < 0xfd) return first;
  return readLongCompactSize(bytes, at, end, first);
}

function readLongCompactSize(bytes: Uint8Array, at: number, end: number, first: number): number {
  const width = first === 0xfd ? 2 : first === 0xfe ? 4 : 8;
  if (at + 1 + width > end) return -DecodeReason.truncated;
  let value = 0;
  for (let i = width; i > 0; i -= 1) value = value * 256 + bytes[at + i]!;
  const shortest = width === 2 ? 0xfd : width === 4 ? 0x10000 : 0x100000000;
  if (value < shortest) return -DecodeReason.non_canonical_size;
  return value > COMPACT_SIZE_MAX ? -DecodeReason.size_too_large : value;
}

/** Bytes that a compact size takes; values above 32 bits never pass `readCompactSize`. */
export function compactSizeBytes(value: number): number {
  return value < 0xfd ? 1 : value <= 0xffff ? 3 : 5;
}

/** Little-endian unsigned 32-bit integer; the caller has checked the bounds. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
  );
}
