/**
 * Why bytes are no transaction or block. Decoders never throw: they return `DECODE_OK` or one of
 * these numbers, and the caller counts it by name. Numbers, so that the hot path stays in small
 * integers; the order is the order of the table and means nothing else.
 */
export const DECODE_OK = 0;

export type DecodeReasonName =
  | 'truncated'
  | 'trailing_bytes'
  | 'non_canonical_size'
  | 'size_too_large'
  | 'count_too_large'
  | 'no_inputs'
  | 'no_outputs'
  | 'unknown_flag'
  | 'superfluous_witness'
  | 'value_too_large'
  | 'value_sum_too_large'
  | 'overweight'
  | 'duplicate_input'
  | 'coinbase_script_size'
  | 'null_prevout'
  | 'no_transactions'
  | 'coinbase_missing'
  | 'coinbase_repeated'
  | 'merkle_mismatch';

export const DecodeReason: Readonly<Record<DecodeReasonName, number>> = Object.freeze({
  /** The bytes end before the structure does. */
  truncated: 1,
  /** Bytes are left after the structure. */
  trailing_bytes: 2,
  /** A compact size is written longer than it need be. */
  non_canonical_size: 3,
  /** A compact size is above Core's limit for any serialized object (32 MiB). */
  size_too_large: 4,
  /** A count that the bytes left could not hold. */
  count_too_large: 5,
  no_inputs: 6,
  no_outputs: 7,
  /** A flag byte other than 1 after the segwit marker. */
  unknown_flag: 8,
  /** The witness flag is set, yet every witness is empty. */
  superfluous_witness: 9,
  /** An output is negative or above 21 million BTC. */
  value_too_large: 10,
  /** The outputs add up to more than 21 million BTC. */
  value_sum_too_large: 11,
  /** More than 4,000,000 weight units. */
  overweight: 12,
  duplicate_input: 13,
  /** A coinbase script shorter than 2 or longer than 100 bytes. */
  coinbase_script_size: 14,
  /** A null prevout in a transaction that is no coinbase. */
  null_prevout: 15,
  /** A block without transactions. */
  no_transactions: 16,
  /** The first transaction of a block is no coinbase. */
  coinbase_missing: 17,
  /** A later transaction of a block is a coinbase. */
  coinbase_repeated: 18,
  /** The merkle root of the transactions is not the header's, or the tree repeats a pair. */
  merkle_mismatch: 19,
});

/** Names by number; index 0 is `ok`. */
export const DECODE_REASON_NAMES: readonly ('ok' | DecodeReasonName)[] = Object.freeze([
  'ok',
  ...(Object.keys(DecodeReason) as DecodeReasonName[]),
]);
