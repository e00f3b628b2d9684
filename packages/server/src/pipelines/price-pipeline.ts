import {
  type AmountHistogram,
  BlockVotes,
  type ConfirmedView,
  DECODE_OK,
  decodeTx,
  HEADER_BYTES,
  NO_RULE,
  type PriceEstimate,
  PriceFilter,
  type PricePoint,
  type PriceStats,
  readAtRoundAmount,
  rejectingOutputRule,
  rejectingTxRule,
  Tx,
  TxidHasher,
  TxidMemory,
  VoteWindow,
  WINDOW_SEC,
} from '@tidegauge/onchain';
import type { Frame } from '../sources/source.ts';
import { CheckedBlock } from './checked-block.ts';
import { hash256 } from './hash256.ts';
import { type PriceCounters, PriceTally } from './price-counters.ts';
import type { PriceFeed } from './price-feed.ts';

const DAY_SEC = 86_400;
/** What is shown of the mempool at most; more dots than this no screen can tell apart. */
const POINTS_MAX = 40_000;
/** Half of the votes of 3 h of full blocks; hub/limits.ts has what they weigh as a message. */
export const CONFIRMED_POINTS_MAX = 15_000;

export interface PricePipelineOptions {
  /** How long a transaction's votes count and its points are shown. Default: 3 h. */
  readonly windowSec?: number;
}

/** Calls `visit` back from the newest vote until it returns false. */
type VisitVotes = (visit: (amountSats: number, timeSec: number) => boolean) => void;

/**
 * From a node's messages to the price: decode, rules, window, filter.
 *
 * Two filters: `confirmed` sees the votes of blocks alone; `live` sees every transaction once,
 * when it first comes, be that in the mempool or in a block. So confirmed history is the prior of
 * the live price, the mempool moves it, and nothing counts twice. What is malformed is counted
 * by its reason and changes nothing; a block counts as a whole or not at all.
 */
export class PricePipeline implements PriceFeed {
  readonly #live = new PriceFilter();
  readonly #confirmed = new PriceFilter();
  readonly #window: VoteWindow;
  readonly #blockVotes = new BlockVotes(WINDOW_SEC);
  /** When each transaction was first seen, and when each was confirmed. */
  readonly #seen = new TxidMemory(DAY_SEC);
  readonly #inBlock = new TxidMemory(DAY_SEC);
  readonly #blockHashes = new TxidMemory(DAY_SEC);
  readonly #tx = new Tx();
  readonly #block = new CheckedBlock(hash256, this.#tx);
  readonly #hasher = new TxidHasher(hash256);
  readonly #tally = new PriceTally();
  readonly #votesSats = new Float64Array(2);

  #nowSec = 0;
  #blockTimeSec = 0;
  #confirmedView: ConfirmedView | null = null;
  /** The live estimate at `#nowSec`; null when something came since. */
  #estimate: PriceEstimate | null = null;
  #takenSequence = 0;

  constructor({ windowSec = WINDOW_SEC }: PricePipelineOptions = {}) {
    this.#window = new VoteWindow(windowSec);
  }

  /** Takes one message of the node. Never throws, whatever the bytes. */
  acceptFrame(frame: Frame): void {
    this.#moveTo(frame.timeSec);
    if (frame.topic === 'rawtx') this.#acceptTx(frame.body, frame.timeSec);
    else this.#acceptBlock(frame.body, frame.timeSec);
  }

  counters(): PriceCounters {
    return this.#tally.read();
  }

  /** A time before the latest message or question counts as that one's. */
  estimate(timeSec: number): PriceEstimate {
    this.#moveTo(timeSec);
    this.#window.expire(this.#nowSec);
    const estimate = this.#estimate ?? this.#live.estimate(this.#nowSec, this.#window.votes);
    this.#estimate = estimate;
    return estimate;
  }

  stats(): PriceStats {
    this.#window.expire(this.#nowSec);
    return {
      received: this.#tally.received,
      filtered: this.#tally.filtered,
      activeInWindow: this.#window.transactions,
    };
  }

  points(limit: number): readonly PricePoint[] {
    return this.#unconfirmedPoints(0, limit);
  }

  /** While there is no price nothing can be read, so nothing is taken: it comes with the price. */
  takeNewPoints(): readonly PricePoint[] {
    const since = this.#takenSequence;
    if (this.estimate(this.#nowSec).priceUsd !== null) {
      this.#takenSequence = this.#window.nextSequence;
    }
    return this.#unconfirmedPoints(since, POINTS_MAX);
  }

  histogram(): AmountHistogram {
    this.#window.expire(this.#nowSec);
    return this.#window.histogram();
  }

  confirmed(): ConfirmedView | null {
    return this.#confirmedView;
  }

  #moveTo(timeSec: number): void {
    if (timeSec <= this.#nowSec) return;
    this.#nowSec = timeSec;
    this.#estimate = null;
  }

  #acceptTx(bytes: Uint8Array, timeSec: number): void {
    const tx = this.#tx;
    const reason = decodeTx(bytes, 0, bytes.length, tx);
    if (reason !== DECODE_OK) {
      this.#tally.malformedTransactions[reason]! += 1;
      return;
    }
    const txid = this.#hasher.txidOf(tx);
    if (!this.#seen.add(txid, 0, timeSec)) {
      this.#tally.duplicates += 1;
      return;
    }
    this.#withdrawConflicts(tx, txid, 0);
    const sinceSec = timeSec - DAY_SEC;
    const rule = rejectingTxRule(tx, (bytes, at) => this.#seen.seenSince(bytes, at, sinceSec));
    const votes = this.#countNew(tx, rule);
    if (votes > 0) this.#addVotes(tx, txid, 0, timeSec, false);
  }

  #acceptBlock(bytes: Uint8Array, timeSec: number): void {
    const block = this.#block;
    const reason = block.check(bytes);
    if (reason !== DECODE_OK) {
      this.#tally.malformedBlocks[reason]! += 1;
      return;
    }
    if (!this.#blockHashes.add(hash256(bytes.subarray(0, HEADER_BYTES)), 0, timeSec)) {
      this.#tally.duplicateBlocks += 1;
      return;
    }
    this.#tally.blocks += 1;
    // Miners' clocks run hours ahead and back; quotes are never newer than what has arrived.
    const headerTimeSec = Math.min(block.header.timeSec, timeSec);
    this.#blockTimeSec = Math.max(this.#blockTimeSec, headerTimeSec);
    const votes: number[] = [];
    block.visit((tx, txids, at) => this.#acceptConfirmed(tx, txids, at, votes));
    this.#blockVotes.add(this.#blockTimeSec, votes);
    this.#renewConfirmedView();
  }

  #acceptConfirmed(tx: Tx, txids: Uint8Array, txidAt: number, blockVotes: number[]): void {
    const timeSec = this.#blockTimeSec;
    // A reorganised chain confirms again what the blocks it gave up had confirmed.
    if (!this.#inBlock.add(txids, txidAt, timeSec)) return;
    const isNew = this.#seen.add(txids, txidAt, timeSec);
    this.#withdrawConflicts(tx, txids, txidAt);
    const dayStartSec = timeSec - (timeSec % DAY_SEC);
    const rule = rejectingTxRule(tx, (bytes, at) =>
      this.#inBlock.seenSince(bytes, at, dayStartSec),
    );
    if (rule === NO_RULE) {
      for (let i = 0; i < tx.outputCount; i += 1) {
        const sats = tx.outputSats[i]!;
        if (rejectingOutputRule(sats) !== NO_RULE) continue;
        blockVotes.push(sats);
        this.#confirmed.observe(sats, timeSec);
      }
    }
    if (!isNew) {
      this.#tally.confirmed += 1;
      this.#window.confirm(txids, txidAt);
    } else if (this.#countNew(tx, rule) > 0) {
      this.#addVotes(tx, txids, txidAt, timeSec, true);
    }
  }

  /** Counts a transaction seen for the first time and notes its votes; returns how many. */
  #countNew(tx: Tx, rule: number): number {
    const tally = this.#tally;
    tally.received += 1;
    if (rule !== NO_RULE) {
      tally.filteredByRule[rule]! += 1;
      return 0;
    }
    let votes = 0;
    for (let i = 0; i < tx.outputCount; i += 1) {
      const sats = tx.outputSats[i]!;
      const outputRule = rejectingOutputRule(sats);
      this.#votesSats[i] = outputRule === NO_RULE ? sats : 0;
      if (outputRule === NO_RULE) votes += 1;
      else tally.outputsByRule[outputRule]! += 1;
    }
    if (votes === 0) tally.withoutVotingOutput += 1;
    return votes;
  }

  #addVotes(tx: Tx, txid: Uint8Array, txidAt: number, timeSec: number, confirmed: boolean): void {
    if (!this.#window.add(tx, txid, txidAt, this.#votesSats, timeSec, confirmed)) return;
    for (const sats of this.#votesSats) if (sats !== 0) this.#live.observe(sats, timeSec);
    this.#estimate = null;
  }

  #withdrawConflicts(tx: Tx, txid: Uint8Array, txidAt: number): void {
    const removed = this.#window.withdrawConflicts(tx, txid, txidAt, (sats, timeSec) => {
      this.#live.withdraw(sats, timeSec);
    });
    if (removed === 0) return;
    this.#tally.replaced += removed;
    this.#estimate = null;
  }

  #renewConfirmedView(): void {
    const { height } = this.#block.header;
    const timeSec = this.#blockTimeSec;
    const estimate = this.#confirmed.estimate(timeSec, this.#blockVotes.votes);
    const points = readPoints(estimate.priceUsd, CONFIRMED_POINTS_MAX, (visit) =>
      this.#blockVotes.visitNewest(visit),
    );
    this.#confirmedView = { estimate, blockHeight: height, blockTimeSec: timeSec, points };
  }

  #unconfirmedPoints(since: number, limit: number): PricePoint[] {
    const { priceUsd } = this.estimate(this.#nowSec);
    return readPoints(priceUsd, Math.min(limit, POINTS_MAX), (visit) =>
      this.#window.visitUnconfirmed(since, visit),
    );
  }
}

/** Reads votes at a price, at most `limit` of the newest; oldest first. */
function readPoints(priceUsd: number | null, limit: number, visitVotes: VisitVotes): PricePoint[] {
  const points: PricePoint[] = [];
  if (priceUsd === null || limit <= 0) return points;
  visitVotes((amountSats, timeSec) => {
    const readUsd = readAtRoundAmount(amountSats, priceUsd);
    if (readUsd !== null) points.push({ timeSec, priceUsd: readUsd, amountSats });
    return points.length < limit;
  });
  return points.reverse();
}
