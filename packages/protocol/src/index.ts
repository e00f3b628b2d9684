export type { ClientAction, CloseCode } from './close-codes.ts';
export { actionAfterClose, CLOSE_CODES, parseReconnectHint, reconnectHint } from './close-codes.ts';
export {
  encodeConfirmed,
  encodeError,
  encodeHello,
  encodeHistogram,
  encodePong,
  encodePriceBody,
  encodePriceOnly,
  encodePriceUpdate,
  encodeTransactions,
  encodeWarning,
} from './encode.ts';
export type { HeatmapPosition } from './encode-heatmap.ts';
export { encodeHeatmap, encodeHeatmapData, encodeStaleSince } from './encode-heatmap.ts';
export type {
  KlineReading,
  MarketReading,
  MempoolReading,
  PastPrice,
  TimeSeriesMeta,
} from './encode-rest.ts';
export {
  encodeHeatmapColumn,
  encodeKlines,
  encodeMempoolFrame,
  encodePriceHistory,
  encodeSymbols,
  encodeTimeSeriesEnd,
  TIME_SERIES_START,
} from './encode-rest.ts';
export { ERROR_CODES, WARNING_CODES } from './error-codes.ts';
export {
  AUTH_SUBPROTOCOL_PREFIX,
  HEATMAP_PATH,
  MEMPOOL_PATH,
  PROTOCOL_VERSION,
  SUBPROTOCOL,
} from './handshake.ts';
export { heatmapSchemas } from './heatmap-schemas.ts';
export { isoTime } from './iso-time.ts';
export * from './limits.ts';
export type * from './messages.ts';
export { CHANNELS, DEFAULT_CHANNEL } from './messages.ts';
export type { HeatmapRequest } from './parse-heatmap-message.ts';
export { parseHeatmapMessage } from './parse-heatmap-message.ts';
export type { MempoolRequest } from './parse-mempool-message.ts';
export { parseMempoolMessage } from './parse-mempool-message.ts';
export type { ParseFailure, ParseResult } from './read-client-message.ts';
export { quoteJson, shortened } from './read-client-message.ts';
export type {
  HeatmapReading,
  Position,
  Reading,
  ReadingLevel,
  ReadingPoint,
  ReadingStats,
} from './reading.ts';
export type { Refusal } from './refusals.ts';
export { REFUSALS } from './refusals.ts';
export { restSchemas } from './rest-schemas.ts';
export { schemas } from './schemas.ts';
