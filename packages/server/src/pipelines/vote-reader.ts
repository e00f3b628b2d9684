import {
  DECODE_OK,
  DECODE_REASON_NAMES,
  decodeTx,
  type IsRecentParent,
  NO_RULE,
  rejectingOutputRule,
  rejectingTxRule,
  Tx,
  TxidHasher,
  TxidMemory,
} from '@tidegauge/onchain';
import type { ReplayItem } from '../sources/replay-file.ts';
import { CheckedBlock } from './checked-block.ts';
import { hash256 } from './hash256.ts';

const DAY_SEC = 86_400;
/**
 * How far a block's time may lie before the newest: a miner's clock may run 2 h ahead, and those
 * after need only be later than the median of the 11 before them. Further back is another order.
 */
const STEP_BACK_SEC_MAX = 3 * 3600;
/** Stands for the time of a mempool file, which carries none; only differences of times matter. */
const UNTIMED_SEC = 0;

/** The voting outputs of one block, or of one mempool as a whole. */
export interface VoteBatch {
  /** Unix seconds; of the last block before it for a mempool, null where none came. */
  readonly timeSec: number | null;
  readonly height: number | null;
  readonly amountsSats: readonly number[];
}

/** A bad item: where it stood and what was wrong with it. */
export interface ReplayProblem {
  readonly where: string;
  readonly reason: string;
}

type Outputs = Extract<ReplayItem, { kind: 'outputs' }>;

/** From the items of replay files to votes, by the same rules as a node's transactions. */
export class VoteReader {
  readonly #tx = new Tx();
  readonly #block = new CheckedBlock(hash256, this.#tx);
  readonly #hasher = new TxidHasher(hash256);
  readonly #confirmed = new TxidMemory(DAY_SEC);
  readonly #unconfirmed = new TxidMemory(DAY_SEC);
  #timeSec: number | null = null;
  #newestSec = 0;
  #height: number | null = null;
  #mempoolVotes: number[] = [];

  /** Takes one item; votes come back when it completes a block or a mempool. */
  accept(item: ReplayItem): VoteBatch | ReplayProblem | null {
    switch (item.kind) {
      case 'problem':
        return item;
      case 'outputs':
        return this.#acceptOutputs(item);
      case 'block':
        return this.#acceptBlock(item.bytes, item.where);
      case 'transaction':
        return this.#acceptTransaction(item.bytes, item.where);
      case 'mempool_end':
        return this.#finishMempool();
    }
  }

  #acceptOutputs({ timeSec, height, amountsSats, where }: Outputs): VoteBatch | ReplayProblem {
    const reason = this.#orderProblem(timeSec);
    if (reason !== null) return { where, reason };
    return this.#finishBlock(timeSec, height, amountsSats.filter(votes));
  }

  #acceptBlock(bytes: Uint8Array, where: string): VoteBatch | ReplayProblem {
    const reason = this.#block.check(bytes);
    if (reason !== DECODE_OK) {
      return { where, reason: `no valid block: ${DECODE_REASON_NAMES[reason]}` };
    }
    const { timeSec, height } = this.#block.header;
    const disorder = this.#orderProblem(timeSec);
    if (disorder !== null) return { where, reason: disorder };
    const dayStartSec = timeSec - (timeSec % DAY_SEC);
    const isRecent: IsRecentParent = (parent, at) =>
      this.#confirmed.seenSince(parent, at, dayStartSec);
    const amountsSats: number[] = [];
    this.#block.visit((tx, txids, at) => {
      this.#confirmed.add(txids, at, timeSec);
      collectVotes(tx, isRecent, amountsSats);
    });
    return this.#finishBlock(timeSec, height, amountsSats);
  }

  #acceptTransaction(bytes: Uint8Array, where: string): ReplayProblem | null {
    const reason = decodeTx(bytes, 0, bytes.length, this.#tx);
    if (reason !== DECODE_OK) {
      return { where, reason: `no valid transaction: ${DECODE_REASON_NAMES[reason]}` };
    }
    const timeSec = this.#timeSec ?? UNTIMED_SEC;
    if (!this.#unconfirmed.add(this.#hasher.txidOf(this.#tx), 0, timeSec)) return null;
    const sinceSec = timeSec - DAY_SEC;
    const isRecent: IsRecentParent = (parent, at) =>
      this.#unconfirmed.seenSince(parent, at, sinceSec) ||
      this.#confirmed.seenSince(parent, at, sinceSec);
    collectVotes(this.#tx, isRecent, this.#mempoolVotes);
    return null;
  }

  /** The model's time only moves on: votes from long before would be taken for votes of now. */
  #orderProblem(timeSec: number): string | null {
    const backSec = this.#newestSec - timeSec;
    if (backSec <= STEP_BACK_SEC_MAX) return null;
    return `${backSec} s before the newest block so far: blocks have to come in order of time`;
  }

  #finishBlock(timeSec: number, height: number | null, amountsSats: readonly number[]): VoteBatch {
    this.#timeSec = timeSec;
    this.#newestSec = Math.max(this.#newestSec, timeSec);
    this.#height = height;
    return { timeSec, height, amountsSats };
  }

  #finishMempool(): VoteBatch {
    const amountsSats = this.#mempoolVotes;
    this.#mempoolVotes = [];
    return { timeSec: this.#timeSec, height: this.#height, amountsSats };
  }
}

function votes(amountSats: number): boolean {
  return rejectingOutputRule(amountSats) === NO_RULE;
}

function collectVotes(tx: Tx, isRecent: IsRecentParent, amountsSats: number[]): void {
  if (rejectingTxRule(tx, isRecent) !== NO_RULE) return;
  for (let i = 0; i < tx.outputCount; i++) {
    if (votes(tx.outputSats[i]!)) amountsSats.push(tx.outputSats[i]!);
  }
}
