/** What is to be seen of the map in one drawing, in device pixels; made anew for each. */
import type { CumulativeStep } from '../../model/heatmap/cumulative.ts';
import type { DensityScale } from '../../model/heatmap/density-scale.ts';
import type { TimePlan } from '../../model/heatmap/time-plan.ts';
import type { TimeScale } from '../../model/time-scale.ts';
import type { Candle, HeatColumn, Levels } from '../../wire/heatmap/heatmap-incoming.ts';
import type { PanelSpan, Plot } from '../plot.ts';

/** The map of now, drawn beside the past one. */
export interface Book {
  readonly levels: Levels;
  readonly bucketUsd: number;
  /** The most that a bucket in view holds: the whole width. */
  readonly fullUsd: number;
  readonly longs: readonly CumulativeStep[];
  readonly shorts: readonly CumulativeStep[];
  /** The most that a curve comes to in view: the whole width. */
  readonly fullTotalUsd: number;
}

/** One bucket of one slot, under the pointer or the keyboard. */
export interface HeatMark {
  /** From the left; the last is the slot in progress. */
  readonly slot: number;
  readonly bucket: number;
}

export interface HeatScene extends Plot {
  /** The time x price map, at the left. */
  readonly timeScale: TimeScale;
  readonly plan: TimePlan;
  /** The current map, between it and the axis. */
  readonly bookSpan: PanelSpan;
  readonly columns: readonly HeatColumn[];
  readonly candles: readonly Candle[];
  /** The map of now in buckets of the columns: what the slot in progress shows. */
  readonly now: Levels | null;
  /** Height of a bucket of the map over time, which marks count in; null without any. */
  readonly binUsd: number | null;
  /** Null as long as there is nothing to be shaded. */
  readonly density: DensityScale | null;
  /** A pixel for each shade (see shades.ts). */
  readonly shadePixels: Uint32Array;
  readonly book: Book | null;
  readonly current: { readonly priceUsd: number; readonly live: boolean } | null;
  readonly mark: HeatMark | null;
  /** Of when the newest map is: `Now` only where that is so. */
  readonly nowText: string;
  readonly momentText: (timeSec: number) => string;
  readonly shortUsd: (usd: number) => string;
  /** Two scenes with the same key look the same, apart from the mark. */
  readonly key: string;
}

/** Width of a slot. */
export function slotWidthPx({ timeScale, plan }: HeatScene): number {
  return timeScale.widthPx / plan.slotCount;
}

/** Number of the slot that ends at a moment, from the left; may lie outside. */
export function slotAt({ timeScale, plan }: HeatScene, endSec: number): number {
  return Math.round((endSec - timeScale.fromSec) / plan.intervalSec) - 1;
}
