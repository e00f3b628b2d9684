import { createHash } from 'node:crypto';
import type { ErrorBody, Refusal } from '@tidegauge/protocol';

/** A whole HTTP response. Names of headers are in lower case. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** A JSON body that must not be stored anywhere. */
export function jsonAnswer(status: number, text: string | Buffer): Answer {
  return {
    status,
    headers: { 'content-type': JSON_TYPE, 'cache-control': 'no-store' },
    body: bytesOf(text),
  };
}

/** A JSON body for those who poll: with an ETag, and 304 for whoever has it already. */
export function polledAnswer(text: string | Buffer, ifNoneMatch: string | undefined): Answer {
  const body = bytesOf(text);
  const etag = strongEtag(body);
  const headers = { 'content-type': JSON_TYPE, 'cache-control': 'no-cache', etag };
  if (matchesEtag(ifNoneMatch, etag)) return { status: 304, headers, body: Buffer.alloc(0) };
  return { status: 200, headers, body };
}

/**
 * @param message what was given and what is allowed, for a person; else the refusal's meaning
 * @param details what a program is told beside the code
 */
export function refusalAnswer(
  refusal: Refusal,
  message: string = refusal.meaning,
  details: Omit<ErrorBody['error'], 'code' | 'message'> = {},
): Answer {
  const body: ErrorBody = { error: { code: refusal.code, message, ...details } };
  const answer = jsonAnswer(refusal.status, JSON.stringify(body));
  const headers: Record<string, string> = { ...answer.headers };
  if (refusal.retryAfterSec !== null) headers['retry-after'] = `${refusal.retryAfterSec}`;
  // A 401 has to name a way in (RFC 9110, 15.5.2).
  if (refusal.status === 401) headers['www-authenticate'] = 'Bearer realm="tidegauge"';
  return { ...answer, headers };
}

export function withHeaders(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  const merged = { ...answer.headers, ...headers };
  const vary = [answer.headers.vary, headers.vary].filter((each) => each !== undefined);
  if (vary.length > 0) merged.vary = vary.join(', ');
  return { ...answer, headers: merged };
}

function bytesOf(text: string | Buffer): Buffer {
  return typeof text === 'string' ? Buffer.from(text) : text;
}

export function strongEtag(body: Buffer): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
}

/** If-None-Match compares weakly (RFC 9110, 13.1.2): W/ before a tag does not matter. */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
