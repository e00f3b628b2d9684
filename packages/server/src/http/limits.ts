/** The fixed numbers of HTTP and of handshakes, with units and reasons. What operators set is config. */
import type { ClientTurnLimits } from './client-turns.ts';
import type { GateLimits } from './history-gate.ts';

/** A request line and headers arrive within a round trip or two, even from far away. */
export const HEADERS_TIMEOUT_MS: number = 10_000;
/** Whoever takes not a byte of an answer for this long will not take the rest. */
export const STILL_TIMEOUT_MS: number = 30_000;
/** Longer than the pause between two polls of the page. */
export const KEEP_ALIVE_MS: number = 10_000;
/** Of a connection to the process that answers: shorter, so none is used that is about to end. */
export const FORWARD_KEEP_ALIVE_MS: number = 5_000;

/**
 * Connections that the system holds until they are accepted. When ten thousand clients come back at
 * once, those beyond are not heard until they try again, after 1, 3 and 7 s. With more the event
 * loop accepts for longer at a time before anything else has its turn.
 */
export const BACKLOG: number = 1_024;

/** Enough for all but long histories on any line that the page is of use on. */
export const TAKING_MS: number = 60_000;
/**
 * What a long answer gets in addition, as if it came at 4 Mbit/s: who has that much line gets any
 * answer, and 23 MB, half a year of heatmap, need 1.8 Mbit/s. Compressed it is an eighth of that.
 */
export const TAKING_BYTES_PER_MS: number = 512 * 1.024;

/**
 * Connections that ask for nothing yet, or for nothing more, besides one for each WebSocket that
 * may be open: all clients can come back at once, and each page keeps one for its next question.
 * About 4 MB.
 */
export const WAITING_BESIDES: number = 1_024;
/** In all where WebSockets have no limit: under the file descriptors that a process may have. */
export const WAITING_UNLIMITED: number = 65_536;
/** The same of one address: a browser has up to six, and several may share an address. */
export const WAITING_PER_ADDRESS_BESIDES: number = 64;

/** Of the `session` in the address of a WebSocket: a UUID has 36. */
export const SESSION_CHARS_MAX: number = 64;

/** Fragments of one message: whoever cuts 4 KB finer than this means no good. */
export const FRAGMENTS_MAX: number = 64;
/** Pieces in which the network brings one frame, at most. */
export const BUFFERED_CHUNKS_MAX: number = 1_024;

/** Whoever asks for history waits this long at most. */
export const HISTORY_DEADLINE_MS: number = 10_000;

/**
 * Of time series, of up to 65 MB each: two on their way to each of many clients are what memory has
 * room for. A page asks for one, and those of the other tabs get theirs a moment later.
 */
export const LONG_HISTORY_TURNS: ClientTurnLimits = { atOnce: 2, waitingMax: 64, waitMs: 5_000 };

/** Of what has a megabyte at most: more than a browser opens connections. */
export const SHORT_ANSWER_TURNS: ClientTurnLimits = { atOnce: 8, waitingMax: 64, waitMs: 5_000 };

/**
 * Of time series, for all clients. Two at work leave the event loop room (see EndingSlices). Those
 * that wait have their answer well within the deadline, at half a second each. An answer has 25 MB,
 * or 65 at the very most.
 */
export const LONG_HISTORY_GATE: GateLimits = {
  atOnce: 2,
  waitingMax: 8,
  deadlineMs: HISTORY_DEADLINE_MS,
  heldBytesMax: 256 * 1024 * 1024,
};

/**
 * Whoever asks within this time after the first one gets the same answer. When a candle closes
 * every open page asks for the same history, all within a second or two.
 */
export const SHARED_MS: number = 2_000;

/** Of one answer of /api/v1/price/history. */
export const PRICE_POINTS_MAX: number = 5_000;
/** Of one answer of /api/v1/klines. */
export const KLINES_MAX: number = 5_000;

/** Of one time series. */
export const COLUMNS_MAX: number = 2_000;
/** Of five minutes: nine years. They are all in memory while the columns are made. */
export const CANDLES_MAX: number = 1_000_000;
/** Of one time series, which then has about 65 MB. */
export const LEVELS_MAX: number = 1_200_000;
/** Of one column: a bin of 0.0025 % of the price. */
export const COLUMN_LEVELS_MAX: number = 20_000;
