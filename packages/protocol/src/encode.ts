/**
 * Server messages as JSON text. Prices are rounded to the cent, times of points to 0.1 s, other
 * times to 1 ms, probabilities to 0.0001, amounts to the satoshi. A number that is not finite is
 * a bug of the caller and throws: JSON would turn it into null, which means "warming up" here.
 */

import { PROTOCOL_VERSION } from './handshake.ts';
import type {
  ConfirmedUpdate,
  ErrorMessage,
  HelloMessage,
  HistogramMessage,
  PointPair,
  PongMessage,
  PriceBody,
  PriceData,
  PriceOnly,
  PricePointBody,
  PriceUpdate,
  ServerMessage,
  TransactionsMessage,
  WarningMessage,
} from './messages.ts';
import type { Position, Reading, ReadingPoint, ReadingStats } from './reading.ts';
import { round } from './rounding.ts';

const SATS_PER_BTC = 100_000_000;

/** Channel `full`. `points` must already be cut to POINTS_PER_MESSAGE_MAX. */
export function encodePriceUpdate(
  position: Position,
  timeSec: number,
  reading: Reading,
  points: readonly ReadingPoint[],
  stats: ReadingStats,
): string {
  const data = priceData(timeSec, reading);
  const message: PriceUpdate = {
    type: 'price_update',
    seq: position.seq,
    timestamp: data.timestamp,
    price: data.price,
    confidence: data.confidence,
    low: data.low,
    high: data.high,
    status: data.status,
    transactions: points.map(pointBody),
    stats: {
      total_received: stats.received,
      total_filtered: stats.filtered,
      active_in_window: stats.activeInWindow,
      uptime_seconds: Math.floor(stats.uptimeSec),
    },
    data,
    ...demoMark(position.demo),
  };
  return text(message);
}

/** Channel `price`: under PRICE_MESSAGE_BYTES_MAX bytes. */
export function encodePriceOnly(position: Position, timeSec: number, reading: Reading): string {
  const message: PriceOnly = {
    type: 'price_update',
    seq: position.seq,
    data: priceData(timeSec, reading),
    ...demoMark(position.demo),
  };
  return text(message);
}

/** Channel `transactions`: the whole window when an epoch is given, else only what is new. */
export function encodeTransactions(
  position: Position,
  points: readonly ReadingPoint[],
  epoch: string | null,
): string {
  const message: TransactionsMessage = {
    type: 'transactions',
    seq: position.seq,
    ...(epoch === null ? {} : { epoch }),
    data: { points: points.map(pointPair), btc: points.map(amountBtc) },
    ...demoMark(position.demo),
  };
  return text(message);
}

/** Channel `histogram`. @param timeSec when it is published */
export function encodeHistogram(
  position: Position,
  timeSec: number,
  histogram: { readonly binsBtc: readonly number[]; readonly counts: readonly number[] },
): string {
  const message: HistogramMessage = {
    type: 'histogram',
    seq: position.seq,
    timestamp: round(timeSec, 1e3),
    data: { bins: histogram.binsBtc.map((btc) => round(btc, 1e8)), counts: histogram.counts },
    ...demoMark(position.demo),
  };
  return text(message);
}

/** Channel `confirmed`. */
export function encodeConfirmed(
  position: Position,
  view: {
    readonly estimate: Reading;
    readonly blockHeight: number | null;
    readonly blockTimeSec: number;
    readonly points: readonly ReadingPoint[];
  },
): string {
  const { estimate } = view;
  const message: ConfirmedUpdate = {
    type: 'confirmed_update',
    seq: position.seq,
    data: {
      price: cents(estimate.priceUsd),
      low: cents(estimate.lowUsd),
      high: cents(estimate.highUsd),
      confidence: round(estimate.confidence, 1e4),
      block_height: view.blockHeight,
      block_time: round(view.blockTimeSec, 1e3),
      points: view.points.map(pointPair),
      btc: view.points.map(amountBtc),
    },
    ...demoMark(position.demo),
  };
  return text(message);
}

/** First message to a client that offered the subprotocol. */
export function encodeHello(hello: Omit<HelloMessage, 'type' | 'protocol'>): string {
  const message: HelloMessage = {
    type: 'hello',
    protocol: PROTOCOL_VERSION,
    ...hello,
    time: round(hello.time, 1e3),
  };
  return text(message);
}

/** @param isoTime the server's time; @param echo the ping's timestamp, null when it had none */
export function encodePong(isoTime: string, echo: string | number | null): string {
  const base: PongMessage = { type: 'pong', timestamp: isoTime };
  return text(echo === null ? base : { ...base, echo });
}

export function encodeError(error: Omit<ErrorMessage, 'type'>): string {
  return text({ type: 'error', ...error });
}

export function encodeWarning(warning: Omit<WarningMessage, 'type'>): string {
  return text({ type: 'warning', ...warning });
}

/** `GET /api/v1/price` */
export function encodePriceBody(demo: boolean, timeSec: number, reading: Reading): string {
  const body: PriceBody = { ...priceData(timeSec, reading), ...demoMark(demo) };
  return JSON.stringify(body);
}

function text(message: ServerMessage): string {
  return JSON.stringify(message);
}

function priceData(timeSec: number, reading: Reading): PriceData {
  const { asOfSec } = reading;
  return {
    price: cents(reading.priceUsd),
    confidence: round(reading.confidence, 1e4),
    timestamp: round(timeSec, 1e3),
    ...(asOfSec === undefined ? {} : { as_of: round(asOfSec, 1e3) }),
    sample_size: reading.sampleSize,
    low: cents(reading.lowUsd),
    high: cents(reading.highUsd),
    status: reading.status,
  };
}

function pointBody(point: ReadingPoint): PricePointBody {
  return {
    timestamp: round(point.timeSec, 10),
    price: round(point.priceUsd, 100),
    btc: amountBtc(point),
  };
}

function pointPair(point: ReadingPoint): PointPair {
  return [round(point.timeSec, 10), round(point.priceUsd, 100)];
}

function amountBtc(point: ReadingPoint): number {
  return point.amountSats / SATS_PER_BTC;
}

/** What marks a message or a body of made-up data. */
export function demoMark(demo: boolean): { readonly demo?: true } {
  return demo ? { demo: true } : {};
}

function cents(priceUsd: number | null): number | null {
  return priceUsd === null ? null : round(priceUsd, 100);
}
