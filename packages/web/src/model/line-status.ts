/**
 * What the person is told about the line. Only `live` and `slow` vouch for the price on screen;
 * in every other state it is shown greyed.
 */
import type { LineState } from '../line/line-state.ts';
import type { LivePrice } from '../wire/incoming.ts';

export type LineStatus =
  | { readonly kind: 'live' }
  /** Connected, and the model cannot say yet. */
  | { readonly kind: 'warming-up' }
  /** The server had to skip updates for us lately. */
  | { readonly kind: 'slow' }
  /** The server lost its source; null where it did not say since when. */
  | { readonly kind: 'stale'; readonly sinceSec: number | null }
  /** Connected, and yet no price comes. */
  | { readonly kind: 'silent'; readonly silentSec: number }
  /** The server asks for a key that this page has not got. */
  | { readonly kind: 'key-needed' }
  | UnopenedStatus;

export type UnopenedStatus =
  | { readonly kind: 'connecting' }
  /** `inSec` null: a try is under way. `lasting`: it has failed for long. */
  | { readonly kind: 'reconnecting'; readonly inSec: number | null; readonly lasting: boolean }
  | { readonly kind: 'offline' }
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string }
  | { readonly kind: 'closed' };

export interface LineFacts {
  readonly line: LineState;
  readonly price: LivePrice | null;
  /** When the last price update came, by this device's clock. */
  readonly priceAtMs: number | null;
  readonly slowUntilMs: number;
  readonly staleSinceSec: number | null;
}

const SILENT_AFTER_MS = 5_000;
/** From this many failures on it is no hiccup, and is called disconnected. */
const LASTING_FAILURES = 5;

export function lineStatus(facts: LineFacts, nowMs: number): LineStatus {
  const { line } = facts;
  return line.kind === 'open'
    ? openStatus(facts, line.sinceMs, nowMs)
    : unopenedStatus(line, nowMs);
}

/** Of a line that is not open; the same whatever it is for. */
export function unopenedStatus(
  line: Exclude<LineState, { readonly kind: 'open' }>,
  nowMs: number,
): UnopenedStatus {
  switch (line.kind) {
    case 'connecting':
      if (line.failures === 0) return { kind: 'connecting' };
      return { kind: 'reconnecting', inSec: null, lasting: line.failures >= LASTING_FAILURES };
    case 'waiting': {
      const inSec = Math.max(0, Math.ceil((line.retryAtMs - nowMs) / 1000));
      return { kind: 'reconnecting', inSec, lasting: line.failures >= LASTING_FAILURES };
    }
    case 'refused':
    case 'offline':
    case 'closed':
      return line;
  }
}

function openStatus(facts: LineFacts, openSinceMs: number, nowMs: number): LineStatus {
  const { price, priceAtMs } = facts;
  const heard = priceAtMs !== null && priceAtMs >= openSinceMs;
  const silentMs = nowMs - (heard ? priceAtMs : openSinceMs);
  if (silentMs > SILENT_AFTER_MS) {
    return { kind: 'silent', silentSec: Math.floor(silentMs / 1000) };
  }
  if (!heard || !price) return { kind: 'connecting' };
  if (price.status === 'stale') return { kind: 'stale', sinceSec: facts.staleSinceSec };
  if (price.status === 'warming_up') return { kind: 'warming-up' };
  return nowMs < facts.slowUntilMs ? { kind: 'slow' } : { kind: 'live' };
}

/** Whether the price on screen is the one that holds now. */
export function vouchesForPrice(status: LineStatus): boolean {
  return status.kind === 'live' || status.kind === 'slow';
}
