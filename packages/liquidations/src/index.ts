export type { Candle, Liquidation, OpenInterest, Side } from './candle.ts';
export type { Gap, HeatmapLevel, HeatmapSnapshot } from './snapshot.ts';
