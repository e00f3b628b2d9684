/** What is to be seen of the map in one drawing, in device pixels; made anew for each. */
import type { CumulativeStep } from '../../model/heatmap/cumulative.ts';
import type { DensityScale } from '../../model/heatmap/density-scale.ts';
import { type TimeScale, timeToX } from '../../model/time-scale.ts';
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

/** A stretch of the map's past, in slots of one length. */
export interface HeatPart {
  readonly intervalSec: number;
  /** It hides what is drawn of others between these. */
  readonly fromSec: number;
  readonly toSec: number;
  /** Each at the end of its slot; none but those that are seen. */
  readonly columns: readonly HeatColumn[];
  /** Each at its beginning. */
  readonly candles: readonly Candle[];
  /** Height of a bucket, which marks count in; null without any. */
  readonly binUsd: number | null;
  /** The slot in progress, which the map of now fills; null where others reach that far. */
  readonly nowSlot: number | null;
}

/** One bucket of one slot, under the pointer or the keyboard. */
export interface HeatMark {
  readonly part: HeatPart;
  readonly slot: number;
  readonly bucket: number;
}

export interface HeatScene extends Plot {
  /** The time x price map, at the left. */
  readonly timeScale: TimeScale;
  /** From back to front; one of them has the slot in progress. */
  readonly parts: readonly HeatPart[];
  /** The current map, between it and the axis. */
  readonly bookSpan: PanelSpan;
  /** The map of now in buckets of that part: what the slot in progress shows. */
  readonly now: Levels | null;
  /** Height of a bucket that `density` is for; null without any. */
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

/**
 * Slots are numbered by the time since 1970 in slots. The end of a slot still belongs to it.
 */
export function slotAt({ intervalSec }: HeatPart, timeSec: number): number {
  return Math.ceil(timeSec / intervalSec) - 1;
}

/** Left edge of a slot. */
export function slotX({ timeScale }: HeatScene, { intervalSec }: HeatPart, slot: number): number {
  return timeToX(timeScale, slot * intervalSec);
}

/** Width of a slot. */
export function slotWidthPx({ timeScale }: HeatScene, { intervalSec }: HeatPart): number {
  return (timeScale.widthPx * intervalSec) / (timeScale.toSec - timeScale.fromSec);
}

/** The part that is seen at a moment: the foremost that has it. */
export function partAt({ parts }: HeatScene, timeSec: number): HeatPart {
  const holds = (part: HeatPart): boolean => timeSec > part.fromSec && timeSec <= part.toSec;
  return parts.findLast(holds) ?? parts.at(-1)!;
}

/** The slot in progress. */
export function nowAt({ parts }: HeatScene): { readonly part: HeatPart; readonly slot: number } {
  const part = parts.findLast(({ nowSlot }) => nowSlot !== null) ?? parts.at(-1)!;
  return { part, slot: part.nowSlot ?? 0 };
}
