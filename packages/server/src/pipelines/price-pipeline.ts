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
  rejectingOutputRule,
  rejectingTxRule,
  Tx,
  TxidHasher,
  TxidMemory,
  VoteWindow,
  WINDOW_SEC,
} from '@tidegauge/onchain';
import type { Frame } from '../sources/source.ts';
import { CatchUp } from './catch-up.ts';
import { CheckedBlock } from './checked-block.ts';
import { hash256 } from './hash256.ts';
import { NODE_CATCHING_UP, type PriceCounters, PriceTally } from './price-counters.ts';
import type { PriceFeed } from './price-feed.ts';
import type { PriceIntake } from './price-intake.ts';
import { readPoints } from './read-points.ts';
import { Undecodable } from './undecodable.ts';

const DAY_SEC = 86_400;
/** A block's time may lie an hour back; one that is older tells a live price nothing new. */
const BLOCK_AGE_SEC_MAX = 3600;
/** The filter too asks anew for the price after this long. */
const PRICE_AGE_SEC_MAX = 6 * 3600;
/**
 * What a node that catches up sends is remembered as a day and a minute old: known again when its
 * block comes, but no recent parent. Else what spends it could not vote for a whole day.
 */
const OLD_SEC = DAY_SEC + 60;
const OLD_KNOWN_SEC = 3600;
/** What is shown of the mempool at most; more dots than this no screen can tell apart. */
const POINTS_MAX = 40_000;
/** Half of the votes of 3 h of full blocks; hub/limits.ts has what they weigh as a message. */
export const CONFIRMED_POINTS_MAX = 15_000;

export interface PricePipelineOptions {
  /** How long a transaction's votes count and its points are shown. Default: 3 h. */
  readonly windowSec?: number;
}

/**
 * From a node's messages to the price: decode, rules, window, filter.
 *
 * Two filters: `confirmed` sees the votes of blocks alone; `live` sees every transaction once,
 * when it first comes, be that in the mempool or in a block. So confirmed history is the prior of
 * the live price, the mempool moves it, and nothing counts twice. What is malformed is counted
 * by its reason and changes nothing; a block counts as a whole or not at all. Transactions from a
 * node that is catching up do not vote.
 */
export class PricePipeline implements PriceFeed, PriceIntake {
  readonly #windowSec: number;
  #live = new PriceFilter();
  readonly #confirmed = new PriceFilter();
  #window: VoteWindow;
  readonly #blockVotes = new BlockVotes(WINDOW_SEC);
  /** When each transaction was first seen, and when each was confirmed. */
  readonly #seen = new TxidMemory(DAY_SEC + OLD_KNOWN_SEC);
  readonly #inBlock = new TxidMemory(DAY_SEC);
  readonly #blockHashes = new TxidMemory(DAY_SEC);
  readonly #tx = new Tx();
  readonly #block = new CheckedBlock(hash256, this.#tx);
  readonly #hasher = new TxidHasher(hash256);
  readonly #tally = new PriceTally();
  readonly #votesSats = new Float64Array(2);
  readonly #catchUp = new CatchUp();
  readonly #undecodable = new Undecodable();

  #nowSec = 0;
  #blockTimeSec = 0;
  /** Of the newest vote in `#live`. */
  #liveVoteSec = 0;
  /** What `#live` learnt before was of another time, and is gone. */
  #hasForgotten = false;
  #confirmedView: ConfirmedView | null = null;
  /** The live estimate at `#nowSec`; null when something came since. */
  #estimate: PriceEstimate | null = null;
  #takenSequence = 0;

  constructor({ windowSec = WINDOW_SEC }: PricePipelineOptions = {}) {
    this.#windowSec = windowSec;
    this.#window = new VoteWindow(windowSec);
  }

  acceptFrame(frame: Frame): void {
    this.#moveTo(frame.timeSec);
    if (frame.topic === 'rawtx') this.#acceptTx(frame.body, frame.timeSec);
    else this.#acceptBlock(frame.body, frame.timeSec);
  }

  counters(): PriceCounters {
    return this.#tally.read();
  }

  problem(nowSec: number): string | null {
    if (this.#catchUp.isOn(nowSec)) {
      return 'the node is catching up: its transactions are hours old and do not vote';
    }
    return this.#undecodable.problem(nowSec);
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
      this.#undecodable.add(reason, timeSec);
      return;
    }
    this.#undecodable.addGood(timeSec);
    const txid = this.#hasher.txidOf(tx);
    const isOld = this.#catchUp.isOn(timeSec);
    if (!this.#seen.add(txid, 0, isOld ? timeSec - OLD_SEC : timeSec)) {
      this.#tally.duplicates += 1;
      return;
    }
    // Core sends a coinbase only when it connects the block that begins with it.
    if (tx.coinbase) this.#connectBlock(timeSec);
    this.#withdrawConflicts(tx, txid, 0);
    const votes = this.#countNew(tx, isOld ? NODE_CATCHING_UP : this.#rejectingRule(tx, timeSec));
    if (votes > 0) this.#addVotes(tx, txid, 0, timeSec, false);
  }

  #rejectingRule(tx: Tx, timeSec: number): number {
    const sinceSec = timeSec - DAY_SEC;
    return rejectingTxRule(tx, (bytes, at) => this.#seen.seenSince(bytes, at, sinceSec));
  }

  #connectBlock(timeSec: number): void {
    this.#catchUp.blockConnected(timeSec);
    if (!this.#catchUp.isCertain(timeSec)) {
      this.#hasForgotten &&= this.#catchUp.isOn(timeSec);
    } else if (!this.#hasForgotten && this.#blockTimeSec < this.#liveVoteSec - PRICE_AGE_SEC_MAX) {
      this.#forgetLive();
    }
  }

  /**
   * The first blocks of a node that catches up have voted as of now before it was known. Where no
   * header says that they are of today, a price of another year might stand as live: better none.
   */
  #forgetLive(): void {
    this.#hasForgotten = true;
    this.#live = new PriceFilter();
    this.#liveVoteSec = 0;
    this.#window = new VoteWindow(this.#windowSec);
    this.#takenSequence = 0;
    this.#estimate = null;
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
    block.visit((tx, txids, at) => this.#acceptConfirmed(tx, txids, at, votes, timeSec));
    this.#blockVotes.add(this.#blockTimeSec, votes);
    this.#renewConfirmedView();
  }

  #acceptConfirmed(
    tx: Tx,
    txids: Uint8Array,
    txidAt: number,
    blockVotes: number[],
    arrivalSec: number,
  ): void {
    const timeSec = this.#blockTimeSec;
    // A reorganised chain confirms again what the blocks it gave up had confirmed.
    if (!this.#inBlock.add(txids, txidAt, timeSec)) return;
    const isNew = this.#seen.add(txids, txidAt, timeSec);
    if (isNew && tx.coinbase) this.#connectBlock(arrivalSec);
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
    } else {
      const isOld = rule === NO_RULE && this.#isOldNews(timeSec);
      if (this.#countNew(tx, isOld ? NODE_CATCHING_UP : rule) === 0) return;
      this.#addVotes(tx, txids, txidAt, timeSec, true);
    }
  }

  /** Votes at such a time would count as of now: the live filter does not go back. */
  #isOldNews(blockTimeSec: number): boolean {
    return blockTimeSec < this.#liveVoteSec - BLOCK_AGE_SEC_MAX;
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
    this.#liveVoteSec = Math.max(this.#liveVoteSec, timeSec);
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
