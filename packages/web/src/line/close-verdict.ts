import { actionAfterClose, parseReconnectHint } from '@tidegauge/protocol';

/** What a close asks of the page. */
export type CloseVerdict =
  | { readonly action: 'reconnect'; readonly hintMs: number | null }
  | { readonly action: 'stay-away' };

/** A hint beyond this is no hint; the page would look dead. */
const HINT_MAX_MS = 300_000;

export function judgeClose(code: number, reason: string): CloseVerdict {
  if (actionAfterClose(code) === 'stop') return { action: 'stay-away' };
  const hintMs = parseReconnectHint(reason);
  return { action: 'reconnect', hintMs: hintMs === null ? null : Math.min(hintMs, HINT_MAX_MS) };
}
