import type { ConnectOptions } from './api.ts';
import { TidegaugeError } from './errors.ts';

/** What keys and tokens are made of: anything else would break a header. */
const TOKEN_FORM = /^[A-Za-z0-9._~-]{1,8192}$/;

/** The key or token to come with, and whether another one may follow. */
export class TokenSource {
  readonly #token: ConnectOptions['token'];

  /** @throws TypeError for a text that can be no token; it is not repeated, being a secret */
  constructor(token: ConnectOptions['token']) {
    if (typeof token === 'string') assertToken(token);
    this.#token = token;
  }

  /** Whether a token that was refused may be followed by another. */
  get mayChange(): boolean {
    return typeof this.#token === 'function';
  }

  /** Rejects with TOKEN_FAILED when the program's own function fails. */
  async next(): Promise<string | null> {
    const token = this.#token;
    if (typeof token !== 'function') return token ?? null;
    try {
      const next = await token();
      if (next !== null) assertToken(next);
      return next;
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new TidegaugeError('TOKEN_FAILED', `no token: ${why}`, { cause });
    }
  }
}

function assertToken(token: string): void {
  if (TOKEN_FORM.test(token)) return;
  throw new TypeError(
    `a token of ${String(token).length} characters cannot be one; allowed: 1 to 8192 of A-Z a-z 0-9 . _ ~ -`,
  );
}
