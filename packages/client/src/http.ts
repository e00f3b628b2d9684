/** Questions to the server over HTTP. */
import { asFields, type Fields } from './checks.ts';
import type { Ports } from './ports.ts';

/** What the server answered, whatever it was. */
export interface Answer {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Empty for what is no JSON object. */
  readonly body: Fields;
  /** What `Retry-After` asks for, ms; 0 where nothing is asked. */
  readonly retryAfterMs: number;
}

const ANSWER_MAX_MS = 5_000;

/**
 * @param token the key to ask with, if with any
 * @param running calls the question off
 * @returns never rejects: whatever goes wrong with a connection, browsers tell only that it did
 */
export async function ask(
  { clock, fetch }: Ports,
  url: string,
  token: string | null,
  running: AbortController,
): Promise<Answer> {
  const cancel = clock.after(ANSWER_MAX_MS, () => running.abort());
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  let status = 0;
  let retryAfterMs = 0;
  let body: Fields = {};
  try {
    const answer = await fetch(url, { headers, signal: running.signal });
    const text = await answer.text();
    // Of an answer that broke off nothing counts.
    status = answer.status;
    retryAfterMs = Number(answer.headers.get('retry-after')) * 1000 || 0;
    body = asFields(JSON.parse(text));
  } catch {
    // Something in between may answer in HTML.
  }
  cancel();
  return { status, body, retryAfterMs };
}
