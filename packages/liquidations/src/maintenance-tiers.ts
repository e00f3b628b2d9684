/**
 * Maintenance margin by size of position, as venues publish it. Data, not law: venues change it
 * several times a year, so each table has its date.
 */
import { DEFAULT_MAINTENANCE_RATE } from './liquidation-price.ts';

/** Positions above the tier before and up to `notionalMaxUsd`. */
export interface MaintenanceTier {
  readonly notionalMaxUsd: number;
  /** Share of the position's value. */
  readonly rate: number;
  /** The highest leverage that the venue allows in this tier. */
  readonly leverageMax: number;
}

export interface MaintenanceTable {
  readonly venue: string;
  /** Day on which the venue answered so. */
  readonly asOf: string;
  readonly source: string;
  /** By rising size. */
  readonly tiers: readonly MaintenanceTier[];
}

type Row = readonly [notionalMaxUsd: number, rate: number, leverageMax: number];

function binance(rows: readonly Row[]): MaintenanceTable {
  return {
    venue: 'Binance USD-M futures',
    asOf: '2024-10-24',
    source:
      'GET /fapi/v1/leverageBracket, as recorded in binance_leverage_tiers.json of ' +
      'github.com/freqtrade/freqtrade at 3d9514d26',
    tiers: rows.map(([notionalMaxUsd, rate, leverageMax]) => ({
      notionalMaxUsd,
      rate,
      leverageMax,
    })),
  };
}

export const MAINTENANCE_TABLES: ReadonlyMap<string, MaintenanceTable> = new Map([
  [
    'BTCUSDT',
    binance([
      [50_000, 0.004, 125],
      [600_000, 0.005, 100],
      [3_000_000, 0.0065, 75],
      [12_000_000, 0.01, 50],
      [70_000_000, 0.02, 25],
      [100_000_000, 0.025, 20],
      [230_000_000, 0.05, 10],
      [480_000_000, 0.1, 5],
      [600_000_000, 0.125, 4],
      [800_000_000, 0.15, 3],
      [1_200_000_000, 0.25, 2],
      [1_800_000_000, 0.5, 1],
    ]),
  ],
  [
    'ETHUSDT',
    binance([
      [50_000, 0.004, 125],
      [600_000, 0.005, 100],
      [3_000_000, 0.0065, 75],
      [12_000_000, 0.01, 50],
      [50_000_000, 0.02, 25],
      [65_000_000, 0.025, 20],
      [150_000_000, 0.05, 10],
      [320_000_000, 0.1, 5],
      [400_000_000, 0.125, 4],
      [530_000_000, 0.15, 3],
      [800_000_000, 0.25, 2],
      [1_200_000_000, 0.5, 1],
    ]),
  ],
  [
    'SOLUSDT',
    binance([
      [20_000, 0.005, 100],
      [100_000, 0.0065, 75],
      [800_000, 0.01, 50],
      [4_000_000, 0.02, 25],
      [8_000_000, 0.025, 20],
      [40_000_000, 0.05, 10],
      [80_000_000, 0.1, 5],
      [100_000_000, 0.125, 4],
      [200_000_000, 0.25, 2],
      [400_000_000, 0.5, 1],
    ]),
  ],
]);

/** The highest rate of small positions on any market of the tables: a mix for all has to bear it. */
export const MARKETS_MAINTENANCE_RATE: number = Math.max(
  DEFAULT_MAINTENANCE_RATE,
  ...Array.from(MAINTENANCE_TABLES.values(), ({ tiers }) => tiers[0]!.rate),
);

/**
 * The maintenance margin rate of a position, 0.004 = 0.4 %. Above the largest tier that one's; where
 * no table is known, 0.4 %.
 *
 * @param symbol - such as BTCUSDT
 * @param notionalUsd - size of the position; without it that of the smallest, which most are
 */
export function maintenanceRate(symbol: string, notionalUsd: number = 0): number {
  const tiers = MAINTENANCE_TABLES.get(symbol)?.tiers ?? [];
  const tier = tiers.find(({ notionalMaxUsd }) => notionalUsd <= notionalMaxUsd) ?? tiers.at(-1);
  return tier?.rate ?? DEFAULT_MAINTENANCE_RATE;
}
