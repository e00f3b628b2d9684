import type { PastPrice } from '../wire/read-price-history.ts';
import { indexFrom } from './index-from.ts';
import { mergeTold } from './merge-told.ts';
import { SAMPLE_ROW } from './sample-row.ts';

/** The price and its interval over time, oldest first: as this page saw it, or was told of it. */
export interface PriceColumns {
  readonly length: number;
  /** Changes whenever the content does. */
  readonly version: number;
  /**
   * All samples in one array, `SAMPLE_ROW.length` numbers each, for loops over thousands of them.
   * A view, good until the next change.
   */
  readonly rows: Float64Array;
  timeSec(index: number): number;
  /** NaN where there was none: the line breaks there. */
  priceUsd(index: number): number;
  lowUsd(index: number): number;
  highUsd(index: number): number;
  /** Index of the first sample at the time or after it; `length` where there is none. */
  indexFrom(timeSec: number): number;
}

const ROW = SAMPLE_ROW.length;
const CAPACITY_FIRST = 1024;
const NONE = Number.NaN;

/**
 * Keeps one sample a slice of time: two updates a second for a day would be 172,800 samples on a
 * few hundred pixels. The newest of a slice wins. A day in slices of 2 s is 1.4 MB.
 */
export class PriceHistory implements PriceColumns {
  readonly #sliceSec: number;
  #rows = new Float64Array(CAPACITY_FIRST * ROW);
  /** The first sample and how many there are, counted in rows. */
  #start = 0;
  #length = 0;
  #version = 0;

  constructor(sliceSec: number) {
    this.#sliceSec = sliceSec;
  }

  get length(): number {
    return this.#length;
  }

  get version(): number {
    return this.#version;
  }

  get rows(): Float64Array {
    return this.#rows.subarray(this.#start * ROW, (this.#start + this.#length) * ROW);
  }

  timeSec(index: number): number {
    return this.#rows[(this.#start + index) * ROW]!;
  }

  priceUsd(index: number): number {
    return this.#rows[(this.#start + index) * ROW + SAMPLE_ROW.priceUsd]!;
  }

  lowUsd(index: number): number {
    return this.#rows[(this.#start + index) * ROW + SAMPLE_ROW.lowUsd]!;
  }

  highUsd(index: number): number {
    return this.#rows[(this.#start + index) * ROW + SAMPLE_ROW.highUsd]!;
  }

  indexFrom(timeSec: number): number {
    return indexFrom(this, timeSec);
  }

  /**
   * Where times go back (another server, another clock, a block's own time), the newest is believed:
   * what lies ahead of it gives way, and what came before stays.
   */
  push(timeSec: number, priceUsd: number, lowUsd: number, highUsd: number): void {
    while (this.#length > 0 && this.timeSec(this.#length - 1) > timeSec) this.#length -= 1;
    const last = this.#length - 1;
    if (last >= 0 && this.#shareSlice(timeSec, last)) this.#length = last;
    this.#append(timeSec, priceUsd, lowUsd, highUsd);
  }

  /** Marks that nothing is known from here on until the next sample. */
  breakAt(timeSec: number): void {
    const last = this.#length - 1;
    if (last < 0 || Number.isNaN(this.priceUsd(last)) || timeSec < this.timeSec(last)) return;
    this.#append(timeSec, NONE, NONE, NONE);
  }

  /**
   * Puts what it is told of where nothing was seen: in front, and into breaks. What was seen stays,
   * and what comes after the last sample is left to be seen.
   * @param told sorted, oldest first; kept as it is, without regard to slices
   * @param apartMaxSec where what was told is further apart, the line breaks
   */
  fill(told: readonly PastPrice[], apartMaxSec: number): void {
    if (told.length === 0) return;
    const merged = mergeTold(this.rows, told, apartMaxSec);
    this.#rows = new Float64Array(merged.length + CAPACITY_FIRST * ROW);
    this.#rows.set(merged);
    this.#start = 0;
    this.#length = merged.length / ROW;
    this.#version += 1;
  }

  dropBefore(timeSec: number): void {
    const gone = this.indexFrom(timeSec);
    if (gone === 0) return;
    this.#start += gone;
    this.#length -= gone;
    this.#version += 1;
  }

  clear(): void {
    this.#length = 0;
    this.#version += 1;
  }

  #append(timeSec: number, priceUsd: number, lowUsd: number, highUsd: number): void {
    if ((this.#start + this.#length + 1) * ROW > this.#rows.length) this.#makeRoom();
    const at = (this.#start + this.#length) * ROW;
    this.#rows[at + SAMPLE_ROW.timeSec] = timeSec;
    this.#rows[at + SAMPLE_ROW.priceUsd] = priceUsd;
    this.#rows[at + SAMPLE_ROW.lowUsd] = lowUsd;
    this.#rows[at + SAMPLE_ROW.highUsd] = highUsd;
    this.#length += 1;
    this.#version += 1;
  }

  /** Moves all to the front; into an array twice as long where less than half would be free. */
  #makeRoom(): void {
    const isHalfFree = this.#start * 2 * ROW >= this.#rows.length;
    const rows = isHalfFree ? this.#rows : new Float64Array(this.#rows.length * 2);
    rows.set(this.rows);
    this.#rows = rows;
    this.#start = 0;
  }

  #shareSlice(timeSec: number, index: number): boolean {
    if (Number.isNaN(this.priceUsd(index))) return false;
    const slice = Math.floor(this.timeSec(index) / this.#sliceSec);
    return Math.floor(timeSec / this.#sliceSec) === slice;
  }
}
