import type { FetchAnswer, FetchInit } from '../../src/api.ts';

export interface Answer {
  readonly status: number;
  /** An object goes as JSON. */
  readonly body: unknown;
  readonly retryAfter?: string;
}

export interface Question {
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly atMs: number;
}

/** Answers what is asked over HTTP, and keeps the questions. */
export class FakeHttp {
  readonly asked: Question[] = [];
  /** Those under way. */
  pending: Question[] = [];
  readonly #nowMs: () => number;
  readonly #answer: (question: Question) => Answer | 'unreachable' | 'never';

  /** @param answer `unreachable`: the question fails; `never`: it stays open until called off */
  constructor(
    nowMs: () => number,
    answer: (question: Question) => Answer | 'unreachable' | 'never',
  ) {
    this.#nowMs = nowMs;
    this.#answer = answer;
  }

  /** Of those asked, the ones whose path begins so. */
  askedFor(path: string): Question[] {
    return this.asked.filter(({ url }) => url.pathname.startsWith(path));
  }

  readonly fetch = async (url: string, { headers, signal }: FetchInit): Promise<FetchAnswer> => {
    const question = { url: new URL(url), headers, atMs: this.#nowMs() };
    this.asked.push(question);
    this.pending.push(question);
    try {
      await Promise.resolve();
      const answer = this.#answer(question);
      if (answer === 'unreachable') throw new TypeError('fetch failed');
      if (answer === 'never') await calledOff(signal);
      signal.throwIfAborted();
      return asFetched(answer as Answer);
    } finally {
      this.pending = this.pending.filter((other) => other !== question);
    }
  };
}

function calledOff(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(new DOMException('called off', 'AbortError'));
    if (signal.aborted) end();
    signal.addEventListener('abort', end);
  });
}

function asFetched({ status, body, retryAfter }: Answer): FetchAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const get = (name: string): string | null =>
    name.toLowerCase() === 'retry-after' ? (retryAfter ?? null) : null;
  return { status, headers: { get }, text: () => Promise.resolve(text) };
}
