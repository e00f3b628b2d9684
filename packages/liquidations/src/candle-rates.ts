/** What the parameters come to for candles of one length: computed once, used for each candle. */
import type { Side } from './candle.ts';
import type { EngineSettings } from './engine-settings.ts';
import type { LeverageWeights } from './leverage-weights.ts';
import type { EntryPoint } from './liquidation-parameters.ts';
import { liquidationFactor } from './liquidation-price.ts';

const HOUR_SEC = 3_600;
/** Shorter candles span so little that entering at the close is as good. */
const SPREAD_MIN_SEC = 1_800;
const AT_CLOSE: readonly EntryPoint[] = [{ at: 0, weight: 1 }];
/** One place for each leverage. */
export interface Tiers {
  readonly weights: Float64Array;
  readonly longFactors: Float64Array;
  readonly shortFactors: Float64Array;
}

export interface CrowdRates {
  /** Opened in a candle of usual volume, as a share of the usual open interest. */
  readonly turnover: number;
  /** Share that is still open after a candle. */
  readonly kept: number;
  readonly escapeVolume: number;
  readonly halfLifeSec: number;
}

export interface CandleRates {
  readonly intervalSec: number;
  readonly tiers: Tiers;
  readonly entryPoints: readonly EntryPoint[];
  readonly crowds: readonly [CrowdRates, CrowdRates];
  readonly volumePower: number;
  /** In candles: see riseHours of LiquidationParameters. */
  readonly riseCandles: number;
  readonly fallShare: number;
}

function tiersOf(mix: LeverageWeights, maintenanceRate: number): Tiers {
  const factors = (side: Side): Float64Array =>
    Float64Array.from(mix, ({ leverage }) => liquidationFactor(side, leverage, maintenanceRate));
  return {
    weights: Float64Array.from(mix, ({ weight }) => weight),
    longFactors: factors('long'),
    shortFactors: factors('short'),
  };
}

export function candleRates({
  intervalSec,
  maintenanceRate,
  parameters,
}: EngineSettings): CandleRates {
  const hours = intervalSec / HOUR_SEC;
  const [first, second] = parameters.crowds.map(({ turnoverPerHour, halfLifeSec, ...rest }) => ({
    ...rest,
    halfLifeSec,
    turnover: turnoverPerHour * hours,
    kept: 2 ** (-intervalSec / halfLifeSec),
  }));
  return {
    intervalSec,
    tiers: tiersOf(parameters.leverageWeights, maintenanceRate),
    entryPoints: intervalSec >= SPREAD_MIN_SEC ? parameters.entryPoints : AT_CLOSE,
    crowds: [first!, second!],
    volumePower: parameters.volumePower,
    riseCandles: parameters.riseHours / hours,
    fallShare: parameters.fallShare,
  };
}
