import { candleProblem } from '@tidegauge/liquidations';
import type { Market, VenueEvent } from '../sources/venue.ts';

/** When it happened: of a candle, when it opened. Unix seconds. */
export function timeOf(event: VenueEvent): number {
  if (event.kind === 'candle') return event.candle.timeSec;
  return event.kind === 'open_interest' ? event.sample.timeSec : event.liquidation.timeSec;
}

/** Whether it makes no sense, whatever the venue says. */
export function isMalformed(event: VenueEvent, { intervalSec }: Market): boolean {
  if (event.kind === 'candle') return candleProblem(event.candle, intervalSec) !== null;
  if (event.kind === 'open_interest') return !arePositive(event.sample.timeSec, event.sample.usd);
  const { timeSec, priceUsd, usd } = event.liquidation;
  return !arePositive(timeSec, priceUsd, usd);
}

function arePositive(...values: readonly number[]): boolean {
  return values.every((value) => value > 0 && Number.isFinite(value));
}
