import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Bundle } from './bundle.ts';
import type { ClientSocket, SocketEvents } from './client-socket.ts';
import { FrameWriter } from './frame-writer.ts';
import { textFrame } from './frames.ts';
import type { DeflatedStream } from './shared-deflate.ts';

/**
 * A WebSocket that tells its port what happens. Thousands are idle, and each byte of one counts: a
 * table of listeners takes 280, and what has inflated a single message 8 KB.
 */
export class PortedWebSocket extends WebSocket {
  port: WebSocketPort | null = null;
  /** Of `ws`. Were it missing, inflaters would be kept until the end of the connection. */
  declare readonly _extensions?: Readonly<Record<string, Extension | undefined>>;

  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (this.port === null) return super.emit(event, ...values);
    this.port.heard(event, values);
    return true;
  }

  /** Lets go of what inflates messages. It is made anew for the next compressed one. */
  releaseInflater(): void {
    this._extensions?.['permessage-deflate']?.cleanup();
  }
}

interface Extension {
  cleanup(): void;
}

/** A connection of the `ws` package as the hub's port. */
export class WebSocketPort extends FrameWriter implements ClientSocket {
  readonly #webSocket: PortedWebSocket;
  readonly #deflated: DeflatedStream | null;
  #events: SocketEvents | null = null;

  /**
   * @param stream the stream under the WebSocket: ready-made frames are written to it
   * @param deflated null when bundles are to go uncompressed
   */
  constructor(webSocket: PortedWebSocket, stream: Duplex, deflated: DeflatedStream | null) {
    super(webSocket, stream);
    this.#webSocket = webSocket;
    this.#deflated = deflated;
    webSocket.port = this;
  }

  listen(events: SocketEvents): void {
    this.#events = events;
  }

  /** Takes the events of the WebSocket. */
  heard(event: string | symbol, [value, isBinary]: readonly unknown[]): void {
    if (event === 'message') {
      this.#webSocket.releaseInflater();
      this.#events?.message(isBinary === true ? null : (value as Buffer).toString());
    } else if (event === 'ping') {
      this.#events?.ping(value as Buffer);
    } else if (event === 'pong') {
      this.#events?.pong();
    } else if (event === 'close') {
      this.#events?.closed(value as number);
    }
    // After an 'error' `ws` closes by itself, with the code that RFC 6455 has for it.
  }

  publish(bundle: Bundle): boolean {
    return this.write(this.#deflated?.frames(bundle) ?? bundle.plain);
  }

  send(text: string): void {
    this.write(textFrame(Buffer.from(text)));
  }

  ping(): void {
    this.#webSocket.ping();
    this.watch();
  }

  pong(data: Buffer): void {
    this.#webSocket.pong(data);
    this.watch();
  }

  close(code: number, reason: string): void {
    this.#webSocket.close(code, reason);
  }

  terminate(): void {
    this.#webSocket.terminate();
  }

  protected drained(): void {
    this.#events?.drained();
  }
}
