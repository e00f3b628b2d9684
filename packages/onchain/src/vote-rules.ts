/**
 * Which outputs vote on the price. Each rule is one named predicate, so that a count can say why
 * a transaction was left out; the first rule that rejects is the one that counts, and the cheap
 * ones stand first.
 */
import { roundInBitcoin } from './round-in-bitcoin.ts';
import type { Tx } from './tx.ts';

/** More inputs than this is a consolidation or a batch, not somebody paying. */
export const VOTING_INPUTS_MAX = 5;
/** One to whom is paid, one change. */
export const VOTING_OUTPUTS = 2;
const OP_RETURN = 0x6a;
/** An ordinary signature takes some 110 bytes; above this it is an inscription or a large script. */
const WITNESS_BYTES_MAX = 500;
const AMOUNT_SATS_MIN = 1000;
const AMOUNT_SATS_MAX = 10_000 * 1e8;

/**
 * Whether the transaction whose txid stands at an offset is a recent one: for the mempool, first
 * seen within 24 h; for a block, confirmed on the block's UTC day. Chains of change repeat what
 * their first transaction said.
 */
export type IsRecentParent = (bytes: Uint8Array, txidOffset: number) => boolean;

export interface TxRule {
  readonly name: string;
  rejects(tx: Tx, isRecentParent: IsRecentParent): boolean;
}

export interface OutputRule {
  readonly name: string;
  rejects(amountSats: number): boolean;
}

function isCoinbase(tx: Tx): boolean {
  return tx.coinbase;
}

function hasTooManyInputs(tx: Tx): boolean {
  return tx.inputCount > VOTING_INPUTS_MAX;
}

function hasOtherOutputCount(tx: Tx): boolean {
  return tx.outputCount !== VOTING_OUTPUTS;
}

function hasOpReturn(tx: Tx): boolean {
  for (let i = 0; i < tx.outputCount; i += 1) {
    if (tx.scriptLengths[i] !== 0 && tx.bytes[tx.scriptOffsets[i]!] === OP_RETURN) return true;
  }
  return false;
}

function hasHeavyWitness(tx: Tx): boolean {
  for (let i = 0; i < tx.inputCount; i += 1) {
    if (tx.witnessBytes[i]! > WITNESS_BYTES_MAX) return true;
  }
  return false;
}

function hasRecentParent(tx: Tx, isRecentParent: IsRecentParent): boolean {
  for (let i = 0; i < tx.inputCount; i += 1) {
    if (isRecentParent(tx.bytes, tx.prevoutOffsets[i]!)) return true;
  }
  return false;
}

function isOutOfRange(amountSats: number): boolean {
  return amountSats <= AMOUNT_SATS_MIN || amountSats >= AMOUNT_SATS_MAX;
}

/** Rules on the whole transaction, in the order in which they are asked. */
export const TX_RULES: readonly TxRule[] = Object.freeze([
  { name: 'coinbase', rejects: isCoinbase },
  { name: 'too_many_inputs', rejects: hasTooManyInputs },
  { name: 'output_count', rejects: hasOtherOutputCount },
  { name: 'op_return', rejects: hasOpReturn },
  { name: 'heavy_witness', rejects: hasHeavyWitness },
  { name: 'recent_parent', rejects: hasRecentParent },
]);

/** Rules on each output of a transaction that may vote. */
export const OUTPUT_RULES: readonly OutputRule[] = Object.freeze([
  { name: 'amount_range', rejects: isOutOfRange },
  { name: 'round_in_bitcoin', rejects: roundInBitcoin },
]);

export const NO_RULE = -1;

/**
 * Index in `TX_RULES` of the rule that keeps the transaction from voting, or `NO_RULE`. Written out
 * because calls through the table cannot be inlined: going through it took a quarter longer
 * for decoding and voting together (measured).
 */
export function rejectingTxRule(tx: Tx, isRecentParent: IsRecentParent): number {
  if (isCoinbase(tx)) return 0;
  if (hasTooManyInputs(tx)) return 1;
  if (hasOtherOutputCount(tx)) return 2;
  if (hasOpReturn(tx)) return 3;
  if (hasHeavyWitness(tx)) return 4;
  return hasRecentParent(tx, isRecentParent) ? 5 : NO_RULE;
}

/** Index in `OUTPUT_RULES` of the rule that keeps the output from voting, or `NO_RULE`. */
export function rejectingOutputRule(amountSats: number): number {
  if (isOutOfRange(amountSats)) return 0;
  return roundInBitcoin(amountSats) ? 1 : NO_RULE;
}
