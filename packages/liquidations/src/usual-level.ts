/**
 * What a quantity usually is: its mean over the past, where the weight of a moment halves with each
 * half-life. Until the past is that long, the mean of what there is.
 */
import type { ByteReader, ByteWriter } from './bytes.ts';

export class UsualLevel {
  readonly #halfLifeSec: number;
  readonly #intervalSec: number;
  /** What is kept of the past's weight over one interval. */
  readonly #keep: number;
  #sum = 0;
  #weight = 0;

  /** @param intervalSec - how long each value that comes stands for */
  constructor(halfLifeSec: number, intervalSec: number) {
    this.#halfLifeSec = halfLifeSec;
    this.#intervalSec = intervalSec;
    this.#keep = 2 ** (-intervalSec / halfLifeSec);
  }

  /** NaN before anything was taken. */
  get mean(): number {
    return this.#sum / this.#weight;
  }

  /** Takes what the quantity was for an interval. */
  take(value: number): void {
    this.#sum = this.#sum * this.#keep + value * this.#intervalSec;
    this.#weight = this.#weight * this.#keep + this.#intervalSec;
  }

  /** Takes what the quantity was on average for a time that is short beside the half-life. */
  takeMean(value: number, sec: number): void {
    const keep = 2 ** (-sec / this.#halfLifeSec);
    this.#sum = this.#sum * keep + value * sec;
    this.#weight = this.#weight * keep + sec;
  }

  /** Takes what the quantity is first known to be as what it was for as long as another is known. */
  takeFirst(value: number, other: UsualLevel): void {
    this.#sum = value * other.#weight;
    this.#weight = other.#weight;
  }

  /** Lets time pass of which nothing is known. */
  wait(sec: number): void {
    const keep = 2 ** (-sec / this.#halfLifeSec);
    this.#sum *= keep;
    this.#weight *= keep;
  }

  clone(): UsualLevel {
    const copy = new UsualLevel(this.#halfLifeSec, this.#intervalSec);
    copy.#sum = this.#sum;
    copy.#weight = this.#weight;
    return copy;
  }

  save(out: ByteWriter): void {
    out.float(this.#sum);
    out.float(this.#weight);
  }

  restore(from: ByteReader): void {
    this.#sum = from.float();
    this.#weight = from.float();
  }
}
