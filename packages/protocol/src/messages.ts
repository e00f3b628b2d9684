/** The message types of the wire, each derived from its schema. */
import type { FromSchema } from './from-schema.ts';
import type { heatmapSchemas } from './heatmap-schemas.ts';
import type { restSchemas } from './rest-schemas.ts';
import { schemas } from './schemas.ts';

type Definitions = typeof schemas & typeof restSchemas & typeof heatmapSchemas;
type Wire<Name extends keyof Definitions> = FromSchema<Definitions[Name], Definitions>;

export type Channel = Wire<'Channel'>;
export type PriceStatus = Wire<'PriceStatus'>;
export type ErrorCode = Wire<'ErrorCode'>;
export type WarningCode = Wire<'WarningCode'>;

export type PointPair = Wire<'PointPair'>;
export type PricePointBody = Wire<'PricePoint'>;
export type PriceStatsBody = Wire<'PriceStats'>;
export type PriceData = Wire<'PriceData'>;
export type HelloLimits = Wire<'HelloLimits'>;

export type HelloMessage = Wire<'HelloMessage'>;
/** Channel `full`. */
export type PriceUpdate = Wire<'PriceUpdate'>;
/** Channel `price`. */
export type PriceOnly = Wire<'PriceOnly'>;
export type TransactionsMessage = Wire<'TransactionsMessage'>;
export type HistogramMessage = Wire<'HistogramMessage'>;
export type ConfirmedUpdate = Wire<'ConfirmedUpdate'>;
export type PongMessage = Wire<'PongMessage'>;
export type ErrorMessage = Wire<'ErrorMessage'>;
export type WarningMessage = Wire<'WarningMessage'>;
export type ServerMessage = Wire<'ServerMessage'>;

export type ClientMessage = Wire<'ClientMessage'>;

export type SourceHealth = Wire<'SourceHealth'>;
export type PipelineHealth = Wire<'PipelineHealth'>;
export type HeatmapHealth = Wire<'HeatmapHealth'>;
export type HealthBody = Wire<'HealthBody'>;
export type WsStatsBody = Wire<'WsStatsBody'>;
export type PriceBody = Wire<'PriceBody'>;
export type MempoolBody = Wire<'MempoolBody'>;
export type ErrorBody = Wire<'ErrorBody'>;

export type HeatmapLevelBody = Wire<'HeatmapLevelBody'>;
export type HeatmapData = Wire<'HeatmapData'>;
export type HeatmapMessage = Wire<'HeatmapMessage'>;
export type HeatmapServerMessage = Wire<'HeatmapServerMessage'>;
export type HeatmapClientMessage = Wire<'HeatmapClientMessage'>;
export type ResumePosition = Wire<'ResumePosition'>;
export type SymbolsBody = Wire<'SymbolsBody'>;
export type KlineBody = Wire<'KlineBody'>;
export type KlinesBody = Wire<'KlinesBody'>;
export type HeatmapColumn = Wire<'HeatmapColumn'>;
export type HeatmapTimeSeriesBody = Wire<'HeatmapTimeSeriesBody'>;
export type PriceHistoryBody = Wire<'PriceHistoryBody'>;

export const CHANNELS: typeof schemas.Channel.enum = schemas.Channel.enum;
/** What a client receives that never asked for anything. */
export const DEFAULT_CHANNEL: Channel = 'full';
