import { asNumber, asPriceUsd } from './fields.ts';
import type { PointRow } from './incoming.ts';

/**
 * Reads `[[t, price], ...]`, with the amount in BTC as an optional third. Entries that are no
 * point are left out: one bad point must not cost the others. Null when it is no list at all.
 */
export function readPoints(value: unknown): readonly PointRow[] | null {
  if (!Array.isArray(value)) return null;
  const points: PointRow[] = [];
  for (const entry of value as readonly unknown[]) {
    const point = readPoint(entry);
    if (point) points.push(point);
  }
  return points;
}

function readPoint(entry: unknown): PointRow | null {
  if (!Array.isArray(entry)) return null;
  const [time, price, amount] = entry as readonly unknown[];
  const timeSec = asNumber(time);
  const priceUsd = asPriceUsd(price);
  if (timeSec === null || priceUsd === null) return null;
  const amountBtc = asPriceUsd(amount);
  return amountBtc === null ? [timeSec, priceUsd] : [timeSec, priceUsd, amountBtc];
}
