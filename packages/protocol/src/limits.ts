/** Every fixed number of the wire, with its unit and its reason. What operators set is config. */

/**
 * Points in a `full` message. 1,000 points are about 55 KB as JSON: at one message each 500 ms
 * a client stays well under 1 MB/s.
 */
export const POINTS_PER_MESSAGE_MAX: number = 1_000;

/** Bytes of a `price` message: it must stay cheap for the smallest client. */
export const PRICE_MESSAGE_BYTES_MAX: number = 300;

/** Between protocol pings: under the 30 s after which many mobile networks and proxies cut. */
export const PING_INTERVAL_MS: number = 25_000;

/** Without any frame from the client for this long it is gone: two pings went unanswered. */
export const IDLE_TIMEOUT_MS: number = 60_000;

/** Errors answered within the window before the client counts as broken and is closed (4500). */
export const ERRORS_PER_WINDOW_MAX: number = 10;

/** The window for counting errors and inbound messages. */
export const RATE_WINDOW_MS: number = 10_000;

/** A client this many times over its message limit heeds no errors: it is closed (4029). */
export const RATE_LIMIT_CLOSE_FACTOR: number = 2;

/** SLOW_CONSUMER warnings in a row before the client is closed (4008). */
export const SLOW_WARNINGS_MAX: number = 3;

/** Nesting of a client message: what the protocol defines needs three. */
export const CLIENT_MESSAGE_DEPTH_MAX: number = 8;

/** Names in one subscribe or unsubscribe: twice the channels there are. */
export const CHANNELS_PER_MESSAGE_MAX: number = 10;

/** Symbols in one subscribe or unsubscribe: with their positions they fit into 1 KB. */
export const SYMBOLS_PER_MESSAGE_MAX: number = 10;

/**
 * Symbols that one connection may hold. Maps of 500 levels are about 31 KB: all at once they stay
 * within the least WS_MAX_PENDING_BYTES, so that subscribing never closes a client.
 */
export const SYMBOLS_PER_CONNECTION_MAX: number = 30;

/** Between two maps of a symbol to one client: a map changes no faster than an eye follows. */
export const UPDATE_INTERVAL_SEC_MIN: number = 1;
/** Longer ones are for polling. */
export const UPDATE_INTERVAL_SEC_MAX: number = 60;

/** Characters of a ping's timestamp that are echoed: an ISO time needs 24. */
export const PING_TIMESTAMP_CHARS_MAX: number = 64;

/** Characters of a client's own text that an error repeats. */
export const QUOTED_CHARS_MAX: number = 40;

/** Between two `histogram` messages: shapes change slowly and the eye needs no more. */
export const HISTOGRAM_INTERVAL_MS: number = 1_000;

/** A source lost for longer than this makes the price stale. */
export const SOURCE_STALE_AFTER_MS: number = 5_000;

/** Bytes of a close reason: the 125 of a control frame (RFC 6455, 5.5) less the code's 2. */
export const CLOSE_REASON_BYTES_MAX: number = 123;
