/** Questions to the server over HTTP. */
import type { FetchAnswer } from './api.ts';
import { asFields, asList, asText, type Fields, parseJson } from './fields.ts';
import type { Ports } from './ports.ts';

/** What the server answered, whatever it was. */
export interface RestAnswer {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** null for what is no JSON object. */
  readonly body: Fields | null;
  /** The `error` of the body, if it has one of ours. */
  readonly problem: Problem | null;
  /** What `Retry-After` asks for, ms; null where nothing is asked. */
  readonly retryAfterMs: number | null;
}

export interface Problem {
  readonly code: string;
  readonly message: string;
  /** Subprotocols that the server speaks; null where it does not say. */
  readonly protocols: readonly unknown[] | null;
}

const NO_ANSWER: RestAnswer = { status: 0, body: null, problem: null, retryAfterMs: null };
const ANSWER_MAX_MS = 5_000;
/** To wait longer than that for a server would look as if nobody tried. */
export const WAIT_MAX_MS = 300_000;

/** Asks one question after the other; a new one calls off the one before. */
export class Rest {
  readonly #ports: Pick<Ports, 'clock' | 'fetch'>;
  #running: AbortController | null = null;

  constructor(ports: Pick<Ports, 'clock' | 'fetch'>) {
    this.#ports = ports;
  }

  /**
   * @param token the key to ask with, if with any
   * @returns null when it was called off; never rejects
   */
  async get(url: string, token: string | null): Promise<RestAnswer | null> {
    this.callOff();
    const running = new AbortController();
    this.#running = running;
    const { clock, fetch } = this.#ports;
    const cancel = clock.after(ANSWER_MAX_MS, () => running.abort());
    const headers: Record<string, string> =
      token === null ? {} : { authorization: `Bearer ${token}` };
    // Whatever goes wrong with a connection, a browser tells no more than that it did.
    const answer = await fetch(url, { headers, signal: running.signal })
      .then(read)
      .catch(() => NO_ANSWER);
    cancel();
    if (this.#running !== running) return null;
    this.#running = null;
    return answer;
  }

  callOff(): void {
    const running = this.#running;
    this.#running = null;
    running?.abort();
  }
}

async function read(response: FetchAnswer): Promise<RestAnswer> {
  const body = asFields(parseJson(await response.text()));
  const error = asFields(body?.error);
  const code = asText(error?.code);
  const message = asText(error?.message) ?? '';
  const sec = Number.parseFloat(response.headers.get('retry-after') ?? '');
  return {
    status: response.status,
    body,
    problem: code === null ? null : { code, message, protocols: asList(error?.protocols) },
    retryAfterMs: sec >= 0 ? Math.min(sec * 1000, WAIT_MAX_MS) : null,
  };
}
