import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { REFUSALS, SUBPROTOCOL } from '@tidegauge/protocol';
import { WebSocketServer } from 'ws';
import type { ClientSocket } from '../hub/client-socket.ts';
import { WebSocketPort } from '../hub/web-socket.ts';
import { refusalAnswer } from './answer.ts';
import { refuse } from './refuse-stream.ts';

/** Fragments of one message: whoever cuts 4 KB finer than this means no good. */
const FRAGMENTS_MAX = 64;
const BUFFERED_CHUNKS_MAX = 1024;

export interface HandshakeOptions {
  /** Largest message of a client. */
  readonly messageBytesMax: number;
}

/** Makes a WebSocket of an upgrade that was let in (RFC 6455, 4.2.2). */
export class WebSocketHandshake {
  readonly #webSockets: WebSocketServer;

  constructor({ messageBytesMax }: HandshakeOptions) {
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: messageBytesMax,
      maxFragments: FRAGMENTS_MAX,
      maxBufferedChunks: BUFFERED_CHUNKS_MAX,
      autoPong: false,
      // Only asked when subprotocols were offered, and then the gate has seen ours among them.
      handleProtocols: () => SUBPROTOCOL,
    });
    this.#webSockets.on('wsClientError', (error, stream) => {
      refuse(stream, refusalAnswer(REFUSALS.badUpgrade, error.message));
    });
  }

  /** Calls back before it returns, or refuses and never calls. */
  complete(
    request: IncomingMessage,
    stream: Duplex,
    head: Buffer,
    opened: (socket: ClientSocket) => void,
  ): void {
    this.#webSockets.handleUpgrade(request, stream, head, (webSocket) => {
      opened(new WebSocketPort(webSocket, stream));
    });
  }
}
