import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { REFUSALS, SUBPROTOCOL } from '@tidegauge/protocol';
import { type PerMessageDeflateOptions, type Server, WebSocketServer } from 'ws';
import type { ClientSocket } from '../hub/client-socket.ts';
import type { DeflateTerms } from '../hub/deflate-terms.ts';
import { SharedDeflate } from '../hub/shared-deflate.ts';
import { PortedWebSocket, WebSocketPort } from '../hub/web-socket.ts';
import { refusalAnswer } from './answer.ts';
import { chooseOffer, type DeflateOffer } from './deflate-offer.ts';
import { BUFFERED_CHUNKS_MAX, FRAGMENTS_MAX } from './limits.ts';
import { refuse } from './refuse-stream.ts';
import { stopAfterError } from './stop-after-error.ts';

/**
 * What clients send is some 100 bytes: a window of 1 KiB serves as well as one of 32, and is what
 * the server keeps for each client that compresses.
 */
const CLIENT_WINDOW_BITS = 10;
const INFLATE_CHUNK_BYTES = 1024;

const EXTENSIONS = 'sec-websocket-extensions';

export interface HandshakeOptions {
  /** Largest message of a client, inflated. */
  readonly messageBytesMax: number;
  /** Whether permessage-deflate is agreed on with clients that offer it (RFC 7692). */
  readonly compression: boolean;
}

type Servers = Readonly<Record<'plain' | 'deflate' | 'deflateSmall', PortedServer>>;
type PortedServer = Server<typeof PortedWebSocket>;

/** Makes a WebSocket of an upgrade that was let in (RFC 6455, 4.2.2). */
export class WebSocketHandshake {
  readonly #servers: Servers;
  readonly #deflate: SharedDeflate | null;

  constructor({ messageBytesMax, compression }: HandshakeOptions) {
    // `ws` inflates what clients send. What they are sent it never compresses.
    const deflate = {
      clientNoContextTakeover: true,
      zlibInflateOptions: { chunkSize: INFLATE_CHUNK_BYTES },
    };
    const small = { ...deflate, clientMaxWindowBits: CLIENT_WINDOW_BITS };
    this.#servers = {
      plain: serverOf(messageBytesMax, false),
      deflate: serverOf(messageBytesMax, deflate),
      deflateSmall: serverOf(messageBytesMax, small),
    };
    this.#deflate = compression ? new SharedDeflate() : null;
  }

  /**
   * Calls back before it returns, or refuses and never calls. The answer to the handshake and all
   * that `opened` sends leave in one write.
   */
  complete(
    request: IncomingMessage,
    stream: Duplex,
    head: Buffer,
    opened: (socket: ClientSocket) => void,
  ): void {
    const offers = this.#deflate === null ? undefined : request.headers[EXTENSIONS];
    const offer =
      offers === undefined ? null : chooseOffer(offers, { clientWindowBits: CLIENT_WINDOW_BITS });
    if (offer === 'malformed') {
      const message = `Sec-WebSocket-Extensions is '${offers}'; allowed: as in RFC 6455, 9.1`;
      refuse(stream, refusalAnswer(REFUSALS.badUpgrade, message));
      return;
    }
    // Of all offers `ws` is to see the one that was taken.
    if (offer !== null) request.headers[EXTENSIONS] = offer.header;
    stream.cork();
    this.#serverFor(offer).handleUpgrade(request, stream, head, (webSocket) => {
      if (offer !== null) stopAfterError(webSocket);
      const port = new WebSocketPort(webSocket, stream, this.#streamOf(offer?.terms ?? null));
      opened(port);
      stream.uncork();
      port.watch();
    });
  }

  #serverFor(offer: DeflateOffer | null): PortedServer {
    if (offer === null) return this.#servers.plain;
    return offer.limitsClientWindow ? this.#servers.deflateSmall : this.#servers.deflate;
  }

  #streamOf(terms: DeflateTerms | null): ReturnType<SharedDeflate['stream']> | null {
    return terms === null ? null : (this.#deflate?.stream(terms) ?? null);
  }
}

function serverOf(
  maxPayload: number,
  perMessageDeflate: PerMessageDeflateOptions | false,
): PortedServer {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    WebSocket: PortedWebSocket,
    perMessageDeflate,
    maxPayload,
    maxFragments: FRAGMENTS_MAX,
    maxBufferedChunks: BUFFERED_CHUNKS_MAX,
    autoPong: false,
    // Only asked when subprotocols were offered, and then the gate has seen ours among them.
    handleProtocols: () => SUBPROTOCOL,
  });
  server.on('wsClientError', (error, stream) => {
    refuse(stream, refusalAnswer(REFUSALS.badUpgrade, error.message));
  });
  return server;
}
