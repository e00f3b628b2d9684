/**
 * What a close code asks of us. Our own codes say it by range, so that new ones need no new page:
 * 4000 to 4499 reconnect, 4500 to 4999 do not. Every other code is a line that broke: reconnect.
 */
export type CloseVerdict =
  | { readonly action: 'reconnect'; readonly hintMs: number | null }
  | { readonly action: 'stay-away' };

const HINT = /reconnect after (\d{1,9}) ms/i;
/** A hint beyond this is no hint; the page would look dead. */
const HINT_MAX_MS = 300_000;

export function judgeClose(code: number, reason: string): CloseVerdict {
  if (code >= 4500 && code <= 4999) return { action: 'stay-away' };
  const hint = HINT.exec(reason)?.[1];
  return {
    action: 'reconnect',
    hintMs: hint === undefined ? null : Math.min(Number(hint), HINT_MAX_MS),
  };
}
