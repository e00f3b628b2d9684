/** How the density of a bucket becomes a shade. */
import type { HeatColumn, Levels } from '../../wire/heatmap/heatmap-incoming.ts';
import type { PriceRange } from '../price-scale.ts';

export interface DensityScale {
  /** From here on a bucket is drawn as bright as there is, USD. */
  readonly fullUsd: number;
  /** Buckets under this are not drawn, USD. */
  readonly floorUsd: number;
  /** Shades by their share of the full density: entry 0 is nothing, the last one full. */
  readonly shades: Uint8Array;
}

/** Densities in view: half of the buckets hold less than the middle one, nearly all less than full. */
export interface DensitySpread {
  readonly middleUsd: number;
  readonly fullUsd: number;
}

/** Shades are counted from 1, the faintest; 0 is nothing. */
export const SHADES = 255;

/** So few giants do not dim the rest: they are drawn as bright as the first of them. */
const FULL_SHARE = 0.996;
/**
 * The middle density gets this share of the brightness, so that every market, however evenly its
 * positions lie, is a dark picture with bright places.
 */
const MIDDLE_BRIGHTNESS = 0.22;
/** Beyond these exponents the picture would be all dark or all bright. */
const EXPONENT_MIN = 0.4;
const EXPONENT_MAX = 2.5;
/** The histogram has bins of a fortieth of a factor of ten, from a cent to 10 trillion. */
const BINS_PER_DECADE = 40;
const DECADES = 15;
const LOWEST_USD = 0.01;
/** The slider spans three factors of ten: under a thousandth nothing is to be seen anyway. */
const SLIDER_DECADES = 3;
/** Entries of `DensityScale.shades` between nothing and full. */
export const TABLE_STEPS = 4096;
/** So many columns tell how densities are spread; a logarithm for each bucket of all takes 7 ms. */
const COLUMNS_SAMPLED = 100;

/** Null when nothing is in view. */
export function densitySpread(
  columns: readonly HeatColumn[],
  range: PriceRange,
): DensitySpread | null {
  const counts = new Uint32Array(BINS_PER_DECADE * DECADES);
  let total = 0;
  const count = (usd: number): void => {
    if (usd < LOWEST_USD) return;
    const bin = Math.floor(Math.log10(usd / LOWEST_USD) * BINS_PER_DECADE);
    const slot = Math.min(bin, counts.length - 1);
    counts[slot] = counts[slot]! + 1;
    total += 1;
  };
  const step = Math.ceil(columns.length / COLUMNS_SAMPLED);
  // From the newest back: the newest column is always among them.
  for (let i = columns.length - 1; i >= 0; i -= step) countIn(columns[i]!.levels, range, count);
  if (total === 0) return null;
  return {
    middleUsd: quantile(counts, total * 0.5),
    fullUsd: quantile(counts, total * FULL_SHARE),
  };
}

function countIn(levels: Levels, range: PriceRange, count: (usd: number) => void): void {
  const { priceUsd, longUsd, shortUsd } = levels;
  for (let i = 0; i < priceUsd.length; i += 1) {
    const price = priceUsd[i]!;
    if (price < range.lowUsd || price > range.highUsd) continue;
    count(Math.max(longUsd[i]!, shortUsd[i]!));
  }
}

/** Upper edge of the bin in which that many are reached. */
function quantile(counts: Uint32Array, wanted: number): number {
  let bin = 0;
  for (let passed = counts[0]!; passed < wanted; passed += counts[bin]!) bin += 1;
  return LOWEST_USD * 10 ** ((bin + 1) / BINS_PER_DECADE);
}

/** @param slider 0 shows everything, 1 only what is drawn brightest */
export function densityScale({ middleUsd, fullUsd }: DensitySpread, slider: number): DensityScale {
  const wanted = Math.log(MIDDLE_BRIGHTNESS) / Math.log(middleUsd / fullUsd);
  const exponent = Math.min(Math.max(wanted, EXPONENT_MIN), EXPONENT_MAX);
  const shades = Uint8Array.from({ length: TABLE_STEPS + 1 }, (_, i) =>
    Math.ceil(SHADES * (i / TABLE_STEPS) ** exponent),
  );
  const floorUsd = slider <= 0 ? 0 : fullUsd * 10 ** (-SLIDER_DECADES * (1 - slider));
  return { fullUsd, floorUsd, shades };
}

/** The shade of a density, 0 to `SHADES`. From a table: a power for each bucket takes too long. */
export function shadeOf({ fullUsd, floorUsd, shades }: DensityScale, usd: number): number {
  if (usd <= 0 || usd < floorUsd) return 0;
  return usd >= fullUsd ? SHADES : shades[Math.ceil((usd / fullUsd) * TABLE_STEPS)]!;
}

/** The same for buckets of another size: a bucket twice as high holds twice as much. */
export function rescaled(scale: DensityScale, factor: number): DensityScale {
  return { ...scale, fullUsd: scale.fullUsd * factor, floorUsd: scale.floorUsd * factor };
}
