import { readProblem } from '../wire/heatmap/read-problem.ts';
import type { AskRest, RestAnswer } from './ask-rest.ts';
import { keyHeaders } from './key-check.ts';

/** The longest that the server itself works on an answer is 10 s; then there is the way. */
const ANSWER_MAX_MS = 20_000;
const RETRY_AFTER_MAX_SEC = 300;

/**
 * Asks the server that the page came from, below the page's own address.
 *
 * @param key what it is asked with, if with any
 */
export function browserRest(baseUrl: string, key: () => string | null): AskRest {
  return async (path, signal) => {
    const either = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MAX_MS)]);
    try {
      const headers = keyHeaders(key());
      return await answerOf(await fetch(new URL(path, baseUrl), { signal: either, headers }));
    } catch (error) {
      if (signal.aborted) throw error;
      const late = error instanceof DOMException && error.name === 'TimeoutError';
      const message = late ? 'The server took too long to answer' : 'The server did not answer';
      return { kind: 'problem', message, passing: true, retryAfterMs: null };
    }
  };
}

async function answerOf(response: Response): Promise<RestAnswer> {
  const body = (await response.json().catch(notJson)) as unknown;
  if (response.ok && body !== undefined) return { kind: 'ok', body };
  const { status } = response;
  const sec = Number(response.headers.get('retry-after') ?? Number.NaN);
  return {
    kind: 'problem',
    message: readProblem(body) ?? `The server answered ${status} without saying why`,
    passing: response.ok || status >= 500 || status === 429,
    retryAfterMs: sec >= 0 ? Math.min(sec, RETRY_AFTER_MAX_SEC) * 1000 : null,
  };
}

/** Something between here and the server answers in HTML; a lost connection is another matter. */
function notJson(error: unknown): undefined {
  if (!(error instanceof SyntaxError)) throw error;
}
