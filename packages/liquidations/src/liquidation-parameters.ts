import type { LeverageWeights } from './leverage-weights.ts';

/** Where in a candle's range positions are entered. */
export interface EntryPoint {
  /** -1 is the low, 0 the close, 1 the high; linear between. */
  readonly at: number;
  /** All points together sum to 1. */
  readonly weight: number;
}

/** People who trade alike: how much they open, how long they stay, how they end. */
export interface Crowd {
  /**
   * What they open on each side in an hour of usual volume, as a share of the usual open interest:
   * only positions whose owners leave them to their liquidation, so less than what is traded.
   */
  readonly turnoverPerHour: number;
  /** Half of their open positions are closed within this time, seconds. */
  readonly halfLifeSec: number;
  /**
   * The volume, relative to the usual one, at which half of what the price reaches is liquidated
   * and the other half was closed before; 0 when all of it is liquidated.
   */
  readonly escapeVolume: number;
}

/** The numbers of the liquidation model that data decides; parameters.ts says how they were found. */
export interface LiquidationParameters {
  /** How opened positions spread over leverages. */
  readonly leverageWeights: LeverageWeights;
  /** For candles of half an hour and more; shorter ones are entered at the close. */
  readonly entryPoints: readonly EntryPoint[];
  /** Those who are in and out within hours, and those who hold. */
  readonly crowds: readonly [Crowd, Crowd];
  /** Power of the volume, relative to the usual one, in what is opened. */
  readonly volumePower: number;
  /** A rise of open interest opens what so many hours of usual volume times its share of it do. */
  readonly riseHours: number;
  /** A fall of open interest closes its share, times this, of what is open. */
  readonly fallShare: number;
  /** Half-life of the memory of which volume and open interest are usual, seconds. */
  readonly usualHalfLifeSec: number;
}
