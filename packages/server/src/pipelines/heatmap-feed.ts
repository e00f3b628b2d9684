import type { HeatmapSnapshot } from '@tidegauge/liquidations';

/** A market whose heatmap is served. */
export interface HeatmapMarket {
  readonly symbol: string;
  /** Length of its candles. */
  readonly intervalSec: number;
  /** Where its data comes from. */
  readonly venues: readonly string[];
  /** Size of a price bucket; null before the first candle. */
  readonly bucketUsd: number | null;
}

/** What of the heatmap pipeline may be read, at any time. */
export interface HeatmapFeed {
  /** True when the data is made up. */
  readonly demo: boolean;
  /** In the order they are offered. Fixed while the server runs. */
  markets(): readonly HeatmapMarket[];
  /**
   * The map of this moment, with the candle in progress; null for an unknown symbol or before its
   * first candle. Computed when asked for; the same object as before when nothing came since.
   */
  snapshot(symbol: string): HeatmapSnapshot | null;
}
