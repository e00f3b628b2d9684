/**
 * A range of prices laid over a height, on a logarithmic axis: one percent is the same distance
 * everywhere, as it is for the model behind the points.
 */
export interface PriceScale {
  readonly range: PriceRange;
  readonly topPx: number;
  readonly heightPx: number;
}

/** Both ends above zero, low under high. */
export interface PriceRange {
  readonly lowUsd: number;
  readonly highUsd: number;
}

export function priceToY(scale: PriceScale, priceUsd: number): number {
  const { lowUsd, highUsd } = scale.range;
  const share = Math.log(highUsd / priceUsd) / Math.log(highUsd / lowUsd);
  return scale.topPx + share * scale.heightPx;
}

export function isWithin(range: PriceRange, priceUsd: number): boolean {
  return priceUsd >= range.lowUsd && priceUsd <= range.highUsd;
}

/** The price at a height: what `priceToY` turns into it. */
export function yToPrice(scale: PriceScale, y: number): number {
  const { lowUsd, highUsd } = scale.range;
  return highUsd * (lowUsd / highUsd) ** ((y - scale.topPx) / scale.heightPx);
}
