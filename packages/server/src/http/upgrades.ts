import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Endpoint } from '../hub/endpoint.ts';
import type { Hub } from '../hub/hub.ts';
import { refusalAnswer } from './answer.ts';
import { addressKey, type ClientAddresses } from './client-address.ts';
import { refuse } from './refuse-stream.ts';
import type { UpgradeGate } from './upgrade-gate.ts';
import type { WebSocketHandshake } from './web-socket-handshake.ts';

export interface UpgradesOptions {
  readonly hub: Hub;
  /** One for each path that the gate lets in. */
  readonly endpoints: readonly Endpoint[];
  readonly gate: UpgradeGate;
  readonly handshake: WebSocketHandshake;
  readonly addresses: ClientAddresses;
  readonly draining: () => boolean;
}

/** What asks to become a WebSocket: through the gate, the handshake and into the hub, or refused. */
export class Upgrades {
  readonly #options: UpgradesOptions;

  constructor(options: UpgradesOptions) {
    this.#options = options;
  }

  take(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const { hub, gate, handshake, addresses, draining, endpoints } = this.#options;
    const { headers } = request;
    const address = addresses.ofRequest(request);
    const key = addressKey(address);
    const decision = gate.decide(
      {
        target: request.url ?? '',
        version: headers['sec-websocket-version'],
        origin: headers.origin,
        host: headers.host,
        subprotocols: headers['sec-websocket-protocol'],
      },
      { connections: hub.size, fromAddress: hub.countOf(key), draining: draining() },
    );
    if (!decision.ok) {
      refuse(stream, refusalAnswer(decision.refusal, decision.message));
      return;
    }
    const endpoint = endpoints.find(({ path }) => path === decision.path);
    if (endpoint === undefined) throw new Error(`no endpoint at ${decision.path}`);
    const { wantsHello, sessionId } = decision;
    const client = { address, addressKey: key, wantsHello, expiresSec: null, sessionId };
    handshake.complete(request, stream, head, (socket) => hub.join(socket, client, endpoint));
  }
}
