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

/** A tenth of a percent, and twentyfold: beyond that there is nothing to be seen. */
const HEIGHT = { min: Math.log(1.001), max: Math.log(20) } as const;
/** Nothing is traded for less or for more. */
const PRICE_USD = { min: 1e-12, max: 1e12 } as const;

/**
 * The range made longer or shorter about a price, which stays where it is.
 * @param factor of its length on the logarithmic axis: 0.5 shows half as much
 */
export function zoomRange(range: PriceRange, aboutUsd: number, factor: number): PriceRange {
  const height = Math.log(range.highUsd / range.lowUsd);
  const wanted = Math.min(Math.max(height * factor, HEIGHT.min), HEIGHT.max);
  const share = Math.log(range.highUsd / aboutUsd) / height;
  return {
    lowUsd: aboutUsd * Math.exp(-wanted * (1 - share)),
    highUsd: aboutUsd * Math.exp(wanted * share),
  };
}

/** The range after the picture was moved down by so many pixels. */
export function panRange(scale: PriceScale, byPx: number): PriceRange {
  const { topPx, heightPx, range } = scale;
  const lowUsd = yToPrice(scale, topPx + heightPx - byPx);
  const highUsd = yToPrice(scale, topPx - byPx);
  return lowUsd > PRICE_USD.min && highUsd < PRICE_USD.max ? { lowUsd, highUsd } : range;
}
