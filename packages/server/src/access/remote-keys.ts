import {
  type CryptoKey,
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type JWTVerifyGetKey,
} from 'jose';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import {
  JWKS_COOLDOWN_MS,
  JWKS_FRESH_MS,
  JWKS_RETRY_MS,
  JWKS_TIMEOUT_MS,
  RSA_BITS_MIN,
} from './limits.ts';

/** The public keys could not be fetched, so that nothing can be said of the token. */
export class JwksUnreachable extends Error {
  override readonly name = 'JwksUnreachable';
}

/**
 * Finds the public key of a token in a JWKS document (RFC 7517, 5), which is fetched when it is
 * first needed, when it is old, and when a token names a key that is not in it. Bad tokens do not
 * make it be fetched again and again, nor does a server that is down.
 *
 * @throws JwksUnreachable; errors of jose for tokens that none of the keys fits
 */
export function remoteKeys(url: URL, clock: Clock, log: Log): JWTVerifyGetKey {
  let retryMs = Number.NEGATIVE_INFINITY;
  const get: FetchImplementation = (...request) => {
    if (clock.monotonicMs() < retryMs) throw new JwksUnreachable('did not come a moment ago');
    return fetch(...request);
  };
  const find = createRemoteJWKSet(url, {
    timeoutDuration: JWKS_TIMEOUT_MS,
    cooldownDuration: JWKS_COOLDOWN_MS,
    cacheMaxAge: JWKS_FRESH_MS,
    [customFetch]: get,
  });
  return async (header, token) => {
    try {
      return longEnough(await find(header, token));
    } catch (error) {
      if (error instanceof JwksUnreachable || isOfToken(error)) throw error;
      if (clock.monotonicMs() >= retryMs) {
        // The address may hold a secret; its host does not.
        log.warn({ event: 'jwks_lost', host: url.host, why: wordsOf(error) }, 'no keys for tokens');
        retryMs = clock.monotonicMs() + JWKS_RETRY_MS;
      }
      throw new JwksUnreachable('did not come', { cause: error });
    }
  };
}

/**
 * Of a short key jose throws a TypeError, which would be a bug of ours and end the process: any
 * token may name such a key, also one that nobody signed.
 */
function longEnough(key: CryptoKey): CryptoKey {
  const { modulusLength = RSA_BITS_MIN } = key.algorithm as { readonly modulusLength?: number };
  if (modulusLength >= RSA_BITS_MIN) return key;
  throw new errors.JOSENotSupported(
    `its RSA key has ${modulusLength} bits; allowed are ${RSA_BITS_MIN} or more`,
  );
}

/** It is the token that is wrong: all else that goes wrong here is the document's. */
function isOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}

/** `fetch failed` says nothing; its cause does. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
