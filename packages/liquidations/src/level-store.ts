/**
 * The open positions of one side, by liquidation price.
 *
 * Prices are cut into cells, some to a bucket; each cell holds its positions as an unordered list of
 * exact prices and units, and their sums. A sweep takes whole cells and looks at single positions
 * only in the cell where it ends: so taking is exact, adding is O(1), and drawing a map is a walk
 * over sums. Each position has units of two kinds, one for each crowd. What a unit is worth is the
 * caller's matter: closing a share of everything is one multiplication there, not a walk here.
 */
import { Buckets } from './buckets.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import type { Side } from './candle.ts';

const NONE = -1;
const SLOTS_MIN = 1_024;
const CELLS_MIN = 1_024;
/** A price beyond goes to the last cell: still taken exactly, only drawn too low. */
const CELLS_MAX = 2 ** 20;
/**
 * Cells to a bucket: the fewer positions in a cell, the fewer are looked at where a sweep ends. A
 * power of two, so that cells and buckets agree to the last bit on where an edge is.
 */
const CELLS_A_BUCKET = 4;

/** Buckets that hold something, by rising index, and what each holds. */
export interface BucketUsd {
  readonly indexes: readonly number[];
  readonly usd: readonly number[];
}

export class LevelStore {
  readonly #long: boolean;
  readonly #bucketUsd: number;
  readonly #cells: Buckets;
  /** First slot of each cell's list, and at 2·cell and 2·cell + 1 the units in it. */
  #heads: Int32Array = new Int32Array(CELLS_MIN).fill(NONE);
  #sums: Float64Array = new Float64Array(2 * CELLS_MIN);
  /** No occupied cell lies outside these two. */
  #lowest = CELLS_MAX;
  #highest = -1;
  #prices: Float64Array = new Float64Array(SLOTS_MIN);
  /** At 2·slot and 2·slot + 1. */
  #units: Float64Array = new Float64Array(2 * SLOTS_MIN);
  /** The next slot of the same list, be it a cell's or that of the free ones. */
  #next: Int32Array = new Int32Array(SLOTS_MIN);
  #free = NONE;
  /** Slots from here on were never used. */
  #fresh = 0;
  #count = 0;
  /** Units held. */
  #total0 = 0;
  #total1 = 0;
  /** Units that the running or last removal took. */
  #taken0 = 0;
  #taken1 = 0;

  constructor(side: Side, bucketUsd: number) {
    this.#long = side === 'long';
    this.#bucketUsd = bucketUsd;
    this.#cells = new Buckets(bucketUsd / CELLS_A_BUCKET);
  }

  /** Positions held. */
  get count(): number {
    return this.#count;
  }

  /** Positions there is room for without growing. */
  get capacity(): number {
    return this.#prices.length;
  }

  /** What is held, at so much a unit of each kind. */
  worth(unit0: number, unit1: number): number {
    return this.#total0 * unit0 + this.#total1 * unit1;
  }

  /** Units of the first kind that the last `sweep` or `dropBelow` took. */
  get taken0(): number {
    return this.#taken0;
  }

  get taken1(): number {
    return this.#taken1;
  }

  add(priceUsd: number, units0: number, units1: number): void {
    const cell = this.#cellOf(priceUsd);
    if (cell >= this.#heads.length) this.#growCells(cell);
    const slot = this.#takeSlot();
    this.#prices[slot] = priceUsd;
    this.#units[2 * slot] = units0;
    this.#units[2 * slot + 1] = units1;
    this.#next[slot] = this.#heads[cell]!;
    this.#heads[cell] = slot;
    this.#sums[2 * cell]! += units0;
    this.#sums[2 * cell + 1]! += units1;
    if (cell < this.#lowest) this.#lowest = cell;
    if (cell > this.#highest) this.#highest = cell;
    this.#count += 1;
    this.#total0 += units0;
    this.#total1 += units1;
  }

  /**
   * Takes every position that a price reaches, one at the price itself included: of longs those at
   * or above it, of shorts those at or below. `taken0` and `taken1` tell how much that was.
   */
  sweep(priceUsd: number): void {
    this.#taken0 = 0;
    this.#taken1 = 0;
    if (this.#count === 0) return;
    const last = this.#cellOf(priceUsd);
    if (this.#long) {
      for (; this.#highest > last && this.#count > 0; this.#highest -= 1) {
        this.#takeCell(this.#highest);
      }
    } else {
      for (; this.#lowest < last && this.#count > 0; this.#lowest += 1) {
        this.#takeCell(this.#lowest);
      }
    }
    if (last >= this.#lowest && last <= this.#highest) this.#takeFrom(last, priceUsd);
    this.#settle();
  }

  /** Takes every position worth less, at so much a unit of each kind. */
  dropBelow(worth: number, unit0: number, unit1: number): void {
    this.#taken0 = 0;
    this.#taken1 = 0;
    for (let cell = this.#lowest; cell <= this.#highest; cell += 1) {
      let previous = this.#openCell(cell);
      for (let slot = this.#heads[cell]!; slot !== NONE; ) {
        const own = this.#units[2 * slot]! * unit0 + this.#units[2 * slot + 1]! * unit1;
        const following = this.#next[slot]!;
        if (own < worth) this.#take(cell, previous, slot);
        else previous = this.#leave(cell, slot);
        slot = following;
      }
    }
    this.#settle();
  }

  /** Makes all units of one kind, 0 or 1, larger or smaller by a power of two, which is exact. */
  rescale(kind: 0 | 1, factor: number): void {
    for (let at = kind; at < 2 * this.#fresh; at += 2) this.#units[at]! *= factor;
    for (let cell = this.#lowest; cell <= this.#highest; cell += 1) {
      this.#sums[2 * cell + kind]! *= factor;
    }
    if (kind === 0) this.#total0 *= factor;
    else this.#total1 *= factor;
  }

  /**
   * What each bucket of a size holds, at so much a unit of each kind. Empty ones are left out: one
   * price far off, or one that fell to nothing, must not cost what all between would.
   */
  usdByBucket(buckets: Buckets, unit0: number, unit1: number): BucketUsd {
    if (buckets.sizeUsd !== this.#bucketUsd) return this.#gathered(buckets, unit0, unit1);
    const indexes: number[] = [];
    const usd: number[] = [];
    for (let cell = this.#lowest; cell <= this.#highest; cell += 1) {
      if (this.#heads[cell] === NONE) continue;
      const worth = this.#sums[2 * cell]! * unit0 + this.#sums[2 * cell + 1]! * unit1;
      const index = Math.floor(cell / CELLS_A_BUCKET);
      if (index === indexes.at(-1)) usd[usd.length - 1]! += worth;
      else {
        indexes.push(index);
        usd.push(worth);
      }
    }
    return { indexes, usd };
  }

  /** Doubles the room. */
  grow(): void {
    const capacity = 2 * this.#prices.length;
    const [prices, units, next] = [this.#prices, this.#units, this.#next];
    this.#prices = new Float64Array(capacity);
    this.#units = new Float64Array(2 * capacity);
    this.#next = new Int32Array(capacity);
    this.#prices.set(prices);
    this.#units.set(units);
    this.#next.set(next);
  }

  /** A copy that shares nothing with this one. */
  clone(): LevelStore {
    const copy = new LevelStore(this.#long ? 'long' : 'short', this.#bucketUsd);
    copy.#heads = this.#heads.slice();
    copy.#sums = this.#sums.slice();
    copy.#lowest = this.#lowest;
    copy.#highest = this.#highest;
    // Only what was ever used is worth copying.
    copy.#prices = new Float64Array(this.capacity);
    copy.#prices.set(this.#prices.subarray(0, this.#fresh));
    copy.#units = new Float64Array(2 * this.capacity);
    copy.#units.set(this.#units.subarray(0, 2 * this.#fresh));
    copy.#next = new Int32Array(this.capacity);
    copy.#next.set(this.#next.subarray(0, this.#fresh));
    copy.#free = this.#free;
    copy.#fresh = this.#fresh;
    copy.#count = this.#count;
    copy.#total0 = this.#total0;
    copy.#total1 = this.#total1;
    return copy;
  }

  /**
   * Writes everything that later results depend on. The order within a cell is part of that, since
   * sums of floats depend on it, and so is the room, as small ones are dropped when it runs out.
   */
  save(out: ByteWriter): void {
    out.uint(this.capacity);
    out.uint(this.#heads.length);
    out.uint(this.#count);
    out.float(this.#total0);
    out.float(this.#total1);
    for (let cell = this.#lowest; cell <= this.#highest; cell += 1) {
      const slots = [...this.#slotsOf(cell)];
      if (slots.length === 0) continue;
      out.uint(cell);
      out.uint(slots.length);
      out.float(this.#sums[2 * cell]!);
      out.float(this.#sums[2 * cell + 1]!);
      for (const slot of slots) {
        out.float(this.#prices[slot]!);
        out.float(this.#units[2 * slot]!);
        out.float(this.#units[2 * slot + 1]!);
      }
    }
  }

  static restore(side: Side, bucketUsd: number, from: ByteReader): LevelStore {
    const store = new LevelStore(side, bucketUsd);
    const capacity = from.uint();
    store.#prices = new Float64Array(capacity);
    store.#units = new Float64Array(2 * capacity);
    store.#next = new Int32Array(capacity);
    store.#heads = new Int32Array(from.uint()).fill(NONE);
    store.#sums = new Float64Array(2 * store.#heads.length);
    store.#count = from.uint();
    store.#total0 = from.float();
    store.#total1 = from.float();
    while (store.#fresh < store.#count) store.#restoreCell(from);
    return store;
  }

  #restoreCell(from: ByteReader): void {
    const cell = from.uint();
    const length = from.uint();
    this.#sums[2 * cell] = from.float();
    this.#sums[2 * cell + 1] = from.float();
    this.#lowest = Math.min(this.#lowest, cell);
    this.#highest = cell;
    this.#heads[cell] = this.#fresh;
    for (let i = 0; i < length; i += 1) {
      const slot = this.#fresh;
      this.#prices[slot] = from.float();
      this.#units[2 * slot] = from.float();
      this.#units[2 * slot + 1] = from.float();
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

  #takeCell(cell: number): void {
    const head = this.#heads[cell]!;
    if (head === NONE) return;
    let slot = head;
    let length = 1;
    for (; this.#next[slot] !== NONE; slot = this.#next[slot]!) length += 1;
    this.#next[slot] = this.#free;
    this.#free = head;
    this.#count -= length;
    this.#taken0 += this.#sums[2 * cell]!;
    this.#taken1 += this.#sums[2 * cell + 1]!;
    this.#heads[cell] = NONE;
    this.#sums[2 * cell] = 0;
    this.#sums[2 * cell + 1] = 0;
  }

  #takeFrom(cell: number, priceUsd: number): void {
    let previous = this.#openCell(cell);
    for (let slot = this.#heads[cell]!; slot !== NONE; ) {
      const own = this.#prices[slot]!;
      const following = this.#next[slot]!;
      if (this.#long ? own >= priceUsd : own <= priceUsd) this.#take(cell, previous, slot);
      else previous = this.#leave(cell, slot);
      slot = following;
    }
  }

  /**
   * Begins a walk over a cell's list that takes some positions and leaves the others in their order.
   * The sums are taken anew from what is left: subtracting would leave specks where nothing is.
   */
  #openCell(cell: number): number {
    this.#sums[2 * cell] = 0;
    this.#sums[2 * cell + 1] = 0;
    return NONE;
  }

  #take(cell: number, previous: number, slot: number): void {
    this.#taken0 += this.#units[2 * slot]!;
    this.#taken1 += this.#units[2 * slot + 1]!;
    if (previous === NONE) this.#heads[cell] = this.#next[slot]!;
    else this.#next[previous] = this.#next[slot]!;
    this.#next[slot] = this.#free;
    this.#free = slot;
    this.#count -= 1;
  }

  #leave(cell: number, slot: number): number {
    this.#sums[2 * cell]! += this.#units[2 * slot]!;
    this.#sums[2 * cell + 1]! += this.#units[2 * slot + 1]!;
    return slot;
  }

  #settle(): void {
    if (this.#count > 0) {
      this.#total0 -= this.#taken0;
      this.#total1 -= this.#taken1;
      return;
    }
    // Everything went: what was held is what was taken, to the last bit.
    this.#taken0 = this.#total0;
    this.#taken1 = this.#total1;
    this.#total0 = 0;
    this.#total1 = 0;
    this.#lowest = CELLS_MAX;
    this.#highest = -1;
  }

  /** Position by position, as a cell may reach into several buckets of another size. */
  #gathered(buckets: Buckets, unit0: number, unit1: number): BucketUsd {
    const found = new Map<number, number>();
    for (let cell = this.#lowest; cell <= this.#highest; cell += 1) {
      for (let slot = this.#heads[cell]!; slot !== NONE; slot = this.#next[slot]!) {
        const worth = this.#units[2 * slot]! * unit0 + this.#units[2 * slot + 1]! * unit1;
        const index = buckets.indexOf(this.#prices[slot]!);
        found.set(index, (found.get(index) ?? 0) + worth);
      }
    }
    const indexes = [...found.keys()].sort((a, b) => a - b);
    return { indexes, usd: indexes.map((index) => found.get(index)!) };
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
    this.#sums = new Float64Array(2 * length);
    this.#heads.set(heads);
    this.#sums.set(sums);
  }
}
