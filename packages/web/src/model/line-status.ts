/**
 * What the person is told about the line. Only `live`, `slow` and `polling` vouch for the price on
 * screen; in every other state it is shown greyed.
 */
import type { FeedStatus, PriceUpdate, TidegaugeError } from '@tidegauge/client';

export type LineStatus =
  | { readonly kind: 'live' }
  /** Connected, and the model cannot say yet. */
  | { readonly kind: 'warming-up' }
  /** The server had to skip updates for us lately, or nothing came for longer than usual. */
  | { readonly kind: 'slow' }
  /** No line for now: what is newest is asked for again and again. */
  | { readonly kind: 'polling' }
  /** The server lost its source; null where it did not say since when. */
  | { readonly kind: 'stale'; readonly sinceSec: number | null }
  /** Connected, and yet no price comes. */
  | { readonly kind: 'silent'; readonly silentSec: number }
  /** The server asks for a key that this page has not got. */
  | { readonly kind: 'key-needed' }
  | UnreachedStatus;

export type UnreachedStatus =
  | { readonly kind: 'connecting' }
  /** `inSec` null: a try is under way. `lasting`: it has failed for long. */
  | { readonly kind: 'reconnecting'; readonly inSec: number | null; readonly lasting: boolean }
  | { readonly kind: 'offline' }
  /** Only a person starts the next try. */
  | { readonly kind: 'refused'; readonly error: TidegaugeError }
  | { readonly kind: 'closed' };

export interface LineFacts {
  readonly line: FeedStatus;
  /** Since when the server is reached, by this device's clock; of no meaning while it is not. */
  readonly reachedAtMs: number;
  readonly price: PriceUpdate | null;
  /** When the last price update came, by this device's clock. */
  readonly priceAtMs: number | null;
  readonly staleSinceSec: number | null;
}

const SILENT_AFTER_MS = 5_000;
/** From this many failures on it is no hiccup, and is called disconnected. */
const LASTING_FAILURES = 5;

/** Before anything was asked for. */
export const IDLE: FeedStatus = {
  state: 'idle',
  failures: 0,
  retryAtMs: null,
  offline: false,
  error: null,
};

/** Whether what is new comes, in one way or the other. */
export function isReached({ state }: FeedStatus): boolean {
  return state === 'live' || state === 'slow' || state === 'polling';
}

export function lineStatus(facts: LineFacts, nowMs: number): LineStatus {
  return unreachedStatus(facts.line, nowMs) ?? reachedStatus(facts, nowMs);
}

/** Of a line over which nothing comes, whatever it is for; null where something does. */
export function unreachedStatus(line: FeedStatus, nowMs: number): UnreachedStatus | null {
  switch (line.state) {
    case 'live':
    case 'slow':
    case 'polling':
      return null;
    case 'closed':
      return line.error ? { kind: 'refused', error: line.error } : { kind: 'closed' };
    case 'idle':
    case 'connecting':
    case 'reconnecting':
      return line.offline ? { kind: 'offline' } : comingStatus(line, nowMs);
  }
}

function comingStatus({ state, failures, retryAtMs }: FeedStatus, nowMs: number): UnreachedStatus {
  if (state !== 'reconnecting') return { kind: 'connecting' };
  const inSec = retryAtMs === null ? null : Math.max(0, Math.ceil((retryAtMs - nowMs) / 1000));
  return { kind: 'reconnecting', inSec, lasting: failures >= LASTING_FAILURES };
}

function reachedStatus(facts: LineFacts, nowMs: number): LineStatus {
  const { line, reachedAtMs, price, priceAtMs, staleSinceSec } = facts;
  const silentMs = nowMs - Math.max(reachedAtMs, priceAtMs ?? 0);
  if (silentMs > SILENT_AFTER_MS) {
    return { kind: 'silent', silentSec: Math.floor(silentMs / 1000) };
  }
  if (!price) return { kind: 'connecting' };
  if (price.status === 'stale') return { kind: 'stale', sinceSec: staleSinceSec };
  if (price.status === 'warming_up') return { kind: 'warming-up' };
  // What is on screen is of before: the server says that its source is lost, or says more at once.
  if (!price.isLive && staleSinceSec !== null) return { kind: 'stale', sinceSec: staleSinceSec };
  if (!price.isLive) return { kind: 'connecting' };
  if (line.state === 'polling') return { kind: 'polling' };
  return { kind: line.state === 'slow' ? 'slow' : 'live' };
}

/** Whether a first answer may be on its way. */
export function isAwaited(status: { readonly kind: string; readonly lasting?: boolean }): boolean {
  return status.kind === 'connecting' || (status.kind === 'reconnecting' && !status.lasting);
}

/** Whether the price on screen is the one that holds now. */
export function vouchesForPrice({ kind }: LineStatus): boolean {
  return kind === 'live' || kind === 'slow' || kind === 'polling';
}
