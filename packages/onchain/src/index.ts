export { BlockVotes } from './block-votes.ts';
export { Block, decodeBlock, HEADER_BYTES } from './decode-block.ts';
export {
  DECODE_OK,
  DECODE_REASON_NAMES,
  DecodeReason,
} from './decode-reason.ts';
export { decodeTx } from './decode-tx.ts';
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
  rejectingOutputRule,
  rejectingTxRule,
  TX_RULES,
} from './vote-rules.ts';
export { VoteWindow, WINDOW_SEC } from './vote-window.ts';
