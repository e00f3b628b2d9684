import type { NumberFormats } from '../format/numbers.ts';
import type { TimeFormats } from '../format/times.ts';
import type { Dashboard } from '../model/dashboard.ts';
import { type LineStatus, vouchesForPrice } from '../model/line-status.ts';

/** The one line under the price: what it rests on, or what it waits for. */
export function priceNote(
  state: Dashboard,
  status: LineStatus,
  numbers: NumberFormats,
  times: TimeFormats,
): string {
  const { price } = state;
  if (!price) return status.kind === 'connecting' ? 'Connecting…' : 'Waiting for the server';
  if (price.priceUsd === null) return progress(state, price.sampleSize, numbers);
  const asOf = times.second(price.asOfMs / 1000);
  if (!vouchesForPrice(status)) return `Not live: this price is of ${asOf}`;
  return `From ${numbers.count(price.sampleSize)} amounts, as of ${asOf}`;
}

/** Nobody knows how much it will take, so this counts up to nothing in particular. */
function progress({ health }: Dashboard, amounts: number, numbers: NumberFormats): string {
  const transactions = health?.activeTxs ?? 0;
  if (amounts > 0) return `Warming up: ${numbers.count(amounts)} amounts so far`;
  if (transactions > 0) return `Warming up: ${numbers.count(transactions)} transactions so far`;
  return 'Waiting for mempool data';
}
