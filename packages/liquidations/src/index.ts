export { Buckets, bucketSizeUsd } from './buckets.ts';
export {
  type Candle,
  candleProblem,
  type Liquidation,
  type OpenInterest,
  type Side,
} from './candle.ts';
export { type EngineOptions, optionsFor } from './engine-settings.ts';
export { JoinedEngine } from './joined-engine.ts';
export {
  LEVERAGE_COUNT_MAX,
  LEVERAGE_MAX,
  type LeverageWeight,
  type LeverageWeights,
  type ParsedLeverageWeights,
  parseLeverageWeights,
} from './leverage-weights.ts';
export { type CandleOutcome, LiquidationEngine } from './liquidation-engine.ts';
export {
  LiquidationModel,
  type ModelOptions,
  type RestoredModel,
  type Taken,
} from './liquidation-model.ts';
export type { Crowd, EntryPoint, LiquidationParameters } from './liquidation-parameters.ts';
export {
  DEFAULT_MAINTENANCE_RATE,
  liquidationFactor,
  liquidationPrice,
} from './liquidation-price.ts';
export {
  MAINTENANCE_TABLES,
  type MaintenanceTable,
  type MaintenanceTier,
  maintenanceRate,
} from './maintenance-tiers.ts';
export { OpenInterestTrack, samplingPeriodSec } from './open-interest-track.ts';
export { LEARNED_PARAMETERS } from './parameters.ts';
export type { PastDay } from './past-day.ts';
export type { Ledger } from './position-book.ts';
export type { Gap, HeatmapLevel, HeatmapSnapshot } from './snapshot.ts';
