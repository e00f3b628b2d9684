import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { REFUSALS, type Refusal } from '@tidegauge/protocol';
import type { Access, AccessVerdict } from '../access/access.ts';
import type { Endpoint } from '../hub/endpoint.ts';
import type { Hub } from '../hub/hub.ts';
import type { HubStats } from '../hub/hub-stats.ts';
import { refusalAnswer } from './answer.ts';
import { addressKey, type ClientAddresses } from './client-address.ts';
import { credentialOf } from './credential.ts';
import { handshakeProblem, WEB_SOCKET_VERSION } from './handshake-form.ts';
import { refuse } from './refuse-stream.ts';
import type { GateDecision, UpgradeGate } from './upgrade-gate.ts';
import type { WebSocketHandshake } from './web-socket-handshake.ts';

export interface UpgradesOptions {
  readonly hub: Hub;
  /** One for each path that the gate lets in. */
  readonly endpoints: readonly Endpoint[];
  readonly gate: UpgradeGate;
  readonly handshake: WebSocketHandshake;
  readonly addresses: ClientAddresses;
  readonly access: Access;
  readonly stats: Pick<HubStats, 'refused'>;
  readonly draining: () => boolean;
  /** Clients of other processes that the limits hold for as well. */
  readonly others?: Crowd;
}

/** Clients that are connected somewhere. */
export interface Crowd {
  readonly connections: number;
  countOf(addressKey: string): number;
}

const NOBODY: Crowd = { connections: 0, countOf: () => 0 };

/** What asks to become a WebSocket: through the gate, the handshake and into the hub, or refused. */
export class Upgrades {
  readonly #options: UpgradesOptions;

  constructor(options: UpgradesOptions) {
    this.#options = options;
  }

  /**
   * @param isBehind whether an earlier request of the connection is not answered yet; its answer
   *   would come to stand among the frames
   */
  take(request: IncomingMessage, stream: Duplex, head: Buffer, isBehind = false): void {
    const { gate, addresses, access } = this.#options;
    const { headers } = request;
    const problem = isBehind
      ? 'a handshake behind a request that is not answered yet; allowed: one after its answer'
      : handshakeProblem(request);
    if (problem !== null) {
      this.#refuse(stream, { refusal: REFUSALS.badUpgrade, message: problem });
      return;
    }
    const decision = gate.decide({
      target: request.url ?? '',
      version: headers['sec-websocket-version'],
      origin: headers.origin,
      host: headers.host,
      subprotocols: headers['sec-websocket-protocol'],
    });
    if (!decision.ok) {
      this.#refuse(stream, decision);
      return;
    }
    const address = addresses.ofRequest(request);
    const entry = { request, stream, head, decision, address, key: addressKey(address) };
    const verdict = access.admit(credentialOf(headers) ?? decision.credential, entry.key);
    if (verdict instanceof Promise) void this.#enterOnce(verdict, entry);
    else this.#enter(verdict, entry);
  }

  /** Nobody listens to the stream meanwhile but here, and an unheard error ends the process. */
  async #enterOnce(checked: Promise<AccessVerdict>, entry: Entry): Promise<void> {
    const { stream } = entry;
    const gone = (): void => void stream.destroy();
    stream.on('error', gone);
    const verdict = await checked;
    // Its error may still be on the way.
    if (stream.destroyed) return;
    stream.off('error', gone);
    this.#enter(verdict, entry);
  }

  /** Room is looked for in the same turn as the client joins: nobody comes in between. */
  #enter(verdict: AccessVerdict, { request, stream, head, decision, address, key }: Entry): void {
    const { hub, others = NOBODY, endpoints, gate, handshake, draining } = this.#options;
    if (!verdict.ok) {
      this.#refuse(stream, verdict);
      return;
    }
    const noRoom = gate.noRoom({
      connections: hub.size + others.connections,
      fromAddress: hub.countOf(key) + others.countOf(key),
      draining: draining(),
    });
    if (noRoom !== null) {
      this.#refuse(stream, noRoom);
      return;
    }
    const { path, wantsHello, wantsDefault, sessionId } = decision;
    const endpoint = endpoints.find((each) => each.path === path);
    if (endpoint === undefined) throw new Error(`no endpoint at ${path}`);
    const { holder, expiresSec } = verdict;
    const wishes = { wantsHello, wantsDefault, sessionId };
    const client = { address, addressKey: key, holder, expiresSec, ...wishes };
    handshake.complete(request, stream, head, (socket) => hub.join(socket, client, endpoint));
  }

  #refuse(stream: Duplex, { refusal, message }: Refused): void {
    this.#options.stats.refused(refusal.code);
    const answer = refusalAnswer(refusal, message);
    // Whoever asks wrongly is told the right version (RFC 6455, 4.4).
    const wrong = refusal === REFUSALS.badUpgrade;
    const version = wrong ? { 'sec-websocket-version': WEB_SOCKET_VERSION } : {};
    refuse(stream, { ...answer, headers: { ...answer.headers, ...version } });
  }
}

interface Refused {
  readonly refusal: Refusal;
  readonly message: string;
}

/** What was asked for in the right form, while it is found out who asks. */
interface Entry {
  readonly request: IncomingMessage;
  readonly stream: Duplex;
  readonly head: Buffer;
  readonly decision: GateDecision & { readonly ok: true };
  readonly address: string;
  readonly key: string;
}
