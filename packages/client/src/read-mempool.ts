/** What the messages of /ws/mempool say, in the client's own terms. Null for what is not usable. */
import type {
  ConfirmedUpdate,
  HistogramUpdate,
  PricePoint,
  PriceUpdate,
  TransactionsUpdate,
  Update,
} from './api.ts';
import { asCount, asList, asNumber, asPrice, asUnixMs, type Fields } from './fields.ts';
import type { Body } from './update.ts';

/** With the time that the data held. */
export interface Read<Value extends Update> {
  readonly body: Body<Value>;
  /** By the server's clock; null where it does not say. */
  readonly asOfMs: number | null;
}

type Reading = Pick<PriceUpdate, 'priceUsd' | 'lowUsd' | 'highUsd' | 'confidence'>;

/** A price stands with both ends of its interval around it, or not at all. */
function readReading(data: Fields): Reading | null {
  const confidence = asCount(data.confidence);
  if (confidence === null || confidence > 1) return null;
  if (data.price === null) return { priceUsd: null, lowUsd: null, highUsd: null, confidence };
  const priceUsd = asPrice(data.price);
  const lowUsd = asPrice(data.low);
  const highUsd = asPrice(data.high);
  if (priceUsd === null || lowUsd === null || highUsd === null) return null;
  return lowUsd <= highUsd ? { priceUsd, lowUsd, highUsd, confidence } : null;
}

export function readPrice(data: Fields): Read<PriceUpdate> | null {
  const reading = readReading(data);
  const asOfMs = asUnixMs(data.timestamp);
  const { status } = data;
  if (!reading || asOfMs === null) return null;
  if (status !== 'warming_up' && status !== 'live' && status !== 'stale') return null;
  if (status === 'live' && reading.priceUsd === null) return null;
  const sampleSize = asCount(data.sample_size) ?? 0;
  // A stale price carries the present time, and beside it the time that it is from.
  return { body: { ...reading, status, sampleSize }, asOfMs: asUnixMs(data.as_of) ?? asOfMs };
}

export function readTransactions(
  data: Fields,
  whole: boolean,
): Read<Pick<TransactionsUpdate, 'added' | 'whole'> & Update> | null {
  const added = readPoints(data);
  return added && { body: { added, whole }, asOfMs: added.at(-1)?.timeMs ?? null };
}

export function readHistogram(data: Fields): Read<HistogramUpdate> | null {
  const binsBtc = readNumbers(data.bins);
  const counts = readNumbers(data.counts);
  if (!binsBtc || !counts || binsBtc.length !== counts.length + 1) return null;
  return { body: { binsBtc, counts }, asOfMs: null };
}

export function readConfirmed(data: Fields): Read<ConfirmedUpdate> | null {
  const reading = readReading(data);
  const blockTimeMs = asUnixMs(data.block_time);
  const points = readPoints(data);
  if (!reading || blockTimeMs === null || !points) return null;
  const blockHeight = asCount(data.block_height);
  return { body: { ...reading, blockHeight, blockTimeMs, points }, asOfMs: blockTimeMs };
}

function readNumbers(value: unknown): readonly number[] | null {
  const list = asList(value);
  return list?.every((each) => asCount(each) !== null) ? (list as readonly number[]) : null;
}

/** Entries that are no point are left out: one bad point must not cost the others. */
function readPoints(data: Fields): readonly PricePoint[] | null {
  const amounts = asList(data.btc);
  return (
    asList(data.points)?.flatMap((entry, i) => {
      const pair = asList(entry);
      const timeMs = asUnixMs(pair?.[0]);
      const priceUsd = asPrice(pair?.[1]);
      if (timeMs === null || priceUsd === null) return [];
      return [{ timeMs, priceUsd, amountBtc: asNumber(amounts?.[i]) }];
    }) ?? null
  );
}
