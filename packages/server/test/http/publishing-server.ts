/** A web server whose handshake leads to nothing but the sockets, for tests of these. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketHandshake } from '../../src/http/web-socket-handshake.ts';
import { Bundle } from '../../src/hub/bundle.ts';
import type { ClientSocket } from '../../src/hub/client-socket.ts';
import { type Publication, publication } from '../../src/hub/publication.ts';

export interface PublishingOptions {
  readonly compression?: boolean;
  readonly messageBytesMax?: number;
  /** Called with each socket before it is handed out. */
  readonly onOpened?: (socket: ClientSocket) => void;
}

/** What a client has sent, and how it has ended. */
export class Heard {
  readonly messages: (string | null)[] = [];
  readonly pongs: number[] = [];
  closedCode: number | null = null;
  drained = 0;
}

export class PublishingServer {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: { readonly socket: ClientSocket; readonly heard: Heard }[] = [];
  #waiting: (() => void)[] = [];

  private constructor(server: Server, options: PublishingOptions) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    const handshake = new WebSocketHandshake({
      messageBytesMax: options.messageBytesMax ?? 4096,
      compression: options.compression ?? true,
    });
    server.on('upgrade', (request, stream, head) => {
      handshake.complete(request, stream, head, (socket) => {
        const heard = new Heard();
        socket.listen({
          message: (text) => this.#tell(() => heard.messages.push(text)),
          ping: (data) => socket.pong(data),
          pong: () => this.#tell(() => heard.pongs.push(1)),
          drained: () => this.#tell(() => heard.drained++),
          closed: (code) => this.#tell(() => (heard.closedCode = code)),
        });
        options.onOpened?.(socket);
        this.#tell(() => this.#sockets.push({ socket, heard }));
      });
    });
  }

  static async start(options: PublishingOptions = {}): Promise<PublishingServer> {
    const server = createServer((_, response) => response.end('<!doctype html><title>x</title>'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new PublishingServer(server, options);
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/`;
  }

  /** The server's end of the connection that was opened as that one, from 0 on. */
  async opened(index = 0): Promise<{ readonly socket: ClientSocket; readonly heard: Heard }> {
    await this.until(() => this.#sockets.length > index);
    return this.#sockets[index]!;
  }

  /** Looks again whenever a client is heard of. */
  async until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async stop(): Promise<void> {
    for (const { socket } of this.#sockets) socket.terminate();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #tell(change: () => void): void {
    change();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

export function bundleOf(...texts: readonly string[]): Bundle {
  return new Bundle(texts.map(publicationOf));
}

export function publicationOf(text: string): Publication {
  return publication('any', 1, 'whole', () => text);
}
