import type { PriceRange } from './price-scale.ts';

/** Round prices within the range, at most about `countMax`, in steps of 1, 2, 2.5 or 5 times 10^n. */
export function priceTicks(range: PriceRange, countMax: number): readonly number[] {
  const step = roundStep((range.highUsd - range.lowUsd) / Math.max(1, countMax));
  const ticks: number[] = [];
  for (let n = Math.ceil(range.lowUsd / step); n * step <= range.highUsd; n += 1) {
    ticks.push(n * step);
  }
  return ticks;
}

/** The smallest round step that is no smaller than the one given. */
function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= atLeast * (1 - 1e-9));
  return (factor ?? 10) * power;
}
