import type { Duplex } from 'node:stream';
import { type RawData, WebSocket } from 'ws';
import type { Bundle } from './bundle.ts';
import type { ClientSocket, SocketEvents } from './client-socket.ts';
import { type DrainedListener, FrameWriter } from './frame-writer.ts';
import { textFrame } from './frames.ts';
import type { DeflatedStream } from './shared-deflate.ts';

/** A WebSocket that knows its port, so that all of them can share their listeners. */
export class PortedWebSocket extends WebSocket {
  port: WebSocketPort | null = null;
}

/** A connection of the `ws` package as the hub's port. Thousands are idle: it makes no closures. */
export class WebSocketPort implements ClientSocket, DrainedListener {
  readonly #webSocket: PortedWebSocket;
  readonly #writer: FrameWriter;
  readonly #deflated: DeflatedStream | null;
  #events: SocketEvents | null = null;

  /**
   * @param stream the stream under the WebSocket: ready-made frames are written to it
   * @param deflated null when bundles are to go uncompressed
   */
  constructor(webSocket: PortedWebSocket, stream: Duplex, deflated: DeflatedStream | null) {
    this.#webSocket = webSocket;
    this.#writer = new FrameWriter(webSocket, stream, this);
    this.#deflated = deflated;
    webSocket.port = this;
  }

  listen(events: SocketEvents): void {
    this.#events = events;
    this.#webSocket.on('message', onMessage);
    this.#webSocket.on('ping', onPing);
    this.#webSocket.on('pong', onPong);
    this.#webSocket.on('error', onError);
    this.#webSocket.on('close', onClose);
  }

  get events(): SocketEvents | null {
    return this.#events;
  }

  get unsentBytes(): number {
    return this.#writer.unsentBytes;
  }

  publish(bundle: Bundle): void {
    this.#writer.write(this.#deflated?.frames(bundle) ?? bundle.plain);
  }

  send(text: string): void {
    this.#writer.write(textFrame(Buffer.from(text)));
  }

  ping(): void {
    this.#webSocket.ping();
    this.#writer.watch();
  }

  pong(data: Buffer): void {
    this.#webSocket.pong(data);
    this.#writer.watch();
  }

  close(code: number, reason: string): void {
    this.#webSocket.close(code, reason);
  }

  terminate(): void {
    this.#webSocket.terminate();
  }

  drained(): void {
    this.#events?.drained();
  }

  /** To be called when what was gathered for the first write has been handed on. */
  begun(): void {
    this.#writer.watch();
  }
}

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  eventsOf(this)?.message(isBinary ? null : textOf(data));
}

function onPing(this: WebSocket, data: Buffer): void {
  eventsOf(this)?.ping(data);
}

function onPong(this: WebSocket): void {
  eventsOf(this)?.pong();
}

/** `ws` closes by itself after an error, with the code that RFC 6455 has for it. */
function onError(): void {}

function onClose(this: WebSocket, code: number): void {
  eventsOf(this)?.closed(code);
}

function eventsOf(webSocket: WebSocket): SocketEvents | null {
  return (webSocket as PortedWebSocket).port?.events ?? null;
}

/** `ws` hands over one Buffer as long as its binaryType is left alone. */
function textOf(data: RawData): string {
  return (data as Buffer).toString('utf8');
}
