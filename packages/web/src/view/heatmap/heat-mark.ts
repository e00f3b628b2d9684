/** Which bucket is marked: the one under the pointer, or the one the arrow keys went to. */

import {
  type HeatMark,
  type HeatPart,
  type HeatScene,
  nowAt,
  partAt,
  slotAt,
} from '../../drawing/heatmap/heat-scene.ts';
import { findByTime } from '../../model/heatmap/by-time.ts';
import { bucketOf } from '../../model/heatmap/levels.ts';
import { isWithin, yToPrice } from '../../model/price-scale.ts';
import { xToTime } from '../../model/time-scale.ts';
import type { Move } from '../chart-mark.ts';

/** Where a mark stays while the map moves on under it. */
interface Kept {
  /** A moment of its slot; null for the slot in progress. */
  readonly timeSec: number | null;
  readonly priceUsd: number;
}

export class HeatMarker {
  #pointer: { readonly xPx: number; readonly yPx: number } | null = null;
  #kept: Kept | null = null;

  /** True when the keyboard chose the bucket: only then is it read out. */
  get byKeyboard(): boolean {
    return this.#kept !== null;
  }

  /** Where the pointer is, device pixels; null when it left. Takes over from the keyboard. */
  point(at: { readonly xPx: number; readonly yPx: number } | null): void {
    this.#pointer = at;
    if (at) this.#kept = null;
  }

  clear(): void {
    this.#pointer = null;
    this.#kept = null;
  }

  /** Moves by keyboard; the first move marks the newest that is seen. */
  move(scene: HeatScene, move: Move): void {
    const from = this.at(scene);
    this.#pointer = null;
    const to = from ? moved(scene, from, move) : startOf(scene);
    if (!to || to.part.binUsd === null) return;
    const { part, slot, bucket } = to;
    this.#kept = {
      timeSec: slot === part.nowSlot ? null : (slot + 0.5) * part.intervalSec,
      priceUsd: (bucket + 0.5) * to.part.binUsd,
    };
  }

  /** The marked bucket in this scene, or null. */
  at(scene: HeatScene): HeatMark | null {
    if (!scene.priceScale) return null;
    if (this.#pointer) return under(scene, this.#pointer);
    if (!this.#kept) return null;
    const { timeSec, priceUsd } = this.#kept;
    if (timeSec === null) return markAt(nowAt(scene), priceUsd);
    const { fromSec, toSec } = scene.timeScale;
    if (timeSec < fromSec || timeSec > toSec) return null;
    const part = partAt(scene, timeSec);
    return markAt({ part, slot: slotAt(part, timeSec) }, priceUsd);
  }
}

function markAt(
  { part, slot }: { readonly part: HeatPart; readonly slot: number },
  priceUsd: number,
): HeatMark | null {
  return part.binUsd === null ? null : { part, slot, bucket: bucketOf(priceUsd, part.binUsd) };
}

/** The map beside the past one is that of the slot in progress. */
function under(
  scene: HeatScene,
  { xPx, yPx }: { readonly xPx: number; readonly yPx: number },
): HeatMark | null {
  const { priceScale, plotHeightPx, timeScale, bookSpan } = scene;
  if (!priceScale || yPx < 0 || yPx >= plotHeightPx) return null;
  const priceUsd = yToPrice(priceScale, yPx);
  const isIn = ({ leftPx, widthPx }: typeof bookSpan): boolean =>
    xPx >= leftPx && xPx < leftPx + widthPx;
  if (isIn(bookSpan)) return markAt(nowAt(scene), priceUsd);
  if (!isIn(timeScale)) return null;
  const timeSec = xToTime(timeScale, xPx);
  const part = partAt(scene, timeSec);
  return markAt({ part, slot: slotAt(part, timeSec) }, priceUsd);
}

/** At the price of now, where that is seen. */
function startOf(scene: HeatScene): HeatMark | null {
  const { current, priceScale } = scene;
  if (!priceScale) return null;
  const { range } = priceScale;
  const isSeen = current !== null && isWithin(range, current.priceUsd);
  const priceUsd = isSeen ? current.priceUsd : Math.sqrt(range.lowUsd * range.highUsd);
  return markAt(endOf(scene, 'last'), priceUsd);
}

function moved(scene: HeatScene, mark: HeatMark, move: Move): HeatMark | null {
  const { part, bucket } = mark;
  const { priceScale } = scene;
  const { binUsd } = part;
  if (!priceScale || binUsd === null) return null;
  const { lowUsd, highUsd } = priceScale.range;
  switch (move) {
    case 'older':
    case 'newer':
      return markAt(beside(scene, mark, move === 'newer' ? 1 : -1), (bucket + 0.5) * binUsd);
    case 'first':
    case 'last':
      return markAt(endOf(scene, move), (bucket + 0.5) * binUsd);
    case 'higher':
      return { ...mark, bucket: Math.min(bucketOf(highUsd, binUsd), bucket + 1) };
    case 'lower':
      return { ...mark, bucket: Math.max(bucketOf(lowUsd, binUsd), bucket - 1) };
  }
}

type Place = Pick<HeatMark, 'part' | 'slot'>;

/** The next slot of which the middle is seen and anything is known; the same where there is none. */
function beside(scene: HeatScene, from: Place, step: 1 | -1): Place {
  const { fromSec, toSec } = scene.timeScale;
  let { part } = from;
  let timeSec = (from.slot + 0.5) * part.intervalSec;
  for (;;) {
    const edgeSec = timeSec + (step * part.intervalSec) / 2;
    part = partAt(scene, edgeSec + step);
    const slot = slotAt(part, edgeSec + step);
    timeSec = (slot + 0.5) * part.intervalSec;
    if (timeSec < fromSec || timeSec > toSec) return from;
    if (isKnown({ part, slot })) return { part, slot };
  }
}

/** The first slot that is seen and of which anything is known, or the last. */
function endOf(scene: HeatScene, end: 'first' | 'last'): Place {
  const { fromSec, toSec } = scene.timeScale;
  const timeSec = end === 'first' ? fromSec + 1 : toSec;
  const part = partAt(scene, timeSec);
  const slot = slotAt(part, timeSec);
  const place = { part, slot };
  const middleSec = (slot + 0.5) * part.intervalSec;
  const isSeen = middleSec >= fromSec && middleSec <= toSec;
  return isSeen && isKnown(place) ? place : beside(scene, place, end === 'first' ? 1 : -1);
}

function isKnown({ part, slot }: Place): boolean {
  if (slot === part.nowSlot) return true;
  const openedSec = slot * part.intervalSec;
  const column = findByTime(part.columns, openedSec + part.intervalSec);
  return column !== null || findByTime(part.candles, openedSec) !== null;
}
