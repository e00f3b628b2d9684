/**
 * The open positions of one side, by liquidation price.
 *
 * Prices are cut into cells of one bucket; each cell holds its positions as an unordered list of
 * exact prices and units, and their sum. A sweep takes whole cells and looks at single positions
 * only in the cell where it ends: so taking is exact, adding is O(1), and drawing a map is a walk
 * over sums. What a unit is worth is the caller's matter: closing a share of everything is one
 * multiplication there, not a walk here.
 */
import { Buckets } from './buckets.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import type { Side } from './candle.ts';

const NONE = -1;
const SLOTS_MIN = 1_024;
const CELLS_MIN = 1_024;
/** A price beyond goes to the last cell: still taken exactly, only drawn too low. */
const CELLS_MAX = 2 ** 20;

export class LevelStore {
  readonly #side: Side;
  readonly #cells: Buckets;
  /** First slot of each cell's list, and the units in it. */
  #heads: Int32Array = new Int32Array(CELLS_MIN).fill(NONE);
  #sums: Float64Array = new Float64Array(CELLS_MIN);
  /** No occupied cell lies outside these two. */
  #lowest = CELLS_MAX;
  #highest = -1;
  #prices: Float64Array = new Float64Array(SLOTS_MIN);
  #units: Float64Array = new Float64Array(SLOTS_MIN);
  /** The next slot of the same list, be it a cell's or that of the free ones. */
  #next: Int32Array = new Int32Array(SLOTS_MIN);
  #free = NONE;
  /** Slots from here on were never used. */
  #fresh = 0;
  #count = 0;
  #total = 0;

  constructor(side: Side, cellUsd: number) {
    this.#side = side;
    this.#cells = new Buckets(cellUsd);
  }

  /** Positions held. */
  get count(): number {
    return this.#count;
  }

  /** Units held. */
  get units(): number {
    return this.#total;
  }

  /** Positions there is room for without growing. */
  get capacity(): number {
    return this.#prices.length;
  }

  add(priceUsd: number, units: number): void {
    const cell = this.#cellOf(priceUsd);
    if (cell >= this.#heads.length) this.#growCells(cell);
    const slot = this.#takeSlot();
    this.#prices[slot] = priceUsd;
    this.#units[slot] = units;
    this.#next[slot] = this.#heads[cell]!;
    this.#heads[cell] = slot;
    this.#sums[cell]! += units;
    if (cell < this.#lowest) this.#lowest = cell;
    if (cell > this.#highest) this.#highest = cell;
    this.#count += 1;
    this.#total += units;
  }

  /**
   * Takes every position that a price reaches, one at the price itself included: of longs those at
   * or above it, of shorts those at or below.
   *
   * @returns the units taken
   */
  sweep(priceUsd: number): number {
    const last = this.#cellOf(priceUsd);
    let taken = 0;
    if (this.#side === 'long') {
      for (; this.#highest > last && this.#count > 0; this.#highest -= 1) {
        taken += this.#takeCell(this.#highest);
      }
    } else {
      for (; this.#lowest < last && this.#count > 0; this.#lowest += 1) {
        taken += this.#takeCell(this.#lowest);
      }
    }
    if (last >= this.#lowest && last <= this.#highest) taken += this.#takeFrom(last, priceUsd);
    return this.#settle(taken);
  }

  /** Takes every position of fewer units than that, and returns how many units they were. */
  dropBelow(units: number): number {
    let dropped = 0;
    for (let cell = this.#lowest; cell <= this.#highest; cell += 1) {
      dropped += this.#filter(cell, (slot) => this.#units[slot]! >= units);
    }
    return this.#settle(dropped);
  }

  /** Makes all units larger or smaller by a power of two, which is exact. */
  rescale(factor: number): void {
    for (let slot = 0; slot < this.#fresh; slot += 1) this.#units[slot]! *= factor;
    for (let cell = this.#lowest; cell <= this.#highest; cell += 1) this.#sums[cell]! *= factor;
    this.#total *= factor;
  }

  /**
   * Adds what each bucket holds to a list whose index 0 is the bucket at 0. Only buckets that hold
   * something are touched.
   *
   * @param worth - of a unit
   */
  addTo(list: number[], buckets: Buckets, worth: number): void {
    const same = buckets.sizeUsd === this.#cells.sizeUsd;
    for (let cell = this.#lowest; cell <= this.#highest; cell += 1) {
      if (this.#heads[cell] === NONE) continue;
      if (same) list[cell] = this.#sums[cell]! * worth;
      else this.#addPositions(cell, list, buckets, worth);
    }
  }

  #addPositions(cell: number, list: number[], buckets: Buckets, worth: number): void {
    for (let slot = this.#heads[cell]!; slot !== NONE; slot = this.#next[slot]!) {
      const bucket = buckets.indexOf(this.#prices[slot]!);
      list[bucket] = (list[bucket] ?? 0) + this.#units[slot]! * worth;
    }
  }

  /** Doubles the room. */
  grow(): void {
    const capacity = 2 * this.#prices.length;
    const [prices, units, next] = [this.#prices, this.#units, this.#next];
    this.#prices = new Float64Array(capacity);
    this.#units = new Float64Array(capacity);
    this.#next = new Int32Array(capacity);
    this.#prices.set(prices);
    this.#units.set(units);
    this.#next.set(next);
  }

  /** A copy that shares nothing with this one. */
  clone(): LevelStore {
    const copy = new LevelStore(this.#side, this.#cells.sizeUsd);
    copy.#heads = this.#heads.slice();
    copy.#sums = this.#sums.slice();
    copy.#lowest = this.#lowest;
    copy.#highest = this.#highest;
    copy.#prices = this.#prices.slice();
    copy.#units = this.#units.slice();
    copy.#next = this.#next.slice();
    copy.#free = this.#free;
    copy.#fresh = this.#fresh;
    copy.#count = this.#count;
    copy.#total = this.#total;
    return copy;
  }

  /**
   * Writes everything that later results depend on. The order within a cell is part of that, since
   * sums of floats depend on it, and so is the room, since being full is when little ones are dropped.
   */
  save(out: ByteWriter): void {
    out.uint(this.capacity);
    out.uint(this.#heads.length);
    out.uint(this.#count);
    out.float(this.#total);
    for (let cell = this.#lowest; cell <= this.#highest; cell += 1) {
      const slots = [...this.#slotsOf(cell)];
      if (slots.length === 0) continue;
      out.uint(cell);
      out.uint(slots.length);
      out.float(this.#sums[cell]!);
      for (const slot of slots) {
        out.float(this.#prices[slot]!);
        out.float(this.#units[slot]!);
      }
    }
  }

  static restore(side: Side, cellUsd: number, from: ByteReader): LevelStore {
    const store = new LevelStore(side, cellUsd);
    const capacity = from.uint();
    store.#prices = new Float64Array(capacity);
    store.#units = new Float64Array(capacity);
    store.#next = new Int32Array(capacity);
    store.#heads = new Int32Array(from.uint()).fill(NONE);
    store.#sums = new Float64Array(store.#heads.length);
    store.#count = from.uint();
    store.#total = from.float();
    while (store.#fresh < store.#count) store.#restoreCell(from);
    return store;
  }

  #restoreCell(from: ByteReader): void {
    const cell = from.uint();
    const length = from.uint();
    this.#sums[cell] = from.float();
    this.#lowest = Math.min(this.#lowest, cell);
    this.#highest = cell;
    this.#heads[cell] = this.#fresh;
    for (let i = 0; i < length; i += 1) {
      const slot = this.#fresh;
      this.#prices[slot] = from.float();
      this.#units[slot] = from.float();
      this.#next[slot] = i === length - 1 ? NONE : slot + 1;
      this.#fresh += 1;
    }
  }

  *#slotsOf(cell: number): Generator<number> {
    for (let slot = this.#heads[cell]!; slot !== NONE; slot = this.#next[slot]!) yield slot;
  }

  #cellOf(priceUsd: number): number {
    return Math.min(this.#cells.indexOf(priceUsd), CELLS_MAX - 1);
  }

  #takeCell(cell: number): number {
    const head = this.#heads[cell]!;
    if (head === NONE) return 0;
    let slot = head;
    let length = 1;
    for (; this.#next[slot] !== NONE; slot = this.#next[slot]!) length += 1;
    this.#next[slot] = this.#free;
    this.#free = head;
    this.#count -= length;
    const units = this.#sums[cell]!;
    this.#heads[cell] = NONE;
    this.#sums[cell] = 0;
    return units;
  }

  #takeFrom(cell: number, priceUsd: number): number {
    return this.#side === 'long'
      ? this.#filter(cell, (slot) => this.#prices[slot]! < priceUsd)
      : this.#filter(cell, (slot) => this.#prices[slot]! > priceUsd);
  }

  /**
   * Leaves in a cell what passes, in its order, with a sum taken anew: subtracting would leave
   * specks where nothing is.
   *
   * @returns the units that went
   */
  #filter(cell: number, stays: (slot: number) => boolean): number {
    let gone = 0;
    let sum = 0;
    let previous = NONE;
    for (let slot = this.#heads[cell]!; slot !== NONE; ) {
      const following = this.#next[slot]!;
      if (stays(slot)) {
        sum += this.#units[slot]!;
        previous = slot;
      } else {
        gone += this.#units[slot]!;
        if (previous === NONE) this.#heads[cell] = following;
        else this.#next[previous] = following;
        this.#next[slot] = this.#free;
        this.#free = slot;
        this.#count -= 1;
      }
      slot = following;
    }
    this.#sums[cell] = sum;
    return gone;
  }

  #settle(taken: number): number {
    if (this.#count > 0) {
      this.#total -= taken;
      return taken;
    }
    // Everything went: what was held is what was taken, to the last bit.
    const all = this.#total;
    this.#total = 0;
    this.#lowest = CELLS_MAX;
    this.#highest = -1;
    return all;
  }

  #takeSlot(): number {
    const slot = this.#free;
    if (slot !== NONE) {
      this.#free = this.#next[slot]!;
      return slot;
    }
    if (this.#fresh === this.#prices.length) this.grow();
    this.#fresh += 1;
    return this.#fresh - 1;
  }

  #growCells(cell: number): void {
    let length = this.#heads.length;
    while (length <= cell) length *= 2;
    const [heads, sums] = [this.#heads, this.#sums];
    this.#heads = new Int32Array(length).fill(NONE);
    this.#sums = new Float64Array(length);
    this.#heads.set(heads);
    this.#sums.set(sums);
  }
}
