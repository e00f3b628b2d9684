export { BlockVotes } from './block-votes.ts';
export { coinbaseHeight } from './coinbase-height.ts';
export { Block, decodeBlock, HEADER_BYTES } from './decode-block.ts';
export {
  DECODE_OK,
  DECODE_REASON_NAMES,
  DecodeReason,
  type DecodeReasonName,
} from './decode-reason.ts';
export { decodeNextTx, decodeTx, WEIGHT_MAX } from './decode-tx.ts';
export { merkleRoot } from './merkle.ts';
export { PRICE_PARAMETERS } from './parameters.ts';
export { PriceFilter } from './price-filter.ts';
export type { PriceParameters } from './price-parameters.ts';
export { ROUND_AMOUNTS_USD, readAtRoundAmount } from './round-amounts.ts';
export type * from './snapshot.ts';
export { Tx } from './tx.ts';
export { type Hash256, TxidHasher } from './txid.ts';
export { TxidMemory } from './txid-memory.ts';
export {
  type IsRecentParent,
  NO_RULE,
  OUTPUT_RULES,
  type OutputRule,
  rejectingOutputRule,
  rejectingTxRule,
  TX_RULES,
  type TxRule,
} from './vote-rules.ts';
export { type VoteVisitor, VoteWindow, WINDOW_SEC } from './vote-window.ts';
