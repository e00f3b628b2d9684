/** JSON Web Tokens (RFC 7519), signed as in RFC 7515. Imported where tokens are configured only. */
import { createSecretKey } from 'node:crypto';
import { errors, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose';
import type { Clock } from '../clock.ts';
import { SUBJECT_CHARS_MAX, TOKEN_TOLERANCE_SEC } from './limits.ts';
import { JwksUnreachable } from './remote-keys.ts';

export type TokenVerdict =
  | {
      readonly kind: 'valid';
      /** Its `sub`, cut to SUBJECT_CHARS_MAX; null without one. */
      readonly subject: string | null;
      /** From then on it is refused, unix seconds: its `exp` and the tolerance. */
      readonly expiresSec: number;
    }
  | { readonly kind: 'invalid'; readonly why: string }
  /** The keys to check it with could not be had. */
  | { readonly kind: 'unchecked' };

/** What tokens have to name; null: whatever they do. */
export interface TokenTerms {
  readonly issuer: string | null;
  readonly audience: string | null;
}

/** Never HS*: with it, a public key would serve as the secret of a forged token. */
const PUBLIC_KEY_ALGORITHMS =
  'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');

/** Checks tokens: signature, `exp` (required), `nbf`, and issuer and audience where asked for. */
export class Tokens {
  readonly #getKey: JWTVerifyGetKey;
  readonly #options: JWTVerifyOptions;
  readonly #clock: Clock;

  private constructor(
    getKey: JWTVerifyGetKey,
    algorithms: string[],
    terms: TokenTerms,
    clock: Clock,
  ) {
    this.#getKey = getKey;
    this.#clock = clock;
    this.#options = {
      algorithms,
      requiredClaims: ['exp'],
      clockTolerance: TOKEN_TOLERANCE_SEC,
      ...(terms.issuer === null ? {} : { issuer: terms.issuer }),
      ...(terms.audience === null ? {} : { audience: terms.audience }),
    };
  }

  /** Signed with a secret that both sides know (HS256). */
  static withSecret(secret: Buffer, terms: TokenTerms, clock: Clock): Tokens {
    const key = createSecretKey(secret);
    return new Tokens(() => key, ['HS256'], terms, clock);
  }

  /** Signed with a private key whose public half `getKey` finds. */
  static withPublicKeys(getKey: JWTVerifyGetKey, terms: TokenTerms, clock: Clock): Tokens {
    return new Tokens(getKey, PUBLIC_KEY_ALGORITHMS, terms, clock);
  }

  /** Rejects only for a bug. */
  async check(token: string): Promise<TokenVerdict> {
    const currentDate = new Date(this.#clock.nowSec() * 1000);
    try {
      const { payload } = await jwtVerify(token, this.#getKey, { ...this.#options, currentDate });
      const expiresSec = (payload.exp ?? 0) + TOKEN_TOLERANCE_SEC;
      return { kind: 'valid', subject: subjectOf(payload.sub), expiresSec };
    } catch (error) {
      if (error instanceof JwksUnreachable) return { kind: 'unchecked' };
      if (error instanceof errors.JOSEError) return { kind: 'invalid', why: error.message };
      throw error;
    }
  }
}

/** Who makes tokens may put anything there, whatever RFC 7519, 4.1.2, says. */
function subjectOf(sub: unknown): string | null {
  return typeof sub === 'string' ? sub.slice(0, SUBJECT_CHARS_MAX) : null;
}
