/** What the person is told about the line that the map comes over. */
import type { FeedStatus } from '@tidegauge/client';
import { type UnreachedStatus, unreachedStatus } from '../line-status.ts';

export type HeatStatus =
  | UnreachedStatus
  | { readonly kind: 'live' }
  /** No line for now: what is newest is asked for again and again. */
  | { readonly kind: 'polling' }
  /** Connected, but the server has no map of the symbol yet. */
  | { readonly kind: 'no-data' }
  /** The server does not carry what is asked for. */
  | { readonly kind: 'unknown-symbol'; readonly symbol: string }
  /** The server had to skip updates for us lately, or not even its pong has come. */
  | { readonly kind: 'slow' }
  /** All of the market's data is here, and it ends in the past: it is from files. */
  | { readonly kind: 'past'; readonly untilSec: number }
  /** The server hears nothing of the market; null where it did not say since when. */
  | { readonly kind: 'stale'; readonly sinceSec: number | null };

export interface HeatLineFacts {
  readonly line: FeedStatus;
  readonly hasSnapshot: boolean;
  /** The server has said whether it has anything newer. */
  readonly isSettled: boolean;
  readonly unknownSymbol: string | null;
  readonly stale: { readonly sinceSec: number | null } | null;
  /** Of when the newest data is, where that is not now. */
  readonly pastSec: number | null;
  readonly fromFiles: boolean;
}

/**
 * Silence is no trouble here: a map that did not change is not sent again, and a line that died
 * is noticed by its heartbeat.
 */
export function heatStatus(facts: HeatLineFacts, nowMs: number): HeatStatus {
  const { line, unknownSymbol, pastSec } = facts;
  // Nothing is asked for then, so that there is no line at all.
  if (unknownSymbol !== null) return { kind: 'unknown-symbol', symbol: unknownSymbol };
  const unreached = unreachedStatus(line, nowMs);
  if (unreached) return unreached;
  if (!facts.isSettled) return { kind: 'connecting' };
  if (!facts.hasSnapshot) return { kind: 'no-data' };
  if (facts.stale) return { kind: 'stale', sinceSec: facts.stale.sinceSec };
  if (pastSec !== null) {
    return facts.fromFiles
      ? { kind: 'past', untilSec: pastSec }
      : { kind: 'stale', sinceSec: pastSec };
  }
  if (line.state === 'polling') return { kind: 'polling' };
  return { kind: line.state === 'slow' ? 'slow' : 'live' };
}

/** Whether the map on screen is the one that holds now. */
export function vouchesForMap({ kind }: HeatStatus): boolean {
  return kind === 'live' || kind === 'slow' || kind === 'polling';
}
