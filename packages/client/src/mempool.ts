/** What /ws/mempool speaks: the price, what it is read from, and the price of blocks. */
import type {
  ConfirmedUpdate,
  HistogramUpdate,
  PricePoint,
  PriceUpdate,
  TransactionsUpdate,
  Update,
} from './api.ts';
import {
  asCount,
  asFields,
  asList,
  asPrice,
  asText,
  asUnixMs,
  ensure,
  type Fields,
  maybe,
} from './checks.ts';
import type { Dialect, Reading } from './dialect.ts';
import type { Body } from './update.ts';

/** As many as the server keeps. */
const POINTS_MAX = 10_000;

export const mempool: Dialect = {
  name: 'mempool',
  subscribe: (topic, _intervalSec, resume) => ({ subscribe: topic, resume }),
  unsubscribe: (topic) => ({ unsubscribe: topic }),
  read: readMempool,
  paths: (topics, resume) => {
    const held = Object.entries(resume).map(([topic, { epoch, seq }]) =>
      [topic, epoch, seq].join(':'),
    );
    return [
      `api/v1/mempool?${new URLSearchParams({ channels: topics.join(), resume: held.join() })}`,
    ];
  },
};

function readMempool(
  message: Fields,
  latest: (topic: string) => Update | null | undefined,
): Reading | null {
  const { type } = message;
  const data = asFields(message.data ?? {});
  if (type === 'price_update') {
    // The channel `full` carries more, and has a sequence of its own.
    return message.transactions === undefined ? readPrice(data) : null;
  }
  if (type === 'transactions') {
    const before = latest(type) as TransactionsUpdate | null | undefined;
    return readTransactions(data, message.epoch === undefined, before?.points ?? []);
  }
  if (type === 'histogram') return readHistogram(data, message.timestamp);
  return type === 'confirmed_update' ? readConfirmed(data) : null;
}

type Estimate = Pick<PriceUpdate, 'priceUsd' | 'lowUsd' | 'highUsd' | 'confidence'>;

/** A price stands with both ends of its interval, or not at all. */
function readEstimate({ price, low, high, confidence }: Fields): Estimate {
  const read = (value: unknown): number | null => (price === null ? null : asPrice(value));
  const estimate = {
    priceUsd: read(price),
    lowUsd: read(low),
    highUsd: read(high),
    confidence: asCount(confidence),
  };
  ensure(estimate.lowUsd! <= estimate.highUsd! && estimate.confidence <= 1);
  return estimate;
}

function readPrice(data: Fields): Reading {
  const body: Body<PriceUpdate> = {
    ...readEstimate(data),
    status: asText(data.status) as PriceUpdate['status'],
    sampleSize: asCount(data.sample_size),
  };
  // A stale price carries the present time, and beside it the time that it is from.
  return { topic: 'price', body, asOfMs: asUnixMs(data.as_of ?? data.timestamp) };
}

function readTransactions(data: Fields, isDelta: boolean, before: readonly PricePoint[]): Reading {
  const added = readPoints(data);
  const points = isDelta ? [...before, ...added].slice(-POINTS_MAX) : added;
  const body: Body<TransactionsUpdate> = { points, added, whole: !isDelta };
  return { topic: 'transactions', body, asOfMs: points.at(-1)?.timeMs ?? null, isDelta };
}

function readHistogram({ bins, counts }: Fields, timestamp: unknown): Reading {
  const body: Body<HistogramUpdate> = {
    binsBtc: asList(bins).map(asCount),
    counts: asList(counts).map(asCount),
  };
  return { topic: 'histogram', body, asOfMs: maybe(asUnixMs, timestamp) };
}

function readConfirmed(data: Fields): Reading {
  const blockTimeMs = asUnixMs(data.block_time);
  const body: Body<ConfirmedUpdate> = {
    ...readEstimate(data),
    blockHeight: maybe(asCount, data.block_height),
    blockTimeMs,
    points: readPoints(data),
  };
  return { topic: 'confirmed', body, asOfMs: blockTimeMs };
}

function readPoints({ points, btc }: Fields): readonly PricePoint[] {
  const amounts = asList(btc ?? []);
  return asList(points).map((point, i) => {
    const [time, price] = asList(point);
    return {
      timeMs: asUnixMs(time),
      priceUsd: asPrice(price),
      amountBtc: maybe(asCount, amounts[i]),
    };
  });
}
