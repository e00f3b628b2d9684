import type { Fields } from './checks.ts';
import { TidegaugeError } from './errors.ts';
import type { Answer } from './http.ts';

const UPGRADE_REQUIRED = 426;
const TOO_MANY = 429;

/**
 * What the answer to a plain GET of the address of a WebSocket that did not open says of that. Only
 * the server's own words are taken for final: any other answer may be that of something in between,
 * on a bad day.
 *
 * @returns null when the server would have let us in
 */
export function judgeRefusal({ status, body }: Answer): TidegaugeError | null {
  if (status === UPGRADE_REQUIRED) return null;
  const { code, message = status } = (body.error ?? {}) as Fields;
  const fatal = typeof code === 'string' && status < 500 && status !== TOO_MANY;
  const ours = code === 'UNAUTHORIZED' ? code : fatal ? 'REFUSED' : 'UNAVAILABLE';
  const details = { status, serverCode: code as string, fatal };
  return new TidegaugeError(ours, String(message), details);
}
