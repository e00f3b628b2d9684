import { VOTING_INPUTS_MAX, VOTING_OUTPUTS } from './vote-rules.ts';

/** What became of a transaction in the window. */
export const VoteState: Readonly<Record<'gone' | 'unconfirmed' | 'confirmed', number>> =
  Object.freeze({ gone: 0, unconfirmed: 1, confirmed: 2 });

/**
 * The columns in which voting transactions lie, oldest first, in a ring that doubles when it is
 * full. A transaction is known by its sequence number, which never changes; `slot` tells where it
 * lies now. 75 bytes a slot.
 */
export class VoteRing {
  times: Float64Array;
  txidLows: Uint32Array;
  txidHighs: Uint32Array;
  states: Uint8Array;
  inputCounts: Uint8Array;
  /** Two a transaction; 0 where the output does not vote. */
  sats: Float64Array;
  /** As many a transaction as one that votes may have inputs. */
  outpointLows: Uint32Array;
  outpointHighs: Uint32Array;
  /** Sequence number of the oldest transaction, and the one after the newest. */
  first = 0;
  next = 0;

  constructor(capacity: number) {
    this.times = new Float64Array(capacity);
    this.txidLows = new Uint32Array(capacity);
    this.txidHighs = new Uint32Array(capacity);
    this.states = new Uint8Array(capacity);
    this.inputCounts = new Uint8Array(capacity);
    this.sats = new Float64Array(capacity * VOTING_OUTPUTS);
    this.outpointLows = new Uint32Array(capacity * VOTING_INPUTS_MAX);
    this.outpointHighs = new Uint32Array(capacity * VOTING_INPUTS_MAX);
  }

  get capacity(): number {
    return this.times.length;
  }

  get full(): boolean {
    return this.next - this.first === this.capacity;
  }

  get memoryBytes(): number {
    const columns = [this.times, this.txidLows, this.txidHighs, this.states, this.inputCounts];
    const wide = [this.sats, this.outpointLows, this.outpointHighs];
    return [...columns, ...wide].reduce((sum, column) => sum + column.byteLength, 0);
  }

  /** Right for any sequence number below 2^53: bit operations take it modulo 2^32. */
  slot(sequence: number): number {
    return sequence & (this.capacity - 1);
  }

  /** A ring of twice the size with the same transactions under the same sequence numbers. */
  doubled(): VoteRing {
    const larger = new VoteRing(this.capacity * 2);
    larger.first = this.first;
    larger.next = this.next;
    for (let sequence = this.first; sequence < this.next; sequence += 1) {
      this.#copyTo(larger, this.slot(sequence), larger.slot(sequence));
    }
    return larger;
  }

  #copyTo(other: VoteRing, from: number, to: number): void {
    other.times[to] = this.times[from]!;
    other.txidLows[to] = this.txidLows[from]!;
    other.txidHighs[to] = this.txidHighs[from]!;
    other.states[to] = this.states[from]!;
    other.inputCounts[to] = this.inputCounts[from]!;
    for (let i = 0; i < VOTING_OUTPUTS; i += 1) {
      other.sats[to * VOTING_OUTPUTS + i] = this.sats[from * VOTING_OUTPUTS + i]!;
    }
    for (let i = 0; i < VOTING_INPUTS_MAX; i += 1) {
      other.outpointLows[to * VOTING_INPUTS_MAX + i] =
        this.outpointLows[from * VOTING_INPUTS_MAX + i]!;
      other.outpointHighs[to * VOTING_INPUTS_MAX + i] =
        this.outpointHighs[from * VOTING_INPUTS_MAX + i]!;
    }
  }
}
