import { asFields } from '../wire/fields.ts';

/** What the server says to a key, or to none. */
export type KeyAnswer =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'locked'; readonly waitMs: number }
  /** Nobody answered, or not to the question. */
  | { readonly kind: 'unanswered' };

/** Never rejects. */
export type CheckKey = (key: string | null) => Promise<KeyAnswer>;

const ANSWER_MAX_MS = 10_000;
/** A proxy may also answer 429, to those who ask too often. */
export const LOCKED_CODE = 'TOO_MANY_FAILURES';
const WAIT_SEC = { usual: 60, max: 600 } as const;

/**
 * Asks over HTTP, as a browser does not tell a page why its WebSocket was refused.
 *
 * @param url of a small answer that needs a key where any does
 */
export function browserKeyCheck(url: URL): CheckKey {
  return async (key) => {
    try {
      const signal = AbortSignal.timeout(ANSWER_MAX_MS);
      return await answerOf(
        await fetch(url, { headers: keyHeaders(key), signal, cache: 'no-store' }),
      );
    } catch (error) {
      if (error instanceof DOMException || error instanceof TypeError)
        return { kind: 'unanswered' };
      throw error;
    }
  };
}

export function keyHeaders(key: string | null): Record<string, string> {
  return key === null ? {} : { authorization: `Bearer ${key}` };
}

/** All else that can go wrong has nothing to do with keys. */
async function answerOf(response: Response): Promise<KeyAnswer> {
  const { status, headers } = response;
  if (status === 401) return { kind: 'refused' };
  if (status !== 429) return { kind: 'admitted' };
  const body: unknown = await response.json().catch(notJson);
  if (asFields(asFields(body)?.error)?.code !== LOCKED_CODE) return { kind: 'unanswered' };
  const sec = Number(headers.get('retry-after') ?? WAIT_SEC.usual) || WAIT_SEC.usual;
  return { kind: 'locked', waitMs: Math.min(Math.max(sec, 1), WAIT_SEC.max) * 1000 };
}

/** A lost connection is another matter. */
function notJson(error: unknown): undefined {
  if (!(error instanceof SyntaxError)) throw error;
}
