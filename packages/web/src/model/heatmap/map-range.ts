/**
 * Which prices the map's axis shows: where the price was, and to either side of it as far as most
 * of what is at stake reaches. Positions of little leverage lie half the price away; an axis with
 * room for them would press everything near the price flat.
 */
import type { Candle, HeatSnapshot } from '../../wire/heatmap/heatmap-incoming.ts';
import type { PriceRange } from '../price-scale.ts';

/** Of what is at stake on a side this share is to be seen, where the limits allow it. */
const VOLUME_SHARE = 0.7;
/** Shown beyond the prices of the candles, at least and at most. */
const SIDE_MIN = 0.02;
const SIDE_MAX = 0.08;
/**
 * On quiet days less than the most: this many heights of the candles, so that they keep a fifth of
 * the axis and do not turn into a line.
 */
const SIDE_HEIGHTS = 2;
const SIDE_QUIET = 0.03;
/** So that what lies at the edge of the wanted range is not cut in half. */
const MARGIN = 0.002;

/** A map of some moment, and the price of then. */
export type AtStake = Pick<HeatSnapshot, 'levels' | 'currentPriceUsd'>;

/** Null before any price. */
export function wantedMapRange(
  candles: readonly Candle[],
  snapshot: AtStake | null,
): PriceRange | null {
  const prices = candles.flatMap(({ low, high }) => [low, high]);
  if (snapshot) prices.push(snapshot.currentPriceUsd);
  if (prices.length === 0) return null;
  const low = Math.min(...prices);
  const high = Math.max(...prices);
  const sideMax = clamp(SIDE_HEIGHTS * (high / low - 1), SIDE_QUIET, SIDE_MAX);
  const reach = snapshot ? reachOf(snapshot) : { lowUsd: low, highUsd: high };
  return {
    lowUsd: clamp(reach.lowUsd, low / (1 + sideMax), low / (1 + SIDE_MIN)) * (1 - MARGIN),
    highUsd: clamp(reach.highUsd, high * (1 + SIDE_MIN), high * (1 + sideMax)) * (1 + MARGIN),
  };
}

/** How far most of the longs reach down and most of the shorts up. */
function reachOf({ levels, currentPriceUsd }: AtStake): PriceRange {
  const { priceUsd, longUsd, shortUsd } = levels;
  const sum = (volumes: Float64Array): number => volumes.reduce((total, usd) => total + usd, 0);
  let lowUsd = currentPriceUsd;
  let highUsd = currentPriceUsd;
  let longs = sum(longUsd) * VOLUME_SHARE;
  for (let i = priceUsd.length - 1; i >= 0 && longs > 0; i -= 1) {
    longs -= longUsd[i]!;
    lowUsd = priceUsd[i]!;
  }
  let shorts = sum(shortUsd) * VOLUME_SHARE;
  for (let i = 0; i < priceUsd.length && shorts > 0; i += 1) {
    shorts -= shortUsd[i]!;
    highUsd = priceUsd[i]!;
  }
  return { lowUsd, highUsd };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
