import { txidHigh, txidLow } from './fingerprint.ts';
import { FingerprintTable } from './fingerprint-table.ts';

/** Divides a day evenly, so that a time cut down to it stays on its UTC day. */
const UNIT_SEC = 60;
/** Times are kept modulo 2^16 minutes, 45 days; entries are gone long before that. */
const UNIT_MASK = 0xffff;
/** The whole table is looked through for expired entries once in this many minutes. */
const SWEEP_UNITS = 120;
/** 4 M slots, 42 MB: room for 3 M txids, some five full days of them. */
const CAPACITY_MAX = 2 ** 22;

/**
 * When each txid was first seen, for a while: 10 bytes a slot. Times may come out of order, but
 * "now" is the latest that was given. Expired entries read as absent at once and are removed by a
 * sweep that moves on with time, so no call has to look at the whole table (except the one after
 * a silence longer than the retention, which clears it). Should the table be full at its largest,
 * the oldest entries go early.
 */
export class TxidMemory {
  readonly #retentionUnits: number;
  readonly #capacityMax: number;
  readonly #table = new FingerprintTable((length) => new Uint16Array(length));
  #nowUnit = 0;
  #sweepAt = 0;

  /** Retention in seconds, a whole number of minutes up to 30 days. */
  constructor(retentionSec: number, capacityMax: number = CAPACITY_MAX) {
    this.#retentionUnits = Math.ceil(retentionSec / UNIT_SEC);
    this.#capacityMax = capacityMax;
  }

  /** Entries held, including some expired ones that the sweep has not reached. */
  get size(): number {
    return this.#table.size;
  }

  get memoryBytes(): number {
    return this.#table.memoryBytes;
  }

  /** Remembers the txid at an offset; false when it is remembered already, which stays as it was. */
  add(bytes: Uint8Array, at: number, timeSec: number): boolean {
    this.#advance(timeSec);
    const unit = Math.floor(timeSec / UNIT_SEC);
    const low = txidLow(bytes, at);
    const high = txidHigh(bytes, at);
    const slot = this.#table.find(low, high);
    if (slot < 0) {
      this.#makeRoom();
      this.#table.insert(low, high, unit & UNIT_MASK);
      return true;
    }
    if (this.#age(slot) <= this.#retentionUnits) return false;
    this.#table.setValueAt(slot, unit & UNIT_MASK);
    return true;
  }

  /** Whether the txid at an offset was first seen at `sinceSec` or later, to the minute. */
  seenSince(bytes: Uint8Array, at: number, sinceSec: number): boolean {
    const slot = this.#table.find(txidLow(bytes, at), txidHigh(bytes, at));
    if (slot < 0) return false;
    const age = this.#age(slot);
    return age <= this.#retentionUnits && age <= this.#nowUnit - Math.floor(sinceSec / UNIT_SEC);
  }

  #age(slot: number): number {
    return (this.#nowUnit - this.#table.valueAt(slot)) & UNIT_MASK;
  }

  #advance(timeSec: number): void {
    const unit = Math.floor(timeSec / UNIT_SEC);
    const passed = unit - this.#nowUnit;
    if (passed <= 0) return;
    this.#nowUnit = unit;
    if (passed > this.#retentionUnits) {
      this.#table.clear();
      return;
    }
    const { capacity } = this.#table;
    const slots = Math.min(capacity, Math.ceil((capacity * passed) / SWEEP_UNITS));
    this.#sweep(slots, this.#retentionUnits);
  }

  #sweep(slots: number, ageMax: number): void {
    const mask = this.#table.capacity - 1;
    for (let i = 0; i < slots; i += 1) {
      const slot = this.#sweepAt & mask;
      while (this.#table.isUsed(slot) && this.#age(slot) > ageMax) this.#table.removeAt(slot);
      this.#sweepAt = (slot + 1) & mask;
    }
  }

  /** At the largest size, shortens the memory by halves until half of the table is free. */
  #makeRoom(): void {
    const { capacity } = this.#table;
    if (capacity < this.#capacityMax || !this.#table.full) return;
    let ageMax = this.#retentionUnits;
    while (this.#table.size > capacity / 2) {
      this.#sweep(capacity, ageMax);
      // At age 0 everything is of this very minute; keeping none of it is the only bound left.
      ageMax = ageMax > 0 ? ageMax >> 1 : -1;
    }
  }
}
