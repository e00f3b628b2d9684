import type { SerializedTx } from './tx-bytes.ts';

/** A transaction on its way, as the demo's node sees it. */
export interface MempoolEntry {
  readonly tx: SerializedTx;
  readonly feeSats: number;
  readonly timeSec: number;
  /** Satoshi per weight unit, no more than that of any unconfirmed parent. */
  readonly rate: number;
  state: 'pending' | 'confirmed' | 'replaced' | 'evicted';
  /** Pending transactions that spend its outputs. */
  children: number;
}

/** A node with this many waiting lets the lowest fees go; it announces nothing then. */
const ENTRIES_MAX = 20_000;
/** Fresh transactions have not reached every miner yet. */
const MINED_AGE_SEC_MIN = 20;

/** The transactions that wait for a block. */
export class Mempool {
  /** Replaced ones stay in here until the next block or eviction. */
  #pending: MempoolEntry[] = [];

  add(
    tx: SerializedTx,
    feeSats: number,
    timeSec: number,
    parents: readonly MempoolEntry[],
  ): MempoolEntry {
    let rate = feeSats / tx.weight;
    for (const parent of parents) {
      if (parent.state !== 'pending') continue;
      parent.children++;
      rate = Math.min(rate, parent.rate);
    }
    const entry: MempoolEntry = { tx, feeSats, timeSec, rate, state: 'pending', children: 0 };
    this.#pending.push(entry);
    if (this.#pending.length > ENTRIES_MAX) this.#evict(Math.floor(ENTRIES_MAX / 20));
    return entry;
  }

  replace(entry: MempoolEntry): void {
    entry.state = 'replaced';
  }

  /**
   * Takes the best paying transactions that fit into so many weight units. No rate is above that
   * of a parent and the sort is stable, so parents stand before their children.
   */
  mine(timeSec: number, weightMax: number): MempoolEntry[] {
    const bornSecMax = timeSec - MINED_AGE_SEC_MIN;
    const old = this.#pending.filter(
      (each) => each.state === 'pending' && each.timeSec <= bornSecMax,
    );
    const mined: MempoolEntry[] = [];
    let weight = 0;
    for (const entry of old.sort((a, b) => b.rate - a.rate)) {
      if (weight + entry.tx.weight > weightMax) break;
      weight += entry.tx.weight;
      entry.state = 'confirmed';
      mined.push(entry);
    }
    this.#pending = this.#pending.filter((each) => each.state === 'pending');
    return mined;
  }

  #evict(count: number): void {
    const ranked = this.#pending.filter((each) => each.state === 'pending');
    ranked.sort((a, b) => b.rate - a.rate);
    for (const entry of ranked.slice(-count)) entry.state = 'evicted';
    this.#pending = this.#pending.filter((each) => each.state === 'pending');
  }
}
