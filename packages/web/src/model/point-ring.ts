/**
 * Points in columns of numbers: 50,000 of them are four arrays, not 50,000 objects, and reading
 * them all for a drawing touches no garbage. Grows by doubling up to a limit, then the oldest
 * make room. Index 0 is the oldest.
 *
 * Each point that ever came has a serial number, and stands in the slot of that number modulo the
 * capacity. So a point keeps its slot while the columns are the same arrays, and a copy of them
 * elsewhere (on the graphics card) only needs what is new.
 */
export interface PointColumns {
  readonly length: number;
  /** Changes whenever the content does. */
  readonly version: number;
  /** How many points ever left: `index + firstSerial` names a point for as long as it is here. */
  readonly firstSerial: number;
  /** The columns as they lie in memory, for loops over all points; `stretches` says where. */
  readonly placesSec: Float64Array;
  readonly pricesUsd: Float64Array;
  /** The slots of the points from this index on, oldest first: none, one or two stretches. */
  stretches(fromIndex?: number): readonly Stretch[];
  /** The index of the point in a slot. */
  indexOf(slot: number): number;
  /** When it happened, unix seconds. */
  timeSec(index: number): number;
  /** Where it stands on the time axis, unix seconds. */
  placeSec(index: number): number;
  priceUsd(index: number): number;
  /** NaN where it is not known. */
  amountBtc(index: number): number;
}

/** Slots that follow each other; the last is the one before `end`. */
export type Stretch = readonly [start: number, end: number];

const CAPACITY_FIRST = 1024;

export class PointRing implements PointColumns {
  readonly #capacityMax: number;
  #time = new Float64Array(CAPACITY_FIRST);
  #place = new Float64Array(CAPACITY_FIRST);
  #price = new Float64Array(CAPACITY_FIRST);
  #amount = new Float32Array(CAPACITY_FIRST);
  #length = 0;
  #version = 0;
  #firstSerial = 0;

  /** @param capacityMax a power of two, at least 1024 */
  constructor(capacityMax = 65_536) {
    this.#capacityMax = capacityMax;
  }

  get length(): number {
    return this.#length;
  }

  get version(): number {
    return this.#version;
  }

  get firstSerial(): number {
    return this.#firstSerial;
  }

  get placesSec(): Float64Array {
    return this.#place;
  }

  get pricesUsd(): Float64Array {
    return this.#price;
  }

  stretches(fromIndex = 0): readonly Stretch[] {
    if (fromIndex >= this.#length) return [];
    const capacity = this.#time.length;
    const start = this.#slot(fromIndex);
    const end = start + this.#length - fromIndex;
    if (end <= capacity) return [[start, end]];
    return [
      [start, capacity],
      [0, end - capacity],
    ];
  }

  indexOf(slot: number): number {
    return (slot - this.#firstSerial) & (this.#time.length - 1);
  }

  timeSec(index: number): number {
    return this.#time[this.#slot(index)]!;
  }

  placeSec(index: number): number {
    return this.#place[this.#slot(index)]!;
  }

  priceUsd(index: number): number {
    return this.#price[this.#slot(index)]!;
  }

  amountBtc(index: number): number {
    return this.#amount[this.#slot(index)]!;
  }

  push(
    timeSec: number,
    priceUsd: number,
    amountBtc: number = Number.NaN,
    placeSec: number = timeSec,
  ): void {
    if (this.#length === this.#time.length) this.#makeRoom();
    const slot = this.#slot(this.#length);
    this.#time[slot] = timeSec;
    this.#place[slot] = placeSec;
    this.#price[slot] = priceUsd;
    this.#amount[slot] = amountBtc;
    this.#length += 1;
    this.#version += 1;
  }

  /** Drops from the front what happened before the time. */
  dropBefore(timeSec: number): void {
    let gone = 0;
    while (gone < this.#length && this.timeSec(gone) < timeSec) gone += 1;
    if (gone > 0) this.#dropOldest(gone);
  }

  /**
   * Drops from the back what happened at the time or later. Then what stays counts as new: serial
   * numbers that were of other points are not given again.
   */
  dropFrom(timeSec: number): void {
    let count = this.#length;
    while (count > 0 && this.timeSec(count - 1) >= timeSec) count -= 1;
    if (count === this.#length) return;
    const first = this.#firstSerial;
    this.clear();
    for (const column of [this.#time, this.#place, this.#price, this.#amount]) {
      copyPoints(column, column, first, this.#firstSerial, count);
    }
    this.#length = count;
  }

  clear(): void {
    this.#dropOldest(this.#length);
  }

  #slot(index: number): number {
    return (this.#firstSerial + index) & (this.#time.length - 1);
  }

  #dropOldest(count: number): void {
    this.#length -= count;
    this.#firstSerial += count;
    this.#version += 1;
  }

  #makeRoom(): void {
    if (this.#time.length >= this.#capacityMax) {
      this.#dropOldest(1);
      return;
    }
    this.#time = this.#longer(this.#time, new Float64Array(this.#length * 2));
    this.#place = this.#longer(this.#place, new Float64Array(this.#length * 2));
    this.#price = this.#longer(this.#price, new Float64Array(this.#length * 2));
    this.#amount = this.#longer(this.#amount, new Float32Array(this.#length * 2));
  }

  /** A full column as a longer one, where serial numbers have other slots. */
  #longer<Column extends Float64Array | Float32Array>(from: Column, to: Column): Column {
    copyPoints(from, to, this.#firstSerial, this.#firstSerial, this.#length);
    return to;
  }
}

/** Forwards: to later serial numbers in the same column, none is written to before it is read. */
function copyPoints(
  from: Float64Array | Float32Array,
  to: Float64Array | Float32Array,
  fromSerial: number,
  toSerial: number,
  count: number,
): void {
  const [fromMask, toMask] = [from.length - 1, to.length - 1];
  for (let i = 0; i < count; i += 1) {
    to[(toSerial + i) & toMask] = from[(fromSerial + i) & fromMask]!;
  }
}
