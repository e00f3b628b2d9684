import type { ConnectOptions } from './api.ts';

/** What keys and tokens are made of: anything else would break a header. */
const TOKEN_FORM = /^[\w.~-]{1,8192}$/;

/**
 * The key or token to come with; null for none. Rejects with what the program's function throws, or
 * a TypeError for what can be no token; it is not repeated, being a secret.
 */
export async function nextToken(token: ConnectOptions['token']): Promise<string | null> {
  const next = typeof token === 'function' ? await token() : (token ?? null);
  if (next === null || (typeof next === 'string' && TOKEN_FORM.test(next))) return next;
  throw new TypeError('a token has A-Z a-z 0-9 . _ ~ -');
}
