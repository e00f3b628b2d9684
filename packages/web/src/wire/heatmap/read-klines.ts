import { asFields, asNumber, asPriceUsd } from '../fields.ts';
import type { Candle, Klines } from './heatmap-incoming.ts';

/**
 * Reads `GET /api/v1/klines/{symbol}`; null when it is none. Entries that are no candle, or do
 * not rise in time, are left out.
 */
export function readKlines(value: unknown): Klines | null {
  const body = asFields(value);
  if (!Array.isArray(body?.klines)) return null;
  const candles: Candle[] = [];
  for (const entry of body.klines as readonly unknown[]) {
    const candle = readCandle(entry);
    if (candle && candle.timeSec > (candles.at(-1)?.timeSec ?? Number.NEGATIVE_INFINITY)) {
      candles.push(candle);
    }
  }
  return { demo: body.demo === true, candles };
}

function readCandle(entry: unknown): Candle | null {
  const fields = asFields(entry);
  const timeSec = asNumber(fields?.time);
  const open = asPriceUsd(fields?.open);
  const high = asPriceUsd(fields?.high);
  const low = asPriceUsd(fields?.low);
  const close = asPriceUsd(fields?.close);
  if (timeSec === null || open === null || high === null || low === null || close === null) {
    return null;
  }
  if (low > Math.min(open, close) || high < Math.max(open, close)) return null;
  return { timeSec, open, high, low, close };
}
