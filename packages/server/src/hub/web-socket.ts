import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { Bundle } from './bundle.ts';
import type { ClientSocket, SocketEvents } from './client-socket.ts';
import { textFrame } from './frames.ts';

/** A connection of the `ws` package as the hub's port. */
export class WebSocketPort implements ClientSocket {
  readonly #webSocket: WebSocket;
  readonly #stream: Duplex;
  #events: SocketEvents | null = null;
  #behind = false;
  readonly #written = (): void => {
    if (!this.#behind || this.#webSocket.bufferedAmount > 0) return;
    this.#behind = false;
    this.#events?.drained();
  };

  /** @param stream the stream under the WebSocket: ready-made frames are written to it */
  constructor(webSocket: WebSocket, stream: Duplex) {
    this.#webSocket = webSocket;
    this.#stream = stream;
  }

  listen(events: SocketEvents): void {
    this.#events = events;
    this.#webSocket.on('message', (data, isBinary) =>
      events.message(isBinary ? null : textOf(data)),
    );
    this.#webSocket.on('ping', (data) => events.ping(data));
    this.#webSocket.on('pong', () => events.pong());
    // `ws` closes by itself after an error, with the code that RFC 6455 has for it.
    this.#webSocket.on('error', () => {});
    this.#webSocket.on('close', (code) => events.closed(code));
  }

  get unsentBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  publish(bundle: Bundle): void {
    this.#write(bundle.plain);
  }

  send(text: string): void {
    this.#write(textFrame(Buffer.from(text)));
  }

  ping(): void {
    this.#webSocket.ping(undefined, false, this.#written);
    this.#noticeUnsent();
  }

  pong(data: Buffer): void {
    this.#webSocket.pong(data, false, this.#written);
    this.#noticeUnsent();
  }

  close(code: number, reason: string): void {
    this.#webSocket.close(code, reason);
  }

  terminate(): void {
    this.#webSocket.terminate();
  }

  #write(frames: Buffer): void {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return;
    this.#stream.write(frames, this.#written);
    this.#noticeUnsent();
  }

  #noticeUnsent(): void {
    if (this.#webSocket.bufferedAmount > 0) this.#behind = true;
  }
}

/** `ws` hands over one Buffer as long as its binaryType is left alone. */
function textOf(data: RawData): string {
  return (data as Buffer).toString('utf8');
}
