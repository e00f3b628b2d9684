/**
 * One text frame of /ws/mempool in, one value out; never throws. What the page cannot use comes
 * back as `unknown` or `malformed`, so that a newer or broken server cannot break the page.
 */
import type { PriceStatus } from '@tidegauge/protocol';
import {
  asCount,
  asFields,
  asNumber,
  asPriceUsd,
  asText,
  asTimeSec,
  type Fields,
} from './fields.ts';
import type {
  ConfirmedMessage,
  Incoming,
  LivePrice,
  PointsMessage,
  PriceMessage,
  PriceReading,
} from './incoming.ts';
import { COMMON_READERS, malformed, type Reader, type Readers, readFrame } from './read-frame.ts';
import { readPoints } from './read-points.ts';

type PriceMessages = PriceMessage | PointsMessage | ConfirmedMessage;

const READERS: Readers<PriceMessages> = new Map<string, Reader<PriceMessages>>([
  ...COMMON_READERS,
  ['price_update', readPrice],
  ['transactions', readTransactions],
  ['confirmed_update', readConfirmed],
]);

export function readMessage(text: string): Incoming {
  return readFrame(text, READERS);
}

function readPrice(message: Fields): Incoming {
  const data = asFields(message.data);
  const price = data && readLivePrice(data);
  if (!price) return malformed('price_update without a usable price, time or status');
  return { kind: 'price', demo: message.demo === true, price };
}

function readLivePrice(data: Fields): LivePrice | null {
  const reading = readReading(data);
  const timestampSec = asTimeSec(data.timestamp);
  const status = readStatus(data.status);
  if (!reading || timestampSec === null || status === null) return null;
  if (status === 'live' && reading.priceUsd === null) return null;
  return { ...reading, timestampSec, status, sampleSize: asCount(data.sample_size) ?? 0 };
}

function readStatus(value: unknown): PriceStatus | null {
  return value === 'live' || value === 'warming_up' || value === 'stale' ? value : null;
}

/** A price stands with both ends of its interval around it, or not at all. */
function readReading(data: Fields): PriceReading | null {
  const confidence = asNumber(data.confidence);
  if (confidence === null || confidence < 0 || confidence > 1) return null;
  if (data.price === null) return { priceUsd: null, lowUsd: null, highUsd: null, confidence };
  const priceUsd = asPriceUsd(data.price);
  const lowUsd = asPriceUsd(data.low);
  const highUsd = asPriceUsd(data.high);
  if (priceUsd === null || lowUsd === null || highUsd === null) return null;
  return lowUsd <= highUsd ? { priceUsd, lowUsd, highUsd, confidence } : null;
}

function readTransactions(message: Fields): Incoming {
  const seq = asCount(message.seq);
  const data = asFields(message.data);
  const points = readPoints(data?.points, data?.btc);
  if (seq === null || points === null) return malformed('transactions without seq or points');
  const whole = asText(message.epoch) !== null;
  return { kind: 'points', demo: message.demo === true, seq, whole, points };
}

function readConfirmed(message: Fields): Incoming {
  const data = asFields(message.data);
  const reading = data && readReading(data);
  const blockTimeSec = asTimeSec(data?.block_time);
  const points = readPoints(data?.points, data?.btc);
  if (!data || !reading || blockTimeSec === null || points === null) {
    return malformed('confirmed_update without a usable price, block time or points');
  }
  const blockHeight = asCount(data.block_height);
  return {
    kind: 'confirmed',
    demo: message.demo === true,
    reading,
    blockHeight,
    blockTimeSec,
    points,
  };
}
