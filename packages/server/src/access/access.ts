import { REFUSALS, type Refusal } from '@tidegauge/protocol';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { ApiKeys } from './api-keys.ts';
import { FailureLimit } from './failure-limit.ts';
import { CREDENTIAL_CHARS_MAX, TOKENS_AT_WORK_MAX } from './limits.ts';
import type { TokenVerdict } from './tokens.ts';

export interface Admission {
  readonly ok: true;
  /** The name of the key, or whom the token is for (`sub`); null where nobody is asked. */
  readonly holder: string | null;
  /** When what let it in ends, unix seconds; null where nothing does. */
  readonly expiresSec: number | null;
}

export type AccessVerdict =
  | Admission
  | { readonly ok: false; readonly refusal: Refusal; readonly message: string };

/**
 * Who may read from here. Contract:
 * - what is known without waiting is answered without: a server without keys costs nothing;
 * - a credential is never stored or logged;
 * - a promise resolves within seconds and rejects only for a bug.
 */
export interface Access {
  /**
   * @param credential the key or token that came, null without one
   * @param client whom it is counted for; see addressKey
   */
  admit(credential: string | null, client: string): AccessVerdict | Promise<AccessVerdict>;
}

const EVERYBODY: Admission = { ok: true, holder: null, expiresSec: null };

/** Where neither keys nor tokens are configured: everybody. */
export const OPEN_ACCESS: Access = { admit: () => EVERYBODY };

/** Header, payload and signature in base64url (RFC 7515, 3.1). */
const TOKEN_FORM = /^[\w-]+\.[\w-]+\.[\w-]+$/;

export interface GuardedAccessOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Null where there are none. At least one of both is there. */
  readonly keys: ApiKeys | null;
  readonly tokens: { check(token: string): Promise<TokenVerdict> } | null;
}

/** Lets in whoever brings a key or a token, and makes those who guess wait. */
export class GuardedAccess implements Access {
  readonly #options: GuardedAccessOptions;
  readonly #failures: FailureLimit;
  #tokensAtWork = 0;

  constructor(options: GuardedAccessOptions) {
    this.#options = options;
    this.#failures = new FailureLimit(options.clock);
  }

  admit(credential: string | null, client: string): AccessVerdict | Promise<AccessVerdict> {
    // Nothing was tried: a page that has no key yet may ask as often as it likes.
    if (credential === null) return refused(REFUSALS.unauthorized, this.#asksFor());
    const waiting = this.#waitingOf(client);
    if (waiting !== null) return waiting;
    if (credential.length > CREDENTIAL_CHARS_MAX) return this.#failed(client, 'too long');
    const { keys, tokens } = this.#options;
    const holder = keys?.nameOf(credential) ?? null;
    if (holder !== null) return { ok: true, holder, expiresSec: null };
    if (tokens === null || !TOKEN_FORM.test(credential)) return this.#failed(client, 'not known');
    if (this.#tokensAtWork >= TOKENS_AT_WORK_MAX) return refused(REFUSALS.tokensUnchecked);
    return this.#checkToken(tokens.check(credential), client);
  }

  async #checkToken(checked: Promise<TokenVerdict>, client: string): Promise<AccessVerdict> {
    this.#tokensAtWork++;
    const verdict = await checked.finally(() => this.#tokensAtWork--);
    if (verdict.kind === 'unchecked') return refused(REFUSALS.tokensUnchecked);
    // Those that were sent at once must not tell more than those sent one after another.
    const waiting = this.#waitingOf(client);
    if (waiting !== null) return waiting;
    if (verdict.kind === 'invalid') return this.#failed(client, verdict.why);
    return { ok: true, holder: verdict.subject, expiresSec: verdict.expiresSec };
  }

  #waitingOf(client: string): AccessVerdict | null {
    const waitMs = this.#failures.waitMs(client);
    if (waitMs === 0) return null;
    return refused({ ...REFUSALS.tooManyFailures, retryAfterSec: Math.ceil(waitMs / 1000) });
  }

  #failed(client: string, why: string): AccessVerdict {
    const { log } = this.#options;
    log.debug({ event: 'access_refused', client, why }, 'a key or token is not valid');
    if (this.#failures.failed(client)) {
      log.warn({ event: 'access_locked', client }, 'too many wrong keys or tokens: it has to wait');
    }
    return refused(REFUSALS.unauthorized, `this is no valid ${this.#kinds()}`);
  }

  #asksFor(): string {
    return (
      `this server asks for a ${this.#kinds()}; allowed is Authorization: Bearer …, X-API-Key: … ` +
      'or, for a WebSocket, the subprotocol tidegauge.auth.… beside tidegauge.v1'
    );
  }

  #kinds(): string {
    const { keys, tokens } = this.#options;
    if (tokens === null) return 'key';
    return keys === null ? 'token' : 'key or token';
  }
}

function refused(refusal: Refusal, message: string = refusal.meaning): AccessVerdict {
  return { ok: false, refusal, message };
}
