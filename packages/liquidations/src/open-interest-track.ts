/**
 * Open interest between its samples. Candles and open interest arrive on different clocks; they are
 * joined by time.
 *
 * Between two samples at most three sampling periods apart it is interpolated. Across a longer gap
 * it is not: there, and after the newest sample, the last one holds for three periods and then
 * nothing is known. Nor is anything before the first sample.
 */
import type { ByteReader, ByteWriter } from './bytes.ts';
import type { OpenInterest } from './candle.ts';

/** So many sampling periods may lie between two samples, or after one, for it to be known. */
export const REACH_PERIODS = 3;

/**
 * The usual time between samples: the median of their distances.
 *
 * @param samples - in order of time
 * @returns seconds; null for fewer than two samples
 */
export function samplingPeriodSec(samples: readonly OpenInterest[]): number | null {
  const distances = new Float64Array(Math.max(0, samples.length - 1));
  for (let i = 1; i < samples.length; i += 1) {
    distances[i - 1] = samples[i]!.timeSec - samples[i - 1]!.timeSec;
  }
  return distances.sort()[distances.length >> 1] ?? null;
}

export class OpenInterestTrack {
  readonly #reachSec: number;
  /** In order of time. */
  #samples: OpenInterest[] = [];

  constructor(periodSec: number) {
    if (!(periodSec > 0 && Number.isFinite(periodSec))) {
      throw new RangeError(`open interest each ${periodSec} s: the period has to be above 0`);
    }
    this.#reachSec = REACH_PERIODS * periodSec;
  }

  get samples(): readonly OpenInterest[] {
    return this.#samples;
  }

  /** How far from a sample something is known. */
  get reachSec(): number {
    return this.#reachSec;
  }

  /** Takes a sample in any order; one of the same time takes the place of the older. */
  take(sample: OpenInterest): void {
    const index = this.#after(sample.timeSec);
    const same = this.#samples[index - 1]?.timeSec === sample.timeSec;
    if (index === this.#samples.length && !same) this.#samples.push(sample);
    else this.#samples.splice(same ? index - 1 : index, same ? 1 : 0, sample);
  }

  /** Open interest at a moment, USD; null where it is not known. */
  at(timeSec: number): number | null {
    const index = this.#after(timeSec);
    const left = this.#samples[index - 1];
    const right = this.#samples[index];
    if (left === undefined) return null;
    if (right === undefined || right.timeSec - left.timeSec > this.#reachSec) {
      return timeSec - left.timeSec <= this.#reachSec ? left.usd : null;
    }
    const share = (timeSec - left.timeSec) / (right.timeSec - left.timeSec);
    return left.usd + share * (right.usd - left.usd);
  }

  /** Whether a moment lies before the first sample, within three periods: a beginning, not a gap. */
  beginsAfter(timeSec: number): boolean {
    const first = this.#samples[0];
    if (first === undefined || first.timeSec <= timeSec) return false;
    return first.timeSec - timeSec <= this.#reachSec;
  }

  /** Forgets samples that no moment from that one on depends on. */
  forgetBefore(timeSec: number): void {
    this.#samples.splice(0, Math.max(0, this.#after(timeSec) - 1));
  }

  save(out: ByteWriter): void {
    out.uint(this.#samples.length);
    for (const { timeSec, usd } of this.#samples) {
      out.float(timeSec);
      out.float(usd);
    }
  }

  restore(from: ByteReader): void {
    const length = from.uint();
    this.#samples = [];
    for (let i = 0; i < length; i += 1) {
      this.#samples.push({ timeSec: from.float(), usd: from.float() });
    }
  }

  /** Index of the first sample after a moment. Mostly the newest is asked for, so it looks there first. */
  #after(timeSec: number): number {
    let low = 0;
    let high = this.#samples.length;
    if (high > 0 && this.#samples[high - 1]!.timeSec <= timeSec) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#samples[middle]!.timeSec <= timeSec) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
