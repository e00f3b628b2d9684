/**
 * Liquidation maps as JSON text. Volumes are rounded to the dollar, prices of levels to the
 * decimals of their bucket. JSON.stringify over plain objects is as fast here as joining text by
 * hand (measured: 74 and 71 us for 500 levels, 30 KB), and checked by the compiler.
 */
import { isoTime } from './iso-time.ts';
import type { HeatmapData, HeatmapLevelBody, HeatmapMessage } from './messages.ts';
import type { HeatmapReading, ReadingLevel } from './reading.ts';
import { decimalsOf, round } from './rounding.ts';

/** Where a map stands: what its message says beside the data. */
export interface HeatmapPosition {
  readonly symbol: string;
  readonly epoch: string;
  readonly seq: number;
  readonly timeSec: number;
  readonly demo: boolean;
}

/**
 * The `data` of a snapshot. It holds no time of its own: the same text means that nothing changed.
 * Levels that round to nothing on both sides are left out.
 */
export function encodeHeatmapData(reading: HeatmapReading): string {
  const data: HeatmapData = {
    levels: levelBodies(reading.levels, reading.bucketUsd),
    current_price: round(reading.currentPriceUsd, 10 ** priceDecimals(reading.bucketUsd)),
    bucket_size: round(reading.bucketUsd, 10 ** decimalsOf(reading.bucketUsd)),
    total_long: round(reading.totalLongUsd, 1),
    total_short: round(reading.totalShortUsd, 1),
    positions_created: reading.positionsCreated,
    positions_consumed: reading.positionsConsumed,
    gaps: reading.gaps.map(({ what, fromSec, toSec }) => {
      return { what, from: isoTime(fromSec), to: isoTime(toSec) };
    }),
  };
  return JSON.stringify(data);
}

/** The message `snapshot`. @param dataText what `encodeHeatmapData` gave */
export function encodeHeatmap(position: HeatmapPosition, dataText: string): string {
  const head: Omit<HeatmapMessage, 'data' | 'demo'> = {
    type: 'snapshot',
    symbol: position.symbol,
    timestamp: isoTime(position.timeSec),
    epoch: position.epoch,
    seq: position.seq,
  };
  const mark = position.demo ? ',"demo":true' : '';
  return `${JSON.stringify(head).slice(0, -1)},"data":${dataText}${mark}}`;
}

/** End of a message `snapshot` over HTTP, in place of its brace, while its venue is silent. */
export function encodeStaleSince(sinceSec: number): string {
  return `,"stale_since":${round(sinceSec, 1e3)}}`;
}

/** Levels as they stand in every body, without those that round to nothing on both sides. */
export function levelBodies(
  levels: readonly ReadingLevel[],
  bucketUsd: number,
): readonly HeatmapLevelBody[] {
  const steps = 10 ** decimalsOf(bucketUsd);
  const bodies: HeatmapLevelBody[] = [];
  for (const { priceUsd, longUsd, shortUsd } of levels) {
    const long_density = round(longUsd, 1);
    const short_density = round(shortUsd, 1);
    if (long_density === 0 && short_density === 0) continue;
    bodies.push({ price: round(priceUsd, steps), long_density, short_density });
  }
  return bodies;
}

/** Of a price that is no edge of a bucket: cents, or two digits finer than a finer bucket. */
function priceDecimals(bucketUsd: number): number {
  return 2 + decimalsOf(bucketUsd);
}
