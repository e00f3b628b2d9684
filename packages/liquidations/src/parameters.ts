/**
 * The fitted numbers of the liquidation model. Written by `npm run fit -- liquidations`
 * (scripts/fit-liquidations); not by hand.
 *
 * Data: BTC, 2025-10-06 to 2026-01-14, hourly candles.
 * Objective: rank correlation with what was liquidated, both sides, over all windows and within
 * quarters of them; then one scale for the volume, without the largest 1 % of windows, for a
 * history that begins at its mean open interest. This one begins a third above it, which shows in
 * the volumes.
 * entryPoints, fallShare, usualHalfLifeSec, the leverages and the form of the model were chosen
 * while looking at all of this data; the numbers below were then fitted on the parts named.
 * - usual recipe: long 0.7612, short 0.5617, volume 33.42 of actual, 603 windows
 * - fitted on the first half: long 0.9297, short 0.8572, volume 1.22 of actual, 301 windows
 * - that on the second half: long 0.9048, short 0.8836, volume 1.23 of actual, 295 windows (unfitted: long 0.8988, short 0.8669, volume 1.02 of actual, 295 windows)
 * - without the fifth since 2025-10-06, on it: long 0.9279, short 0.8435, volume 1.02 of actual, 120 windows (unfitted: long 0.9141, short 0.8367, volume 1.26 of actual, 120 windows)
 * - without the fifth since 2025-10-26, on it: long 0.9302, short 0.8528, volume 1.42 of actual, 120 windows (unfitted: long 0.9190, short 0.8527, volume 1.52 of actual, 120 windows)
 * - without the fifth since 2025-11-15, on it: long 0.9109, short 0.8391, volume 1.57 of actual, 121 windows (unfitted: long 0.8979, short 0.8292, volume 1.60 of actual, 121 windows)
 * - without the fifth since 2025-12-05, on it: long 0.9148, short 0.8910, volume 1.36 of actual, 120 windows (unfitted: long 0.9097, short 0.8857, volume 1.15 of actual, 120 windows)
 * - without the fifth since 2025-12-25, on it: long 0.8786, short 0.8640, volume 0.99 of actual, 121 windows (unfitted: long 0.8759, short 0.8424, volume 0.90 of actual, 121 windows)
 * - fitted on all: long 0.9208, short 0.8779, volume 1.27 of actual, 603 windows
 */
import type { LiquidationParameters } from './liquidation-parameters.ts';

export const LEARNED_PARAMETERS: LiquidationParameters = {
  leverageWeights: [
    { leverage: 5, weight: 0.23819 },
    { leverage: 7, weight: 0.18506 },
    { leverage: 10, weight: 0.14163 },
    { leverage: 14, weight: 0.11004 },
    { leverage: 20, weight: 0.084212 },
    { leverage: 28, weight: 0.06543 },
    { leverage: 40, weight: 0.050073 },
    { leverage: 56, weight: 0.038905 },
    { leverage: 80, weight: 0.029773 },
    { leverage: 112, weight: 0.023133 },
    { leverage: 150, weight: 0.018581 },
    { leverage: 200, weight: 0.014975 },
  ],
  entryPoints: [
    { at: -0.9, weight: 0.25 },
    { at: -0.4, weight: 0.25 },
    { at: 0.1, weight: 0.25 },
    { at: 0.6, weight: 0.25 },
  ],
  crowds: [
    { turnoverPerHour: 0.00052676, halfLifeSec: 5760, escapeVolume: 5 },
    { turnoverPerHour: 0.000033713, halfLifeSec: 69120, escapeVolume: 0 },
  ],
  volumePower: 0.5,
  riseHours: 0,
  fallShare: 1,
  usualHalfLifeSec: 31536000,
};
