import { REFUSALS, type Refusal, SUBPROTOCOL } from '@tidegauge/protocol';
import type { OriginPolicy } from './origin-policy.ts';
import { QueryReader } from './query-reader.ts';
import { parseTarget, shorten } from './router.ts';

export interface UpgradeRequest {
  readonly target: string;
  readonly version: string | undefined;
  readonly origin: string | undefined;
  readonly host: string | undefined;
  /** The Sec-WebSocket-Protocol header. */
  readonly subprotocols: string | undefined;
}

/** How many are connected, of all and from the address that asks. */
export interface Load {
  readonly connections: number;
  readonly fromAddress: number;
  readonly draining: boolean;
}

export interface GateOptions {
  readonly enabled: boolean;
  /** Where there are WebSockets. */
  readonly paths: readonly string[];
  /** 0: no limit */
  readonly connectionsMax: number;
  /** 0: no limit */
  readonly connectionsPerAddressMax: number;
  readonly origins: OriginPolicy;
}

export type GateDecision =
  | {
      readonly ok: true;
      readonly path: string;
      readonly wantsHello: boolean;
      /** The `session` of the address; null where there is none. */
      readonly sessionId: string | null;
    }
  | { readonly ok: false; readonly refusal: Refusal; readonly message: string };

/** What an SDK may call a session of its own. */
const SESSION_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Decides who may open a WebSocket, before it is one. */
export class UpgradeGate {
  readonly #options: GateOptions;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  decide(request: UpgradeRequest, load: Load): GateDecision {
    const { enabled, paths, origins, connectionsMax, connectionsPerAddressMax } = this.#options;
    const url = parseTarget(request.target);
    const path = url?.pathname;
    if (!url || path === undefined || !paths.includes(path)) {
      return refused(
        REFUSALS.notFound,
        `no WebSocket at ${shorten(request.target)}; allowed: ${paths.join(', ')}`,
      );
    }
    if (!enabled) return refused(REFUSALS.webSocketsOff);
    if (load.draining) return refused(REFUSALS.draining);
    if (request.version !== '13') {
      const given = request.version === undefined ? 'none' : `'${shorten(request.version)}'`;
      return refused(REFUSALS.badUpgrade, `Sec-WebSocket-Version is ${given}; allowed: 13`);
    }
    if (!origins.allows(request.origin, request.host)) {
      const given = shorten(request.origin ?? '');
      return refused(
        REFUSALS.originNotAllowed,
        `pages of ${given} may not read here (ALLOWED_ORIGINS)`,
      );
    }
    const offered = (request.subprotocols ?? '').split(',').map((name) => name.trim());
    const wantsHello = offered.includes(SUBPROTOCOL);
    if (request.subprotocols !== undefined && !wantsHello) {
      const given = shorten(request.subprotocols);
      return refused(
        REFUSALS.unknownSubprotocol,
        `unknown subprotocol '${given}'; allowed: ${SUBPROTOCOL} or none`,
      );
    }
    const reader = new QueryReader(url.searchParams);
    const sessionId = readSessionId(reader);
    if (reader.problems.length > 0) {
      return refused(REFUSALS.invalidParameter, reader.problems.join('; '));
    }
    if (isFull(load.fromAddress, connectionsPerAddressMax)) {
      return refused(
        REFUSALS.tooManyFromAddress,
        `${connectionsPerAddressMax} connections are open from this address; no more are allowed`,
      );
    }
    if (isFull(load.connections, connectionsMax)) return refused(REFUSALS.full);
    return { ok: true, path, wantsHello, sessionId };
  }
}

function readSessionId(reader: QueryReader): string | null {
  const given = reader.text('session');
  if (given === null || SESSION_ID.test(given)) return given;
  const allowed = '1 to 64 letters, digits, _ or -';
  return reader.refuse(`session '${shorten(given)}' is not allowed; allowed is ${allowed}`);
}

function isFull(open: number, max: number): boolean {
  return max > 0 && open >= max;
}

function refused(refusal: Refusal, message: string = refusal.meaning): GateDecision {
  return { ok: false, refusal, message };
}
