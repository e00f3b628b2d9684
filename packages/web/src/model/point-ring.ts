/**
 * Points in columns of numbers: 50,000 of them are four arrays, not 50,000 objects, and reading
 * them all for a drawing touches no garbage. Grows by doubling up to a limit, then the oldest
 * make room. Index 0 is the oldest.
 */
export interface PointColumns {
  readonly length: number;
  /** Changes whenever the content does. */
  readonly version: number;
  /** How many points ever left: `index + firstSerial` names a point for as long as it is here. */
  readonly firstSerial: number;
  /** When it happened, unix seconds. */
  timeSec(index: number): number;
  /** Where it stands on the time axis, unix seconds. */
  placeSec(index: number): number;
  priceUsd(index: number): number;
  /** NaN where it is not known. */
  amountBtc(index: number): number;
}

const CAPACITY_FIRST = 1024;

export class PointRing implements PointColumns {
  readonly #capacityMax: number;
  #time = new Float64Array(CAPACITY_FIRST);
  #place = new Float64Array(CAPACITY_FIRST);
  #price = new Float64Array(CAPACITY_FIRST);
  #amount = new Float32Array(CAPACITY_FIRST);
  #start = 0;
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
    while (this.#length > 0 && this.timeSec(0) < timeSec) this.#dropOldest();
  }

  clear(): void {
    this.#firstSerial += this.#length;
    this.#start = 0;
    this.#length = 0;
    this.#version += 1;
  }

  #slot(index: number): number {
    return (this.#start + index) & (this.#time.length - 1);
  }

  #dropOldest(): void {
    this.#start = this.#slot(1);
    this.#length -= 1;
    this.#firstSerial += 1;
    this.#version += 1;
  }

  #makeRoom(): void {
    if (this.#time.length >= this.#capacityMax) {
      this.#dropOldest();
      return;
    }
    const capacity = this.#time.length * 2;
    this.#time = this.#unrolled(this.#time, new Float64Array(capacity));
    this.#place = this.#unrolled(this.#place, new Float64Array(capacity));
    this.#price = this.#unrolled(this.#price, new Float64Array(capacity));
    this.#amount = this.#unrolled(this.#amount, new Float32Array(capacity));
    this.#start = 0;
  }

  /** Copies a full ring into a longer one, oldest first. */
  #unrolled<Column extends Float64Array | Float32Array>(from: Column, to: Column): Column {
    to.set(from.subarray(this.#start));
    to.set(from.subarray(0, this.#start), from.length - this.#start);
    return to;
  }
}
