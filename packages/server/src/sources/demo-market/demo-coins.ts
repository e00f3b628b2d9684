/** What tells the demo's markets apart: figures of the size that these had late in 2025. */
export interface DemoCoin {
  readonly symbol: string;
  /** Around which its price wanders. */
  readonly priceUsd: number;
  /** Prices are multiples of one over this. */
  readonly ticksPerUsd: number;
  /** How far it goes with bitcoin: 1 means one percent for one percent. */
  readonly beta: number;
  /** Yearly volatility of what it does by itself. */
  readonly ownVolatility: number;
  readonly dailyVolumeUsd: number;
  readonly openInterestUsd: number;
}

/**
 * Yearly. At this one five-minute move in 5,000 exceeds 1 %, as in a calm month (January 2026: one
 * in 3,200 at 0.35). The chain tells of the same price by payments quoted minutes before, so each
 * such move is an error of the on-chain price; at 0.5 there would be nearly four times as many.
 */
export const BITCOIN_VOLATILITY = 0.4;

export const BITCOIN: DemoCoin = {
  symbol: 'BTCUSDT',
  priceUsd: 90_000,
  ticksPerUsd: 10,
  beta: 1,
  ownVolatility: 0,
  dailyVolumeUsd: 15e9,
  openInterestUsd: 8e9,
};

export const DEMO_COINS: readonly DemoCoin[] = [
  BITCOIN,
  {
    symbol: 'ETHUSDT',
    priceUsd: 3_000,
    ticksPerUsd: 100,
    beta: 1.15,
    ownVolatility: 0.28,
    dailyVolumeUsd: 12e9,
    openInterestUsd: 5e9,
  },
  {
    symbol: 'SOLUSDT',
    priceUsd: 140,
    ticksPerUsd: 100,
    beta: 1.2,
    ownVolatility: 0.4,
    dailyVolumeUsd: 3.5e9,
    openInterestUsd: 1.3e9,
  },
];
