import type { LeverageWeights } from './leverage-weights.ts';

/** Where in a candle's range positions are entered. */
export interface EntryPoint {
  /** -1 is the low, 0 the close, 1 the high; linear between. */
  readonly at: number;
  /** All points together sum to 1. */
  readonly weight: number;
}

/** The numbers of the liquidation model that data decides; parameters.ts says how they were found. */
export interface LiquidationParameters {
  /** How opened positions spread over leverages. */
  readonly leverageWeights: LeverageWeights;
  readonly entryPoints: readonly EntryPoint[];
  /**
   * What is opened on each side in an hour of usual volume, as a share of the usual open interest:
   * only positions whose owners leave them to their liquidation, so less than what is traded.
   */
  readonly turnoverPerHour: number;
  /** Power of the volume, relative to the usual one, in what is opened. */
  readonly volumePower: number;
  /**
   * The volume, relative to the usual one, at which half of what the price reaches is liquidated
   * and the other half has been closed by its owners; 0 when all of it is liquidated.
   */
  readonly escapeVolume: number;
  /** Half of the open positions are closed by their owners within this time, seconds. */
  readonly halfLifeSec: number;
  /** Half-life of the memory of which volume and open interest are usual, seconds. */
  readonly usualHalfLifeSec: number;
}
