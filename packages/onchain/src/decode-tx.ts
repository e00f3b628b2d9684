/**
 * Bitcoin transactions, read as Core reads them (BIP144 for the witness) and held to what Core's
 * CheckTransaction asks of a transaction by itself. Scripts and signatures are not looked into.
 *
 * The functions that walk return the new position, or a `DecodeReason` negated.
 */
import { compactSizeBytes, readCompactSize, readUint32 } from './compact-size.ts';
import { DECODE_OK, DecodeReason } from './decode-reason.ts';
import { hasDuplicateInput } from './duplicate-input.ts';
import type { Tx } from './tx.ts';

export const WEIGHT_MAX = 4_000_000;
const SATS_MAX = 21e14;
/** Outpoint 36, empty script 1, sequence 4. */
const INPUT_BYTES_MIN = 41;
/** Value 8, empty script 1. */
const OUTPUT_BYTES_MIN = 9;
const COINBASE_SCRIPT_BYTES_MIN = 2;
const COINBASE_SCRIPT_BYTES_MAX = 100;

/**
 * Decodes the one transaction that fills bytes `start` to `end` exactly.
 * Returns `DECODE_OK` and fills `tx`, or returns a `DecodeReason` and leaves `tx` without meaning.
 */
export function decodeTx(bytes: Uint8Array, start: number, end: number, tx: Tx): number {
  // No weight is below the size; refusing here bounds every count that is read later.
  if (end - start > WEIGHT_MAX) return DecodeReason.overweight;
  const reason = decodeNextTx(bytes, start, end, tx);
  if (reason !== DECODE_OK) return reason;
  return tx.end === end ? DECODE_OK : DecodeReason.trailing_bytes;
}

/** As `decodeTx`, but bytes may follow: `tx.end` says where. */
export function decodeNextTx(bytes: Uint8Array, start: number, end: number, tx: Tx): number {
  if (start + 6 > end) return DecodeReason.truncated;
  tx.bytes = bytes;
  tx.start = start;
  tx.version = readUint32(bytes, start);
  tx.segwit = bytes[start + 4] === 0;
  if (tx.segwit) {
    const flag = bytes[start + 5]!;
    // Core reads marker and flag 0 as an empty transaction, and refuses that for its inputs.
    if (flag === 0) return DecodeReason.no_inputs;
    if (flag !== 1) return DecodeReason.unknown_flag;
  }
  tx.bodyStart = start + (tx.segwit ? 6 : 4);
  let at = readInputs(bytes, tx.bodyStart, end, tx);
  if (at < 0) return -at;
  at = readOutputs(bytes, at, end, tx);
  if (at < 0) return -at;
  tx.witnessStart = at;
  if (tx.segwit) {
    at = readWitness(bytes, at, end, tx);
    if (at < 0) return -at;
  }
  tx.witnessEnd = at;
  if (at + 4 > end) return DecodeReason.truncated;
  tx.lockTime = readUint32(bytes, at);
  tx.end = at + 4;
  return checkWhole(tx);
}

function readInputs(bytes: Uint8Array, start: number, end: number, tx: Tx): number {
  const count = readCompactSize(bytes, start, end);
  if (count <= 0) return count === 0 ? -DecodeReason.no_inputs : count;
  let at = start + compactSizeBytes(count);
  if (count * INPUT_BYTES_MIN > end - at) return -DecodeReason.count_too_large;
  tx.reserveInputs(count);
  tx.inputCount = count;
  const prevouts = tx.prevoutOffsets;
  for (let i = 0; i < count; i += 1) {
    prevouts[i] = at;
    const length = readCompactSize(bytes, at + 36, end);
    if (length < 0) return length;
    const script = at + 36 + compactSizeBytes(length);
    if (i === 0) {
      tx.firstScriptOffset = script;
      tx.firstScriptLength = length;
    }
    at = script + length + 4;
    if (at > end) return -DecodeReason.truncated;
  }
  return at;
}

function readOutputs(bytes: Uint8Array, start: number, end: number, tx: Tx): number {
  const count = readCompactSize(bytes, start, end);
  if (count <= 0) return count === 0 ? -DecodeReason.no_outputs : count;
  let at = start + compactSizeBytes(count);
  if (count * OUTPUT_BYTES_MIN > end - at) return -DecodeReason.count_too_large;
  tx.reserveOutputs(count);
  tx.outputCount = count;
  const { outputSats, scriptOffsets, scriptLengths } = tx;
  let sumSats = 0;
  for (let i = 0; i < count; i += 1) {
    const length = readCompactSize(bytes, at + 8, end);
    if (length < 0) return length;
    // A negative value has its top bit set, so read unsigned it is too large as well.
    const sats = readUint32(bytes, at + 4) * 4294967296 + readUint32(bytes, at);
    if (sats > SATS_MAX) return -DecodeReason.value_too_large;
    sumSats += sats;
    if (sumSats > SATS_MAX) return -DecodeReason.value_sum_too_large;
    const script = at + 8 + compactSizeBytes(length);
    outputSats[i] = sats;
    scriptOffsets[i] = script;
    scriptLengths[i] = length;
    at = script + length;
    if (at > end) return -DecodeReason.truncated;
  }
  return at;
}

function readWitness(bytes: Uint8Array, start: number, end: number, tx: Tx): number {
  const { inputCount, witnessBytes } = tx;
  let at = start;
  for (let i = 0; i < inputCount; i += 1) {
    const items = readCompactSize(bytes, at, end);
    if (items < 0) return items;
    at += compactSizeBytes(items);
    if (items > end - at) return -DecodeReason.count_too_large;
    let total = 0;
    for (let item = 0; item < items; item += 1) {
      const length = readCompactSize(bytes, at, end);
      if (length < 0) return length;
      at += compactSizeBytes(length) + length;
      if (at > end) return -DecodeReason.truncated;
      total += length;
    }
    witnessBytes[i] = total;
  }
  // One byte an input is what empty witnesses take: then the flag had no reason to be there.
  return at - start === inputCount ? -DecodeReason.superfluous_witness : at;
}

function checkWhole(tx: Tx): number {
  if (tx.weight > WEIGHT_MAX) return DecodeReason.overweight;
  const { bytes, inputCount, prevoutOffsets } = tx;
  if (!tx.segwit) for (let i = 0; i < inputCount; i += 1) tx.witnessBytes[i] = 0;
  tx.coinbase = inputCount === 1 && isNullPrevout(bytes, prevoutOffsets[0]!);
  if (tx.coinbase) {
    return tx.firstScriptLength < COINBASE_SCRIPT_BYTES_MIN ||
      tx.firstScriptLength > COINBASE_SCRIPT_BYTES_MAX
      ? DecodeReason.coinbase_script_size
      : DECODE_OK;
  }
  if (inputCount === 1) return DECODE_OK;
  for (let i = 0; i < inputCount; i += 1) {
    if (isNullPrevout(bytes, prevoutOffsets[i]!)) return DecodeReason.null_prevout;
  }
  return hasDuplicateInput(tx) ? DecodeReason.duplicate_input : DECODE_OK;
}

function isNullPrevout(bytes: Uint8Array, at: number): boolean {
  if (bytes[at + 35] !== 0xff || readUint32(bytes, at + 32) !== 0xffffffff) return false;
  for (let i = at; i < at + 32; i += 1) if (bytes[i] !== 0) return false;
  return true;
}
