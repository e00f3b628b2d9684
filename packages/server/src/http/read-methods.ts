/** How answers may be asked for, and from where: the same at every path. */
import { REFUSALS } from '@tidegauge/protocol';
import { type Answer, refusalAnswer, withHeaders } from './answer.ts';
import type { OriginPolicy } from './origin-policy.ts';
import type { HttpRequest } from './router.ts';

const READ_METHODS = 'GET, HEAD';

/**
 * Answers GET and HEAD, also to pages of those other origins that may read here, and the preflights
 * of these.
 */
export async function answerReading(
  { method, headers }: Pick<HttpRequest, 'method' | 'headers'>,
  origins: OriginPolicy,
  read: () => Promise<Answer>,
): Promise<Answer> {
  const cors = origins.corsHeaders(headerOf(headers, 'origin'));
  if (method === 'OPTIONS') return preflight(cors);
  return methodRefusal(method, `${READ_METHODS}, OPTIONS`) ?? withHeaders(await read(), cors);
}

/** Null for a method that reads. */
export function methodRefusal(method: string, allow: string = READ_METHODS): Answer | null {
  if (method === 'GET' || method === 'HEAD') return null;
  const message = `${method} is not allowed here; allowed: ${allow}`;
  // What an unwanted method sends along is not read: the connection ends with the answer.
  const headers = { allow, connection: 'close' };
  return withHeaders(refusalAnswer(REFUSALS.methodNotAllowed, message), headers);
}

/** Node joins or keeps the first of most repeated headers; a list can only be Set-Cookie. */
export function headerOf(headers: HttpRequest['headers'], name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function preflight(cors: Readonly<Record<string, string>>): Answer {
  const allowed = 'access-control-allow-origin' in cors;
  const headers: Record<string, string> = { ...cors, allow: `${READ_METHODS}, OPTIONS` };
  if (allowed) {
    headers['access-control-allow-methods'] = READ_METHODS;
    headers['access-control-allow-headers'] = 'Authorization, If-None-Match, X-API-Key';
    headers['access-control-max-age'] = '600';
  }
  return { status: 204, headers, body: Buffer.alloc(0) };
}
