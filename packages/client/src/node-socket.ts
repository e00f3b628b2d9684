/** A WebSocket for Node, without anything to install. */
import { createHash, randomBytes } from 'node:crypto';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { WebSocketLike } from './api.ts';
import { clientFrame, closePayload, FrameReader, type Incoming, OPCODE } from './node-frames.ts';
import { DEFLATE_OFFER, type DeflateTerms, Inflater, readDeflateAnswer } from './node-inflate.ts';

/** RFC 6455, 1.3. */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** From the first close frame, or the end of what comes, until the connection is cut. */
const CLOSE_WAIT_MS = 3_000;
/** Above this pings are not answered: a server that only writes does not fill our memory. */
const UNSENT_BYTES_MAX = 64 * 1024;

interface Closed {
  readonly code: number;
  readonly reason: string;
}

const NORMAL = 1000;
const NO_CODE = 1005;
/** No close frame came (RFC 6455, 7.1.5). */
const CUT: Closed = { code: 1006, reason: '' };

interface Events {
  readonly open: undefined;
  readonly error: undefined;
  readonly message: { readonly data: string | Uint8Array };
  readonly close: Closed;
}

type Listener<Type extends keyof Events> = (event: Events[Type]) => void;
type Listeners = { readonly [Type in keyof Events]: Listener<Type>[] };

/**
 * The part of the browser's `WebSocket` that the client uses (RFC 6455; compressed messages are
 * read, RFC 7692).
 *
 * Events come in the order `open`, messages, `close`, and never from within a call; `error` comes
 * before the `close` of a connection that failed. `close` has 1006 where the line was cut or never
 * opened. Other than a browser's it has 1002, 1007 or 1009 where the server broke the protocol,
 * as the server was told, and what was wrong. After a call of `close()` no message comes.
 */
export class NodeWebSocket implements WebSocketLike {
  onopen: Listener<'open'> | null = null;
  onerror: Listener<'error'> | null = null;
  onmessage: Listener<'message'> | null = null;
  onclose: Listener<'close'> | null = null;
  readonly #listeners: Listeners = { open: [], error: [], message: [], close: [] };
  readonly #request: ClientRequest;
  /** Null before it is open. */
  #socket: Socket | null = null;
  #closeSent = false;
  #closed: Closed = CUT;
  #closeTimer: NodeJS.Timeout | undefined;

  /**
   * @param url `ws:` or `wss:`
   * @param protocols subprotocols to offer, the best first
   * @throws TypeError for an address that is none
   */
  constructor(url: string, protocols: readonly string[] = []) {
    const address = new URL(url);
    const isSecure = address.protocol === 'wss:';
    if (!isSecure && address.protocol !== 'ws:') {
      throw new TypeError(`"${url}" is no address of a WebSocket: it must begin with ws: or wss:`);
    }
    address.protocol = isSecure ? 'https:' : 'http:';
    const key = randomBytes(16).toString('base64');
    const options = { agent: false, headers: handshake(key, protocols) };
    this.#request = (isSecure ? httpsRequest : httpRequest)(address, options);
    this.#request.on('upgrade', (response, socket, head) => {
      const agreement = agree(response, key, protocols);
      if (agreement === null) socket.destroy();
      else this.#open(socket as Socket, agreement, head);
    });
    // Not let in, or sent elsewhere: nothing in the answer is of use here.
    this.#request.on('response', () => this.#request.destroy());
    // Whatever it was: `close` follows, and tells it.
    this.#request.on('error', () => {});
    this.#request.on('close', () => {
      if (this.#socket === null) this.#neverOpened();
    });
    this.#request.end();
  }

  /** They are called after the field of the same event. */
  addEventListener<Type extends keyof Events>(type: Type, listener: Listener<Type>): void {
    this.#listeners[type].push(listener);
  }

  /** @throws Error before it is open. Once it is closing, what is given is dropped. */
  send(text: string): void {
    if (this.#socket === null) throw new Error('send() before the WebSocket was open');
    if (!this.#closeSent) this.#write(this.#socket, OPCODE.text, Buffer.from(text));
  }

  /** Ends it, after 3 s at the latest, whatever the server does. A second call does nothing. */
  close(): void {
    if (this.#socket === null) this.#request.destroy();
    else this.#sendClose(this.#socket, NORMAL);
  }

  #neverOpened(): void {
    this.#emit('error', undefined);
    this.#emit('close', CUT);
  }

  #open(socket: Socket, { deflate }: Agreement, head: Buffer): void {
    this.#socket = socket;
    const reader = new FrameReader(deflate && new Inflater(deflate));
    const take = (chunk: Buffer): void => {
      for (const incoming of reader.push(chunk)) this.#act(socket, incoming);
    };
    socket.setNoDelay(true);
    socket.on('data', take);
    socket.on('end', () => this.#awaitEnd(socket));
    socket.on('error', () => this.#emit('error', undefined));
    socket.on('close', () => {
      clearTimeout(this.#closeTimer);
      this.#emit('close', this.#closed);
    });
    this.#emit('open', undefined);
    take(head);
  }

  #act(socket: Socket, incoming: Incoming): void {
    switch (incoming.kind) {
      case 'text':
        if (!this.#closeSent) this.#emit('message', { data: incoming.text });
        break;
      case 'binary':
        if (!this.#closeSent) this.#emit('message', { data: incoming.payload });
        break;
      case 'ping':
        if (this.#closeSent || socket.writableLength > UNSENT_BYTES_MAX) break;
        this.#write(socket, OPCODE.pong, incoming.payload);
        break;
      case 'pong':
        break;
      case 'fault':
        this.#emit('error', undefined);
        this.#end(socket, incoming);
        break;
      case 'close':
        this.#end(socket, incoming);
        break;
    }
  }

  #end(socket: Socket, { code, reason }: Closed): void {
    this.#closed = { code, reason };
    this.#sendClose(socket, code);
    socket.end();
  }

  #sendClose(socket: Socket, code: number): void {
    if (this.#closeSent) return;
    this.#write(socket, OPCODE.close, closePayload(code === NO_CODE ? null : code));
    this.#closeSent = true;
    this.#awaitEnd(socket);
  }

  #awaitEnd(socket: Socket): void {
    this.#closeTimer ??= setTimeout(() => socket.destroy(), CLOSE_WAIT_MS);
  }

  #write(socket: Socket, opcode: number, payload: Buffer): void {
    // What the server has ended takes nothing more; its `close` is under way.
    if (socket.writable) socket.write(clientFrame(opcode, payload, randomBytes(4)));
  }

  #emit<Type extends keyof Events>(type: Type, event: Events[Type]): void {
    const own = this[`on${type}`] as Listener<Type> | null;
    own?.(event);
    for (const listener of this.#listeners[type]) listener(event);
  }
}

function handshake(key: string, protocols: readonly string[]): Record<string, string> {
  return {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': key,
    'Sec-WebSocket-Extensions': DEFLATE_OFFER,
    ...(protocols.length > 0 ? { 'Sec-WebSocket-Protocol': protocols.join(', ') } : {}),
  };
}

/** What the server let us in on. */
interface Agreement {
  /** Null for no compression. */
  readonly deflate: DeflateTerms | null;
}

/**
 * Holds the server's answer to RFC 6455, 4.1; for `Connection: Upgrade` Node has looked already.
 *
 * @returns null for an answer that is wrong
 */
function agree(
  { headers }: IncomingMessage,
  key: string,
  offered: readonly string[],
): Agreement | null {
  const accept = createHash('sha1')
    .update(key + ACCEPT_SUFFIX)
    .digest('base64');
  const protocol = headers['sec-websocket-protocol'] ?? '';
  const extensions = headers['sec-websocket-extensions'];
  const deflate = extensions === undefined ? null : readDeflateAnswer(extensions);
  const isRight =
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-accept'] === accept &&
    (extensions === undefined || deflate !== null) &&
    (protocol === '' || offered.includes(protocol));
  return isRight ? { deflate } : null;
}
