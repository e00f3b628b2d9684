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
import { isWithin, type PriceScale, yToPrice } from '../../model/price-scale.ts';
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
      timeSec: slot === part.nowSlot ? null : middleSec(to),
      priceUsd: (bucket + 0.5) * to.part.binUsd,
    };
  }

  /** The marked bucket in this scene, or null. */
  at(scene: HeatScene): HeatMark | null {
    if (!scene.priceScale) return null;
    if (this.#pointer) return under(scene, this.#pointer);
    if (!this.#kept) return null;
    const { timeSec, priceUsd } = this.#kept;
    const { fromSec, toSec } = scene.timeScale;
    if (timeSec !== null && (timeSec < fromSec || timeSec > toSec)) return null;
    const place = timeSec === null ? nowAt(scene) : placeAt(scene, timeSec);
    const mark = markAt(place, priceUsd);
    return mark && withinAxis(scene.priceScale, mark).bucket === mark.bucket ? mark : null;
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
  return markAt(placeAt(scene, xToTime(timeScale, xPx)), priceUsd);
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
  switch (move) {
    case 'older':
    case 'newer':
      return markAt(beside(scene, mark, move === 'newer' ? 1 : -1), (bucket + 0.5) * binUsd);
    case 'first':
    case 'last':
      return markAt(endOf(scene, move), (bucket + 0.5) * binUsd);
    case 'higher':
      return withinAxis(priceScale, { ...mark, bucket: bucket + 1 });
    case 'lower':
      return withinAxis(priceScale, { ...mark, bucket: bucket - 1 });
  }
}

/** Moved to the end of the axis where it lies beyond. */
function withinAxis({ range }: PriceScale, mark: HeatMark): HeatMark {
  const binUsd = mark.part.binUsd ?? 1;
  const [low, high] = [bucketOf(range.lowUsd, binUsd), bucketOf(range.highUsd, binUsd)];
  return { ...mark, bucket: Math.min(Math.max(mark.bucket, low), high) };
}

type Place = Pick<HeatMark, 'part' | 'slot'>;

/** The next slot that can be marked; the same where there is none. */
function beside(scene: HeatScene, from: Place, step: 1 | -1): Place {
  return nextTo(scene, middleSec(from), step) ?? from;
}

/** The first slot that can be marked, or the last. */
function endOf(scene: HeatScene, end: 'first' | 'last'): Place {
  const { fromSec, toSec } = scene.timeScale;
  return end === 'first'
    ? (nextTo(scene, fromSec, 1) ?? placeAt(scene, fromSec + 1))
    : (nextTo(scene, toSec, -1) ?? placeAt(scene, toSec));
}

/**
 * From a moment on, the next slot of which the middle is seen, in front of other parts, and
 * anything is known. Middles lie on whole halves of the shortest slots.
 */
function nextTo(scene: HeatScene, afterSec: number, step: 1 | -1): Place | null {
  const { fromSec, toSec } = scene.timeScale;
  const halfSec = Math.min(...scene.parts.map(({ intervalSec }) => intervalSec)) / 2;
  let half = (step > 0 ? Math.floor : Math.ceil)(afterSec / halfSec);
  for (;;) {
    half += step;
    const timeSec = half * halfSec;
    if (timeSec <= fromSec || timeSec >= toSec) return null;
    const place = placeAt(scene, timeSec);
    if (middleSec(place) === timeSec && isKnown(place)) return place;
  }
}

function middleSec({ part, slot }: Place): number {
  return (slot + 0.5) * part.intervalSec;
}

function placeAt(scene: HeatScene, timeSec: number): Place {
  const part = partAt(scene, timeSec);
  return { part, slot: slotAt(part, timeSec) };
}

function isKnown({ part, slot }: Place): boolean {
  if (slot === part.nowSlot) return true;
  const openedSec = slot * part.intervalSec;
  const column = findByTime(part.columns, openedSec + part.intervalSec);
  return column !== null || findByTime(part.candles, openedSec) !== null;
}
