import type { NumberFormats } from '../format/numbers.ts';
import type { TimeFormats } from '../format/times.ts';
import type { Dashboard } from '../model/dashboard.ts';
import { type LineStatus, vouchesForPrice } from '../model/line-status.ts';

/** The line under the price: what it rests on, or what it waits for. */
export function priceNote(
  state: Dashboard,
  status: LineStatus,
  numbers: NumberFormats,
  times: TimeFormats,
): string {
  const { price, health } = state;
  if (!price) return status.kind === 'connecting' ? 'Connecting…' : 'Waiting for the server';
  if (price.priceUsd === null) {
    const seen = Math.max(price.sampleSize, health?.activeTxs ?? 0);
    if (seen === 0) return 'Waiting for mempool data';
    return `Warming up: ${numbers.count(seen)} transactions so far`;
  }
  const asOf = times.second(price.timestampSec);
  if (!vouchesForPrice(status)) return `Not live: this price is of ${asOf}`;
  return `From ${numbers.count(price.sampleSize)} amounts, as of ${asOf}`;
}
