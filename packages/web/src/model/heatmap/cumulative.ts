/** What would have been liquidated on the way from the price to each bucket. */
import type { HeatSnapshot } from '../../wire/heatmap/heatmap-incoming.ts';

export interface CumulativeStep {
  /** The edge of the bucket that is further from the price: by then all of it is gone. */
  readonly priceUsd: number;
  readonly totalUsd: number;
}

/** Longs from the price downwards, the nearest first. */
export function cumulativeLongs({
  levels,
  currentPriceUsd,
}: HeatSnapshot): readonly CumulativeStep[] {
  const { priceUsd, longUsd } = levels;
  const steps: CumulativeStep[] = [{ priceUsd: currentPriceUsd, totalUsd: 0 }];
  let totalUsd = 0;
  for (let i = priceUsd.length - 1; i >= 0; i -= 1) {
    if (longUsd[i]! === 0) continue;
    totalUsd += longUsd[i]!;
    steps.push({ priceUsd: Math.min(priceUsd[i]!, currentPriceUsd), totalUsd });
  }
  return steps;
}

/** Shorts from the price upwards, the nearest first. */
export function cumulativeShorts({
  levels,
  bucketUsd,
  currentPriceUsd,
}: HeatSnapshot): readonly CumulativeStep[] {
  const { priceUsd, shortUsd } = levels;
  const steps: CumulativeStep[] = [{ priceUsd: currentPriceUsd, totalUsd: 0 }];
  let totalUsd = 0;
  for (let i = 0; i < priceUsd.length; i += 1) {
    if (shortUsd[i]! === 0) continue;
    totalUsd += shortUsd[i]!;
    steps.push({ priceUsd: Math.max(priceUsd[i]! + bucketUsd, currentPriceUsd), totalUsd });
  }
  return steps;
}

/**
 * What the steps come to on the way to a price; the steps lead away from the current one, and
 * nothing of them lies on its other side.
 */
export function cumulativeTo(steps: readonly CumulativeStep[], priceUsd: number): number {
  const startUsd = steps[0]?.priceUsd ?? priceUsd;
  const lastUsd = steps.at(-1)?.priceUsd ?? startUsd;
  if ((priceUsd - startUsd) * (lastUsd - startUsd) < 0) return 0;
  let totalUsd = 0;
  for (const step of steps) {
    const passed = priceUsd < startUsd ? step.priceUsd >= priceUsd : step.priceUsd <= priceUsd;
    if (!passed) break;
    totalUsd = step.totalUsd;
  }
  return totalUsd;
}
