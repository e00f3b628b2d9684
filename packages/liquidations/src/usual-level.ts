/**
 * What a quantity usually is: its mean over the past, where the weight of a moment halves with each
 * half-life. Until the past is that long, the mean of what there is.
 */
import type { ByteReader, ByteWriter } from './bytes.ts';

export class UsualLevel {
  readonly #halfLifeSec: number;
  #sum = 0;
  #weight = 0;

  constructor(halfLifeSec: number) {
    this.#halfLifeSec = halfLifeSec;
  }

  /** NaN before anything was taken. */
  get mean(): number {
    return this.#sum / this.#weight;
  }

  /** Takes what the quantity was for some time, after `idleSec` of which nothing is known. */
  take(value: number, forSec: number, idleSec: number): void {
    const keep = 2 ** (-(forSec + idleSec) / this.#halfLifeSec);
    this.#sum = this.#sum * keep + value * forSec;
    this.#weight = this.#weight * keep + forSec;
  }

  clone(): UsualLevel {
    const copy = new UsualLevel(this.#halfLifeSec);
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
