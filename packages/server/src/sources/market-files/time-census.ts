/** A hole in a series. */
export interface SeriesGap {
  /** The first time at which something is missing. */
  readonly fromSec: number;
  /** The next one that is there. */
  readonly toSec: number;
  /** How many are missing. */
  readonly missing: number;
}

/** What the times of one series in one file come to. */
export interface TimeSummary {
  readonly firstSec: number;
  readonly lastSec: number;
  /** Rows at a time that stood there before. */
  readonly duplicates: number;
  /** By time. */
  readonly gaps: readonly SeriesGap[];
  /** Of all gaps together. */
  readonly missing: number;
}

/** Samples come a little early or late; from one and a half periods on, one is missing. */
const GAP_PERIODS = 1.5;

/** Counts the times of one series as they come, in any order. */
export class TimeCensus {
  readonly #timesSec: number[] = [];

  add(rows: readonly { readonly timeSec: number }[]): void {
    for (const { timeSec } of rows) this.#timesSec.push(timeSec);
  }

  /**
   * Null before the first row.
   * @param periodSec of the series; null: the median distance
   */
  summary(periodSec: number | null): TimeSummary | null {
    const times = Float64Array.from(this.#timesSec).sort();
    const distances: number[] = [];
    let duplicates = 0;
    for (let i = 1; i < times.length; i += 1) {
      const distance = times[i]! - times[i - 1]!;
      if (distance === 0) duplicates += 1;
      else distances.push(distance);
    }
    const period = periodSec ?? median(distances);
    const gaps = period === null ? [] : gapsOf(times, period);
    const [firstSec, lastSec] = [times[0], times.at(-1)];
    if (firstSec === undefined || lastSec === undefined) return null;
    const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0);
    return { firstSec, lastSec, duplicates, gaps, missing };
  }
}

function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1] ?? null;
}

function gapsOf(times: Float64Array, periodSec: number): SeriesGap[] {
  const gaps: SeriesGap[] = [];
  for (let i = 1; i < times.length; i += 1) {
    const [before, toSec] = [times[i - 1]!, times[i]!];
    if (toSec - before < GAP_PERIODS * periodSec) continue;
    const missing = Math.max(1, Math.round((toSec - before) / periodSec) - 1);
    gaps.push({ fromSec: before + periodSec, toSec, missing });
  }
  return gaps;
}
