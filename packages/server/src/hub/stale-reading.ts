import type { PriceEstimate } from '@tidegauge/onchain';
import { type Reading, SOURCE_STALE_AFTER_MS } from '@tidegauge/protocol';
import type { SourceStatus } from '../sources/source.ts';

/** A price that stood. */
export interface StandingReading extends Reading {
  /** When it was last live, unix seconds. */
  readonly asOfSec: number;
}

/** True once the source has been lost for over 5 s. */
export function isStale(source: SourceStatus, nowSec: number): boolean {
  return source.state === 'lost' && nowSec - source.sinceSec > SOURCE_STALE_AFTER_MS / 1000;
}

/**
 * What is shown while the source is lost: the last price that stood, and the interval of now,
 * which widens as the model ages; the last interval where the model has given up on one. With no
 * price so far there is nothing to be stale.
 */
export function staleReading(now: PriceEstimate, last: StandingReading | null): Reading {
  if (last === null || last.priceUsd === null) return now;
  const kept = now.lowUsd === null || now.highUsd === null ? last : now;
  return {
    ...kept,
    priceUsd: last.priceUsd,
    lowUsd: Math.min(kept.lowUsd ?? last.priceUsd, last.priceUsd),
    highUsd: Math.max(kept.highUsd ?? last.priceUsd, last.priceUsd),
    sampleSize: now.sampleSize,
    status: 'stale',
    asOfSec: last.asOfSec,
  };
}
