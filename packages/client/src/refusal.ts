import { SUBPROTOCOL } from '@tidegauge/protocol';
import { TidegaugeError } from './errors.ts';
import type { RestAnswer } from './rest.ts';

/** What follows from the answer to a plain GET of the address of a WebSocket that did not open. */
export type Verdict =
  /** Nobody answered: the network, or the server is down. */
  | { readonly kind: 'nothing' }
  /** The server would have let us in. */
  | { readonly kind: 'door-open' }
  | { readonly kind: 'unauthorized'; readonly error: TidegaugeError }
  /** It will be refused in the same way again. */
  | { readonly kind: 'refused'; readonly error: TidegaugeError }
  | {
      readonly kind: 'unavailable';
      readonly error: TidegaugeError;
      readonly retryAfterMs: number | null;
      /** The server has its WebSockets switched off. */
      readonly isOff: boolean;
    };

const UPGRADE_REQUIRED = 426;

/**
 * Only what the server itself says in its own words is taken for final: any other answer may be
 * that of something in between, on a bad day.
 */
export function judgeRefusal({ status, problem, retryAfterMs }: RestAnswer): Verdict {
  if (status === 0) return { kind: 'nothing' };
  const said = problem?.message ?? `something answered ${status} in place of a WebSocket`;
  const details = { status, serverCode: problem?.code };
  if (status === UPGRADE_REQUIRED && problem) {
    const { protocols } = problem;
    if (!protocols || protocols.includes(SUBPROTOCOL)) return { kind: 'door-open' };
    const message = `the server speaks ${protocols.join(', ')}; this client: ${SUBPROTOCOL}`;
    const error = new TidegaugeError('PROTOCOL_UNSUPPORTED', message, { ...details, fatal: true });
    return { kind: 'refused', error };
  }
  if (problem?.code === 'UNAUTHORIZED') {
    const error = new TidegaugeError('UNAUTHORIZED', said, { ...details, fatal: true });
    return { kind: 'unauthorized', error };
  }
  if (problem && status >= 400 && status < 500 && status !== 429) {
    const code = problem.code === 'ORIGIN_NOT_ALLOWED' ? problem.code : 'REFUSED';
    return { kind: 'refused', error: new TidegaugeError(code, said, { ...details, fatal: true }) };
  }
  const error = new TidegaugeError('UNAVAILABLE', said, details);
  const isOff = problem?.code === 'WEBSOCKETS_OFF';
  return { kind: 'unavailable', error, retryAfterMs, isOff };
}
