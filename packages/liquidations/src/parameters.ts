import type { LiquidationParameters } from './liquidation-parameters.ts';

export const LEARNED_PARAMETERS: LiquidationParameters = {
  leverageWeights: [
    { leverage: 5, weight: 0.2 },
    { leverage: 10, weight: 0.2 },
    { leverage: 20, weight: 0.15 },
    { leverage: 35, weight: 0.15 },
    { leverage: 60, weight: 0.1 },
    { leverage: 100, weight: 0.1 },
    { leverage: 150, weight: 0.1 },
  ],
  entryPoints: [
    { at: -0.6, weight: 0.5 },
    { at: 0.3, weight: 0.5 },
  ],
  turnoverPerHour: 1e-4,
  volumePower: 1,
  escapeVolume: 1,
  halfLifeSec: 64_800,
  usualHalfLifeSec: 3_600_000,
};
