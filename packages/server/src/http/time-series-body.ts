import type { HeatmapLevel } from '@tidegauge/liquidations';
import {
  encodeHeatmapColumn,
  encodeTimeSeriesEnd,
  TIME_SERIES_START,
  type TimeSeriesMeta,
} from '@tidegauge/protocol';
import type { Column } from '../pipelines/heatmap-history-columns.ts';
import type { EndingSlices } from '../pipelines/heatmap-history-slices.ts';

/**
 * Levels below this share of their column's largest are left out: no eye tells them from nothing.
 * In 180 days of made-up candles they are 14 % of the levels and 0.01 % of the volume.
 */
export const NEGLIGIBLE_SHARE = 0.001;

export interface TimeSeriesHead extends Pick<TimeSeriesMeta, 'symbol' | 'interval' | 'demo'> {
  readonly bucketUsd: number;
}

/** The body of a time series without columns. */
export function emptyTimeSeriesBody(
  head: Pick<TimeSeriesMeta, 'symbol' | 'interval' | 'bucketUsd' | 'demo'>,
): string {
  const sums = new TimeSeriesSums().read(0);
  return TIME_SERIES_START + encodeTimeSeriesEnd({ ...head, ...sums, consumedUsd: 0 });
}

/** The body of a time series, made in slices. @param steps as `columnSteps` gives them */
export async function timeSeriesBody(
  head: TimeSeriesHead,
  steps: Generator<Column | null, number>,
  slices: EndingSlices,
): Promise<Buffer> {
  const pieces = [TIME_SERIES_START];
  const sums = new TimeSeriesSums();
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) {
    if (step.value !== null) {
      // Not joined with its comma: that would copy the whole text once more.
      if (sums.columns > 0) pieces.push(',');
      pieces.push(columnText(step.value, head, sums));
    }
    await slices.breathe();
  }
  const end = encodeTimeSeriesEnd({
    ...head,
    ...sums.read(head.bucketUsd),
    consumedUsd: step.value,
  });
  pieces.push(end);
  return joined(pieces, slices);
}

function columnText(
  { timeSec, levels }: Column,
  { bucketUsd }: TimeSeriesHead,
  sums: TimeSeriesSums,
): string {
  const shown = notNegligible(levels);
  sums.add(levels, shown);
  return encodeHeatmapColumn({ timeSec, levels: shown }, bucketUsd);
}

function notNegligible(levels: readonly HeatmapLevel[]): readonly HeatmapLevel[] {
  let largestUsd = 0;
  for (const { longUsd, shortUsd } of levels) {
    largestUsd = Math.max(largestUsd, longUsd, shortUsd);
  }
  const leastUsd = largestUsd * NEGLIGIBLE_SHARE;
  return levels.filter(({ longUsd, shortUsd }) => longUsd >= leastUsd || shortUsd >= leastUsd);
}

/** What is said of all columns together. */
class TimeSeriesSums {
  columns = 0;
  #lowestUsd = Number.POSITIVE_INFINITY;
  #highestUsd = Number.NEGATIVE_INFINITY;
  #last: readonly HeatmapLevel[] = [];

  /** Levels by rising price. @param shown those that are not negligible */
  add(levels: readonly HeatmapLevel[], shown: readonly HeatmapLevel[]): void {
    this.columns++;
    this.#last = levels;
    if (shown.length === 0) return;
    this.#lowestUsd = Math.min(this.#lowestUsd, shown[0]!.priceUsd);
    this.#highestUsd = Math.max(this.#highestUsd, shown.at(-1)!.priceUsd);
  }

  read(bucketUsd: number): Omit<TimeSeriesMeta, keyof TimeSeriesHead | 'consumedUsd'> {
    const some = this.#lowestUsd <= this.#highestUsd;
    const maxUsd = this.#highestUsd + bucketUsd;
    return {
      columns: this.columns,
      priceRange: some ? { minUsd: this.#lowestUsd, maxUsd } : null,
      totalLongUsd: this.#last.reduce((sum, { longUsd }) => sum + longUsd, 0),
      totalShortUsd: this.#last.reduce((sum, { shortUsd }) => sum + shortUsd, 0),
    };
  }
}

/** One text to bytes would take longer than a slice. */
async function joined(pieces: readonly string[], slices: EndingSlices): Promise<Buffer> {
  const length = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
  const whole = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const piece of pieces) {
    at += whole.write(piece, at);
    await slices.breathe();
  }
  return whole;
}
