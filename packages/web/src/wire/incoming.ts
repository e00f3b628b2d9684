/** What the page understands of the server's messages, in the page's own terms and units. */
import type { PriceStatus } from '@tidegauge/protocol';

export interface PriceReading {
  /** USD per BTC; null while warming up, and then so are both ends of the interval. */
  readonly priceUsd: number | null;
  readonly lowUsd: number | null;
  readonly highUsd: number | null;
  /** 0 to 1. */
  readonly confidence: number;
}

export interface LivePrice extends PriceReading {
  /** The server's time of the estimate, unix seconds. */
  readonly timestampSec: number;
  /** Amounts that voted within the window. */
  readonly sampleSize: number;
  readonly status: PriceStatus;
}

/** `[unix seconds, USD per BTC]`, and BTC where the server says it. */
export type PointRow = readonly [timeSec: number, priceUsd: number, amountBtc?: number];

export interface Hello {
  readonly kind: 'hello';
  readonly protocol: number;
  readonly server: string;
  readonly timeSec: number | null;
  readonly demo: boolean;
}

export interface PriceMessage {
  readonly kind: 'price';
  readonly demo: boolean;
  readonly price: LivePrice;
}

export interface PointsMessage {
  readonly kind: 'points';
  readonly demo: boolean;
  readonly seq: number;
  /** True: these points are the whole window. False: they follow the message before. */
  readonly whole: boolean;
  readonly points: readonly PointRow[];
}

export interface ConfirmedMessage {
  readonly kind: 'confirmed';
  readonly demo: boolean;
  readonly reading: PriceReading;
  readonly blockHeight: number | null;
  readonly blockTimeSec: number;
  readonly points: readonly PointRow[];
}

export interface Warning {
  readonly kind: 'warning';
  /** A `WarningCode`, or one of a newer server that this page does not know. */
  readonly code: string;
  readonly message: string;
  readonly source: string | null;
  readonly sinceSec: number | null;
}

export interface ServerError {
  readonly kind: 'error';
  readonly code: string;
  readonly message: string;
}

/** The server heard this page; says again what its ping carried, null where that was nothing. */
export interface Pong {
  readonly kind: 'pong';
  readonly echo: string | null;
}

/** What the server may say on each of its addresses. */
export type CommonIncoming =
  | Hello
  | Warning
  | ServerError
  | Pong
  /** A type this page does not know: a newer server, to be ignored. */
  | { readonly kind: 'unknown'; readonly type: string }
  | Malformed;

/** Not what the protocol promises: counted, never shown as data. */
export interface Malformed {
  readonly kind: 'malformed';
  readonly reason: string;
}

export type Incoming = CommonIncoming | PriceMessage | PointsMessage | ConfirmedMessage;
