import { bucketSizeUsd } from './buckets.ts';
import type { Candle } from './candle.ts';
import type { LeverageWeights } from './leverage-weights.ts';
import type { LiquidationParameters } from './liquidation-parameters.ts';
import { DEFAULT_MAINTENANCE_RATE, survivesItsEntry } from './liquidation-price.ts';
import { LEARNED_PARAMETERS } from './parameters.ts';

/** What a caller may say; the rest is learned or usual. */
export interface EngineOptions {
  /** Seconds from one candle to the next. */
  readonly intervalSec: number;
  /** Width of the buckets that levels are kept and shown in, USD: `bucketSizeUsd` of a price. */
  readonly bucketUsd: number;
  readonly parameters?: LiquidationParameters;
  /** Takes the place of the learned mix. */
  readonly leverageWeights?: LeverageWeights;
  /** Share of a position's value; 0.004 = 0.4 % by default. */
  readonly maintenanceRate?: number;
}

export interface EngineSettings {
  readonly intervalSec: number;
  readonly bucketUsd: number;
  readonly parameters: LiquidationParameters;
  readonly maintenanceRate: number;
}

/** Options for a symbol of which one candle is known: buckets that suit its price. */
export function optionsFor(candle: Candle, intervalSec: number): EngineOptions {
  return { intervalSec, bucketUsd: bucketSizeUsd(candle.close) };
}

/** @throws RangeError when a number makes no sense, with what is allowed. */
export function engineSettings(options: EngineOptions): EngineSettings {
  const { intervalSec, bucketUsd, maintenanceRate = DEFAULT_MAINTENANCE_RATE } = options;
  if (!(intervalSec > 0 && Number.isFinite(intervalSec))) {
    throw new RangeError(`candles of ${intervalSec} s: the interval has to be above 0`);
  }
  if (!(maintenanceRate >= 0 && maintenanceRate < 1)) {
    throw new RangeError(`maintenance rate ${maintenanceRate}: allowed is 0 up to below 1`);
  }
  const learned = options.parameters ?? LEARNED_PARAMETERS;
  const leverageWeights =
    options.leverageWeights ?? possible(learned.leverageWeights, maintenanceRate);
  for (const { leverage } of leverageWeights) {
    if (survivesItsEntry(leverage, maintenanceRate)) continue;
    throw new RangeError(
      `leverage ${leverage} is liquidated at its entry with a maintenance rate of ` +
        `${maintenanceRate}: allowed are leverages below ${1 / maintenanceRate}`,
    );
  }
  const parameters = { ...learned, leverageWeights };
  return { intervalSec, bucketUsd, parameters, maintenanceRate };
}

/** The learned mix is that of one symbol; where margins are higher, its highest leverages do not exist. */
function possible(learned: LeverageWeights, maintenanceRate: number): LeverageWeights {
  const some = learned.filter(({ leverage }) => survivesItsEntry(leverage, maintenanceRate));
  const sum = some.reduce((total, { weight }) => total + weight, 0);
  if (some.length === learned.length || some.length === 0) return learned;
  return some.map(({ leverage, weight }) => ({ leverage, weight: weight / sum }));
}
