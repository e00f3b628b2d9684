import { AmountBins } from './amount-bins.ts';
import { outpointHigh, outpointLow, txidHigh, txidLow } from './fingerprint.ts';
import { FingerprintTable } from './fingerprint-table.ts';
import type { AmountHistogram } from './snapshot.ts';
import type { Tx } from './tx.ts';
import { VoteRing, VoteState } from './vote-ring.ts';
import { VOTING_INPUTS_MAX, VOTING_OUTPUTS } from './vote-rules.ts';

export const WINDOW_SEC: number = 3 * 3600;
const CAPACITY_START = 1024;
/** 1 M voting transactions in 3 h are a hundred a second: ten times what the network can carry. */
const CAPACITY_MAX = 2 ** 20;

/** A vote that is withdrawn or shown, with the time it was added at. */
export type VoteVisitor = (amountSats: number, timeSec: number) => void;

/**
 * The transactions whose votes count now: those seen within the last hours, whether confirmed
 * meanwhile or not. Knows which outpoints they spend, so that a replacement takes the place of
 * what it replaces. Adding, removing and expiring one transaction cost the same however many there
 * are. At its largest size the oldest leave early.
 *
 * Expiry goes from the oldest added on; a transaction added late with an older time leaves
 * together with those added before it.
 */
export class VoteWindow {
  readonly #lengthSec: number;
  readonly #capacityMax: number;
  #ring = new VoteRing(CAPACITY_START);
  /** Sequence numbers (their low 32 bits) by txid and by spent outpoint. */
  readonly #byTxid = new FingerprintTable((length) => new Int32Array(length));
  readonly #byOutpoint = new FingerprintTable((length) => new Int32Array(length));
  readonly #bins = new AmountBins();
  #votes = 0;

  constructor(lengthSec: number = WINDOW_SEC, capacityMax: number = CAPACITY_MAX) {
    this.#lengthSec = lengthSec;
    this.#capacityMax = capacityMax;
  }

  /** Transactions with votes in the window. */
  get transactions(): number {
    return this.#byTxid.size;
  }

  /** Outputs that vote in the window. */
  get votes(): number {
    return this.#votes;
  }

  /** Sequence number that the next transaction gets; they rise by one each. */
  get nextSequence(): number {
    return this.#ring.next;
  }

  get memoryBytes(): number {
    return this.#ring.memoryBytes + this.#byTxid.memoryBytes + this.#byOutpoint.memoryBytes;
  }

  histogram(): AmountHistogram {
    return this.#bins.histogram();
  }

  /**
   * Adds a transaction that conflicts with none in the window (see `withdrawConflicts`); false
   * when it is there already. `votesSats` holds its two amounts, 0 for an output without a vote.
   */
  add(
    tx: Tx,
    txid: Uint8Array,
    txidAt: number,
    votesSats: Float64Array,
    timeSec: number,
    confirmed: boolean,
  ): boolean {
    const low = txidLow(txid, txidAt);
    const high = txidHigh(txid, txidAt);
    if (this.#byTxid.find(low, high) >= 0) return false;
    this.#makeRoom();
    const ring = this.#ring;
    const sequence = ring.next;
    const slot = ring.slot(sequence);
    ring.next += 1;
    ring.times[slot] = timeSec;
    ring.states[slot] = confirmed ? VoteState.confirmed : VoteState.unconfirmed;
    ring.txidLows[slot] = low;
    ring.txidHighs[slot] = high;
    this.#byTxid.insert(low, high, sequence);
    this.#addOutpoints(tx, slot, sequence);
    this.#addVotes(slot, votesSats);
    return true;
  }

  #addVotes(slot: number, votesSats: Float64Array): void {
    const ring = this.#ring;
    for (let i = 0; i < VOTING_OUTPUTS; i += 1) {
      const sats = votesSats[i]!;
      ring.sats[slot * VOTING_OUTPUTS + i] = sats;
      if (sats === 0) continue;
      this.#votes += 1;
      this.#bins.add(sats);
    }
  }

  /**
   * Removes every transaction that spends an outpoint this one spends too, telling the votes that
   * go. The transaction itself does not conflict with itself. Returns how many were removed.
   */
  withdrawConflicts(tx: Tx, txid: Uint8Array, txidAt: number, withdraw: VoteVisitor): number {
    const ownLow = txidLow(txid, txidAt);
    const ownHigh = txidHigh(txid, txidAt);
    let removed = 0;
    for (let i = 0; i < tx.inputCount; i += 1) {
      const at = tx.prevoutOffsets[i]!;
      const found = this.#byOutpoint.find(outpointLow(tx.bytes, at), outpointHigh(tx.bytes, at));
      if (found < 0) continue;
      const slot = this.#ring.slot(this.#byOutpoint.valueAt(found));
      const { txidLows, txidHighs } = this.#ring;
      if (txidLows[slot] === ownLow && txidHighs[slot] === ownHigh) continue;
      this.#remove(slot, withdraw);
      removed += 1;
    }
    return removed;
  }

  /** Moves a transaction to the confirmed ones; false when it is not in the window. */
  confirm(txid: Uint8Array, txidAt: number): boolean {
    const found = this.#byTxid.find(txidLow(txid, txidAt), txidHigh(txid, txidAt));
    if (found < 0) return false;
    this.#ring.states[this.#ring.slot(this.#byTxid.valueAt(found))] = VoteState.confirmed;
    return true;
  }

  /** Lets go of what is older than the window at a time. */
  expire(nowSec: number): void {
    const ring = this.#ring;
    const oldestSec = nowSec - this.#lengthSec;
    while (ring.first < ring.next) {
      const slot = ring.slot(ring.first);
      if (ring.states[slot] !== VoteState.gone && ring.times[slot]! >= oldestSec) return;
      this.#dropFirst();
    }
  }

  /**
   * Shows the votes of unconfirmed transactions from the newest back to the one with sequence
   * number `since`, until `visit` returns false.
   */
  visitUnconfirmed(since: number, visit: (amountSats: number, timeSec: number) => boolean): void {
    const ring = this.#ring;
    const oldest = Math.max(since, ring.first);
    for (let sequence = ring.next - 1; sequence >= oldest; sequence -= 1) {
      const slot = ring.slot(sequence);
      if (ring.states[slot] !== VoteState.unconfirmed) continue;
      for (let i = VOTING_OUTPUTS - 1; i >= 0; i -= 1) {
        const sats = ring.sats[slot * VOTING_OUTPUTS + i]!;
        if (sats !== 0 && !visit(sats, ring.times[slot]!)) return;
      }
    }
  }

  #makeRoom(): void {
    if (!this.#ring.full) return;
    if (this.#ring.capacity < this.#capacityMax) this.#ring = this.#ring.doubled();
    else this.#dropFirst();
  }

  #dropFirst(): void {
    const slot = this.#ring.slot(this.#ring.first);
    if (this.#ring.states[slot] !== VoteState.gone) this.#remove(slot, null);
    this.#ring.first += 1;
  }

  #addOutpoints(tx: Tx, slot: number, sequence: number): void {
    const count = Math.min(tx.inputCount, VOTING_INPUTS_MAX);
    this.#ring.inputCounts[slot] = count;
    for (let i = 0; i < count; i += 1) {
      const low = outpointLow(tx.bytes, tx.prevoutOffsets[i]!);
      const high = outpointHigh(tx.bytes, tx.prevoutOffsets[i]!);
      this.#ring.outpointLows[slot * VOTING_INPUTS_MAX + i] = low;
      this.#ring.outpointHighs[slot * VOTING_INPUTS_MAX + i] = high;
      this.#byOutpoint.insert(low, high, sequence);
    }
  }

  #remove(slot: number, withdraw: VoteVisitor | null): void {
    const ring = this.#ring;
    ring.states[slot] = VoteState.gone;
    this.#byTxid.removeAt(this.#byTxid.find(ring.txidLows[slot]!, ring.txidHighs[slot]!));
    for (let i = 0; i < ring.inputCounts[slot]!; i += 1) {
      const at = slot * VOTING_INPUTS_MAX + i;
      const found = this.#byOutpoint.find(ring.outpointLows[at]!, ring.outpointHighs[at]!);
      this.#byOutpoint.removeAt(found);
    }
    for (let i = 0; i < VOTING_OUTPUTS; i += 1) {
      const sats = ring.sats[slot * VOTING_OUTPUTS + i]!;
      if (sats === 0) continue;
      this.#votes -= 1;
      this.#bins.remove(sats);
      withdraw?.(sats, ring.times[slot]!);
    }
  }
}
