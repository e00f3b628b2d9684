import { asNumber, asPriceUsd } from './fields.ts';
import type { PointRow } from './incoming.ts';

/**
 * Reads `[[t, price], ...]` with the amounts in BTC that a list of the same length may give beside
 * them. Entries that are no point are left out: one bad point must not cost the others. Null when
 * it is no list at all.
 */
export function readPoints(value: unknown, amounts: unknown): readonly PointRow[] | null {
  if (!Array.isArray(value)) return null;
  const amountsBtc: readonly unknown[] = Array.isArray(amounts) ? amounts : [];
  const points: PointRow[] = [];
  for (const [i, entry] of (value as readonly unknown[]).entries()) {
    const point = readPoint(entry, amountsBtc[i]);
    if (point) points.push(point);
  }
  return points;
}

function readPoint(entry: unknown, amount: unknown): PointRow | null {
  if (!Array.isArray(entry)) return null;
  const [time, price] = entry as readonly unknown[];
  const timeSec = asNumber(time);
  const priceUsd = asPriceUsd(price);
  if (timeSec === null || priceUsd === null) return null;
  const amountBtc = asPriceUsd(amount);
  return amountBtc === null ? [timeSec, priceUsd] : [timeSec, priceUsd, amountBtc];
}
