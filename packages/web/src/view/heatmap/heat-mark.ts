/** Which bucket is marked: the one under the pointer, or the one the arrow keys went to. */

import { type HeatMark, type HeatScene, slotWidthPx } from '../../drawing/heatmap/heat-scene.ts';
import { bucketOf } from '../../model/heatmap/levels.ts';
import { yToPrice } from '../../model/price-scale.ts';
import type { Move } from '../chart-mark.ts';

/** Where a mark stays while the map moves on under it. */
interface Kept {
  /** The end of its slot; null for the slot in progress. */
  readonly endSec: number | null;
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

  /** Moves by keyboard; the first move marks the price of now. */
  move(scene: HeatScene, move: Move): void {
    const { binUsd: bucketUsd } = scene;
    if (bucketUsd === null) return;
    const from = this.at(scene);
    this.#pointer = null;
    const to = from ? moved(scene, from, move, bucketUsd) : startOf(scene, bucketUsd);
    if (!to) return;
    const isLast = to.slot === scene.plan.slotCount - 1;
    this.#kept = {
      endSec: isLast ? null : endOf(scene, to.slot),
      priceUsd: (to.bucket + 0.5) * bucketUsd,
    };
  }

  /** The marked bucket in this scene, or null. */
  at(scene: HeatScene): HeatMark | null {
    const { binUsd: bucketUsd } = scene;
    if (bucketUsd === null || !scene.priceScale) return null;
    if (this.#pointer) return under(scene, this.#pointer, bucketUsd);
    if (!this.#kept) return null;
    const { endSec, priceUsd } = this.#kept;
    const { timeScale, plan } = scene;
    const last = plan.slotCount - 1;
    const slot =
      endSec === null ? last : Math.round((endSec - timeScale.fromSec) / plan.intervalSec) - 1;
    return slot < 0 ? null : { slot: Math.min(slot, last), bucket: bucketOf(priceUsd, bucketUsd) };
  }
}

function endOf({ timeScale, plan }: HeatScene, slot: number): number {
  return timeScale.fromSec + (slot + 1) * plan.intervalSec;
}

/** The map beside the past one is that of the slot in progress. */
function under(
  scene: HeatScene,
  { xPx, yPx }: { readonly xPx: number; readonly yPx: number },
  bucketUsd: number,
): HeatMark | null {
  const { priceScale, plotHeightPx, plan, timeScale, bookSpan } = scene;
  if (!priceScale || yPx < 0 || yPx >= plotHeightPx) return null;
  const bucket = bucketOf(yToPrice(priceScale, yPx), bucketUsd);
  const last = plan.slotCount - 1;
  if (xPx >= bookSpan.leftPx && xPx < bookSpan.leftPx + bookSpan.widthPx)
    return { slot: last, bucket };
  const slot = Math.floor((xPx - timeScale.leftPx) / slotWidthPx(scene));
  return slot >= 0 && slot <= last ? { slot, bucket } : null;
}

function startOf({ plan, current, priceScale }: HeatScene, bucketUsd: number): HeatMark | null {
  const range = priceScale?.range;
  const priceUsd = current?.priceUsd ?? (range && Math.sqrt(range.lowUsd * range.highUsd));
  if (priceUsd === undefined) return null;
  return { slot: plan.slotCount - 1, bucket: bucketOf(priceUsd, bucketUsd) };
}

function moved(
  { plan, priceScale }: HeatScene,
  { slot, bucket }: HeatMark,
  move: Move,
  bucketUsd: number,
): HeatMark | null {
  const range = priceScale?.range;
  if (!range) return null;
  const last = plan.slotCount - 1;
  switch (move) {
    case 'older':
      return { slot: Math.max(0, slot - 1), bucket };
    case 'newer':
      return { slot: Math.min(last, slot + 1), bucket };
    case 'first':
      return { slot: 0, bucket };
    case 'last':
      return { slot: last, bucket };
    case 'higher':
      return { slot, bucket: Math.min(bucketOf(range.highUsd, bucketUsd), bucket + 1) };
    case 'lower':
      return { slot, bucket: Math.max(bucketOf(range.lowUsd, bucketUsd), bucket - 1) };
  }
}
