import { REFUSALS, type Refusal, SUBPROTOCOL } from '@tidegauge/protocol';
import { readOfferedProtocols } from './credential.ts';
import { SESSION_CHARS_MAX } from './limits.ts';
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

export interface GateRefusal {
  readonly ok: false;
  readonly refusal: Refusal;
  readonly message: string;
}

export type GateDecision =
  | {
      readonly ok: true;
      readonly path: string;
      readonly wantsHello: boolean;
      /** False for `subscribe=none`: nothing is to be sent before it is asked for. */
      readonly wantsDefault: boolean;
      /** The `session` of the address; null where there is none. */
      readonly sessionId: string | null;
      /** The key or token that came as a subprotocol; null where none did. */
      readonly credential: string | null;
    }
  | GateRefusal;

/** What an SDK may call a session of its own. */
const SESSION_ID = new RegExp(`^[A-Za-z0-9_-]{1,${SESSION_CHARS_MAX}}$`);

/**
 * Decides who may open a WebSocket, before it is one: first what is asked, by `decide`, then,
 * when it is known that the client may, whether there is room.
 */
export class UpgradeGate {
  readonly #options: GateOptions;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  decide(request: UpgradeRequest): GateDecision {
    const { enabled, paths, origins } = this.#options;
    const url = parseTarget(request.target);
    const path = url?.pathname;
    if (!url || path === undefined || !paths.includes(path)) {
      return refused(
        REFUSALS.notFound,
        `no WebSocket at ${shorten(request.target)}; allowed: ${paths.join(', ')}`,
      );
    }
    if (!enabled) return refused(REFUSALS.webSocketsOff);
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
    const { names, credential } = readOfferedProtocols(request.subprotocols);
    const hasSubprotocol = names.includes(SUBPROTOCOL);
    if (request.subprotocols !== undefined && !hasSubprotocol) {
      return refused(REFUSALS.unknownSubprotocol, unknownSubprotocol(names, credential));
    }
    const reader = new QueryReader(url.searchParams);
    const sessionId = readSessionId(reader);
    const wantsDefault = readWantsDefault(reader);
    const wantsHello = readWantsHello(reader) || hasSubprotocol;
    if (reader.problems.length > 0) {
      return refused(REFUSALS.invalidParameter, reader.problems.join('; '));
    }
    return { ok: true, path, wantsHello, wantsDefault, sessionId, credential };
  }

  /** Whether one more has room: null when it has. To be asked right before it joins. */
  noRoom({ connections, fromAddress, draining }: Load): GateRefusal | null {
    const { connectionsMax, connectionsPerAddressMax } = this.#options;
    if (draining) return refused(REFUSALS.draining);
    if (isFull(fromAddress, connectionsPerAddressMax)) {
      return refused(
        REFUSALS.tooManyFromAddress,
        `${connectionsPerAddressMax} connections are open from this address; no more are allowed`,
      );
    }
    return isFull(connections, connectionsMax) ? refused(REFUSALS.full) : null;
  }
}

/** Repeats what was offered, but for a key. */
function unknownSubprotocol(names: readonly string[], credential: string | null): string {
  if (names.length === 0 && credential !== null) {
    return `a key alone is offered as subprotocol; allowed: ${SUBPROTOCOL} beside it`;
  }
  const given = shorten(names.join(', '));
  return `unknown subprotocol '${given}'; allowed: ${SUBPROTOCOL} or none`;
}

function readSessionId(reader: QueryReader): string | null {
  const given = reader.text('session');
  if (given === null || SESSION_ID.test(given)) return given;
  const allowed = `1 to ${SESSION_CHARS_MAX} letters, digits, _ or -`;
  return reader.refuse(`session '${shorten(given)}' is not allowed; allowed is ${allowed}`);
}

function readWantsDefault(reader: QueryReader): boolean {
  const given = reader.text('subscribe');
  if (given === null || given === 'none') return given === null;
  reader.refuse(`subscribe '${shorten(given)}' is not allowed; allowed is none, or no subscribe`);
  return true;
}

/** For whoever comes through something that takes subprotocols away. */
function readWantsHello(reader: QueryReader): boolean {
  const given = reader.text('hello');
  if (given === null || given === 'yes') return given === 'yes';
  reader.refuse(`hello '${shorten(given)}' is not allowed; allowed is yes, or no hello`);
  return false;
}

function isFull(open: number, max: number): boolean {
  return max > 0 && open >= max;
}

function refused(refusal: Refusal, message: string = refusal.meaning): GateRefusal {
  return { ok: false, refusal, message };
}
