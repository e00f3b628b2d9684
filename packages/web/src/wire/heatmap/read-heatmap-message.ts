/** One text frame of /ws/heatmap in, one value out; never throws (see read-message.ts). */
import { asCount, asFields, asPriceUsd, asText, asTimeSec, type Fields } from '../fields.ts';
import { COMMON_READERS, malformed, type Reader, type Readers, readFrame } from '../read-frame.ts';
import type {
  DataGap,
  HeatmapIncoming,
  HeatSnapshot,
  SnapshotMessage,
} from './heatmap-incoming.ts';
import { readLevels } from './read-levels.ts';

const READERS: Readers<SnapshotMessage> = new Map<string, Reader<SnapshotMessage>>([
  ...COMMON_READERS,
  ['snapshot', readSnapshotMessage],
]);

export function readHeatmapMessage(text: string): HeatmapIncoming {
  return readFrame(text, READERS);
}

function readSnapshotMessage(message: Fields): HeatmapIncoming {
  const snapshot = readSnapshot(message, asFields(message.data) ?? {});
  if (!snapshot) {
    return malformed('snapshot without a usable symbol, time, position, price, bucket or levels');
  }
  return { kind: 'snapshot', demo: message.demo === true, snapshot };
}

function readSnapshot(message: Fields, data: Fields): HeatSnapshot | null {
  const symbol = asText(message.symbol);
  const timeSec = asTimeSec(message.timestamp);
  const epoch = asText(message.epoch);
  const seq = asCount(message.seq);
  const currentPriceUsd = asPriceUsd(data.current_price);
  const bucketUsd = asPriceUsd(data.bucket_size);
  const levels = readLevels(data.levels);
  if (!symbol || timeSec === null || epoch === null || seq === null) return null;
  if (currentPriceUsd === null || bucketUsd === null || !levels) return null;
  return {
    symbol,
    timeSec,
    epoch,
    seq,
    levels,
    bucketUsd,
    currentPriceUsd,
    totalLongUsd: asCount(data.total_long) ?? sum(levels.longUsd),
    totalShortUsd: asCount(data.total_short) ?? sum(levels.shortUsd),
    gaps: readGaps(data.gaps),
  };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function readGaps(value: unknown): readonly DataGap[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[]).flatMap((entry) => {
    const gap = asFields(entry);
    const what = gap?.what;
    const fromSec = asTimeSec(gap?.from);
    const toSec = asTimeSec(gap?.to);
    if (what !== 'candles' && what !== 'open_interest') return [];
    return fromSec === null || toSec === null ? [] : [{ what, fromSec, toSec }];
  });
}
