import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { REFUSALS, type Refusal, SUBPROTOCOL } from '@tidegauge/protocol';
import type { Access, AccessVerdict } from '../access/access.ts';
import type { Endpoint } from '../hub/endpoint.ts';
import type { Hub } from '../hub/hub.ts';
import type { HubStats } from '../hub/hub-stats.ts';
import type { Client } from '../hub/session.ts';
import { type Answer, refusalAnswer, withHeaders } from './answer.ts';
import { addressKey, type ClientAddresses } from './client-address.ts';
import { credentialOf } from './credential.ts';
import { handshakeProblem, WEB_SOCKET_VERSION } from './handshake-form.ts';
import type { OriginPolicy } from './origin-policy.ts';
import { answerReading, headerOf } from './read-methods.ts';
import { refuse } from './refuse-stream.ts';
import { type HttpRequest, parseTarget } from './router.ts';
import type { UpgradeGate } from './upgrade-gate.ts';
import type { WebSocketHandshake } from './web-socket-handshake.ts';

export interface UpgradesOptions {
  readonly hub: Hub;
  /** One for each path that the gate lets in. */
  readonly endpoints: readonly Endpoint[];
  readonly gate: UpgradeGate;
  readonly handshake: WebSocketHandshake;
  readonly addresses: ClientAddresses;
  readonly origins: OriginPolicy;
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

/** Who may have a WebSocket is told so when it asks without an upgrade. */
const UPGRADE_REQUIRED: Answer = withHeaders(
  refusalAnswer(REFUSALS.upgradeRequired, undefined, { protocols: [SUBPROTOCOL] }),
  { upgrade: 'websocket' },
);

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
    const problem = isBehind
      ? 'a handshake behind a request that is not answered yet; allowed: one after its answer'
      : handshakeProblem(request);
    if (problem !== null) {
      this.#refuse(stream, { refusal: REFUSALS.badUpgrade, message: problem });
      return;
    }
    const { url: target = '', headers } = request;
    const version = headers['sec-websocket-version'];
    const address = this.#options.addresses.ofRequest(request);
    const gone = (): void => void stream.destroy();
    let isDecided = false;
    this.#decide({ target, version, headers, key: addressKey(address) }, (decision) => {
      isDecided = true;
      // Its error may still be on the way.
      if (stream.destroyed) return;
      stream.off('error', gone);
      if (!decision.ok) {
        this.#refuse(stream, decision);
        return;
      }
      const { hub, handshake } = this.#options;
      const client = { address, ...decision.client };
      const endpoint = this.#endpointAt(decision.path);
      handshake.complete(request, stream, head, (socket) => hub.join(socket, client, endpoint));
    });
    // Nobody else listens to the stream until then, and an unheard error ends the process.
    if (!isDecided) stream.on('error', gone);
  }

  /** Whether plain requests for this target are answered here. */
  answersAt(target: string): boolean {
    const path = parseTarget(target)?.pathname;
    return this.#options.endpoints.some((endpoint) => endpoint.path === path);
  }

  /**
   * The answer to a plain request: what an upgrade would be refused with, which browsers do not
   * tell a page whose WebSocket was refused; else that an upgrade is what is asked for here. These
   * are questions: none of them counts as an upgrade that was refused.
   */
  answer({ method, target, headers, client }: HttpRequest): Promise<Answer> {
    const question = { target, version: WEB_SOCKET_VERSION, headers, key: client };
    return answerReading({ method, headers }, this.#options.origins, async () => {
      const decision = await new Promise<Decision>((tell) => this.#decide(question, tell));
      return decision.ok ? UPGRADE_REQUIRED : refusalAnswer(decision.refusal, decision.message);
    });
  }

  /**
   * Tells, at once or later, whether an upgrade is let in. Room is looked for in the same turn as
   * it is told: nobody comes in between.
   */
  #decide({ target, version, headers, key }: Question, tell: (decision: Decision) => void): void {
    const { gate, access } = this.#options;
    const asked = gate.decide({
      target,
      version,
      origin: headerOf(headers, 'origin'),
      host: headerOf(headers, 'host'),
      subprotocols: headerOf(headers, 'sec-websocket-protocol'),
    });
    if (!asked.ok) {
      tell(asked);
      return;
    }
    const { path, wantsHello, wantsDefault, sessionId } = asked;
    const enter = (verdict: AccessVerdict): void => {
      if (!verdict.ok) {
        tell(verdict);
        return;
      }
      const { holder, expiresSec } = verdict;
      const client = { addressKey: key, holder, expiresSec, wantsHello, wantsDefault, sessionId };
      tell(this.#noRoom(key) ?? { ok: true, path, client });
    };
    const verdict = access.admit(credentialOf(headers) ?? asked.credential, key);
    if (verdict instanceof Promise) void verdict.then(enter);
    else enter(verdict);
  }

  #noRoom(key: string): ReturnType<UpgradeGate['noRoom']> {
    const { hub, others = NOBODY, gate, draining } = this.#options;
    return gate.noRoom({
      connections: hub.size + others.connections,
      fromAddress: hub.countOf(key) + others.countOf(key),
      draining: draining(),
    });
  }

  #endpointAt(path: string): Endpoint {
    const endpoint = this.#options.endpoints.find((each) => each.path === path);
    if (endpoint === undefined) throw new Error(`no endpoint at ${path}`);
    return endpoint;
  }

  #refuse(stream: Duplex, { refusal, message }: Refused): void {
    this.#options.stats.refused(refusal.code);
    const answer = refusalAnswer(refusal, message);
    // Whoever asks wrongly is told the right version (RFC 6455, 4.4).
    const wrong = refusal === REFUSALS.badUpgrade;
    const version = wrong ? { 'sec-websocket-version': WEB_SOCKET_VERSION } : {};
    refuse(stream, withHeaders(answer, version));
  }
}

/** An upgrade, or a plain request that asks what would become of one. */
interface Question {
  readonly target: string;
  readonly version: string | undefined;
  readonly headers: HttpRequest['headers'];
  /** Whom it is counted for; see addressKey. */
  readonly key: string;
}

interface Refused {
  readonly refusal: Refusal;
  readonly message: string;
}

type Decision =
  | { readonly ok: true; readonly path: string; readonly client: Omit<Client, 'address'> }
  | ({ readonly ok: false } & Refused);
