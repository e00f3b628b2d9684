import { asCount, asFields, asPriceUsd } from '../fields.ts';
import type { Levels } from './heatmap-incoming.ts';

/**
 * Reads the buckets of one moment. Entries that are no bucket, or do not rise in price, are left
 * out: one bad bucket must not cost the others. Null when it is no list at all.
 */
export function readLevels(value: unknown): Levels | null {
  if (!Array.isArray(value)) return null;
  const priceUsd = new Float64Array(value.length);
  const longUsd = new Float64Array(value.length);
  const shortUsd = new Float64Array(value.length);
  let count = 0;
  let lastUsd = 0;
  for (const entry of value as readonly unknown[]) {
    const level = asFields(entry);
    const price = asPriceUsd(level?.price);
    const long = asCount(level?.long_density);
    const short = asCount(level?.short_density);
    if (price === null || long === null || short === null || price <= lastUsd) continue;
    priceUsd[count] = lastUsd = price;
    longUsd[count] = long;
    shortUsd[count] = short;
    count += 1;
  }
  return {
    priceUsd: priceUsd.subarray(0, count),
    longUsd: longUsd.subarray(0, count),
    shortUsd: shortUsd.subarray(0, count),
  };
}
