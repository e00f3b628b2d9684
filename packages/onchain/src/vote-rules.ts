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

/** Rules on the whole transaction, in the order in which they are asked. */
export const TX_RULES: readonly TxRule[] = Object.freeze([
  { name: 'coinbase', rejects: (tx: Tx) => tx.coinbase },
  { name: 'output_count', rejects: (tx: Tx) => tx.outputCount !== VOTING_OUTPUTS },
  { name: 'too_many_inputs', rejects: (tx: Tx) => tx.inputCount > VOTING_INPUTS_MAX },
  { name: 'op_return', rejects: hasOpReturn },
  { name: 'heavy_witness', rejects: hasHeavyWitness },
  { name: 'recent_parent', rejects: hasRecentParent },
]);

/** Rules on each output of a transaction that may vote. */
export const OUTPUT_RULES: readonly OutputRule[] = Object.freeze([
  {
    name: 'amount_range',
    rejects: (sats: number) => sats <= AMOUNT_SATS_MIN || sats >= AMOUNT_SATS_MAX,
  },
  { name: 'round_in_bitcoin', rejects: roundInBitcoin },
]);

export const NO_RULE = -1;

/** Index in `TX_RULES` of the rule that keeps the transaction from voting, or `NO_RULE`. */
export function rejectingTxRule(tx: Tx, isRecentParent: IsRecentParent): number {
  for (let i = 0; i < TX_RULES.length; i += 1) {
    if (TX_RULES[i]!.rejects(tx, isRecentParent)) return i;
  }
  return NO_RULE;
}

/** Index in `OUTPUT_RULES` of the rule that keeps the output from voting, or `NO_RULE`. */
export function rejectingOutputRule(amountSats: number): number {
  for (let i = 0; i < OUTPUT_RULES.length; i += 1) {
    if (OUTPUT_RULES[i]!.rejects(amountSats)) return i;
  }
  return NO_RULE;
}
