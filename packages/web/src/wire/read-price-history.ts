import { asFields, asNumber, asPriceUsd } from './fields.ts';

/** What the price was at a moment, with its 90 % interval. */
export interface PastPrice {
  readonly timeSec: number;
  readonly priceUsd: number;
  readonly lowUsd: number;
  readonly highUsd: number;
}

/**
 * Reads `GET /api/v1/price/history`, oldest first; null when it is none. Entries that are no price,
 * or do not rise in time, are left out.
 */
export function readPriceHistory(value: unknown): readonly PastPrice[] | null {
  const body = asFields(value);
  if (!Array.isArray(body?.points)) return null;
  const past: PastPrice[] = [];
  for (const entry of body.points as readonly unknown[]) {
    const price = readPastPrice(entry);
    if (price && price.timeSec > (past.at(-1)?.timeSec ?? Number.NEGATIVE_INFINITY)) {
      past.push(price);
    }
  }
  return past;
}

function readPastPrice(entry: unknown): PastPrice | null {
  const fields = asFields(entry);
  const timeSec = asNumber(fields?.time);
  const priceUsd = asPriceUsd(fields?.price);
  const lowUsd = asPriceUsd(fields?.low);
  const highUsd = asPriceUsd(fields?.high);
  if (timeSec === null || priceUsd === null || lowUsd === null || highUsd === null) return null;
  return { timeSec, priceUsd, lowUsd, highUsd };
}
