import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import net from 'node:net';

/** Passes bytes on until told to stop, then keeps the lines open and mute: a cut without FIN. */
export class StallingProxy {
  readonly endpoint: string;
  readonly #server: net.Server;
  readonly #pairs: (readonly [net.Socket, net.Socket])[] = [];

  static async before(endpoint: string): Promise<StallingProxy> {
    const port = Number(endpoint.split(':').at(-1));
    const server = net.createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new StallingProxy(server, port);
  }

  private constructor(server: net.Server, port: number) {
    this.#server = server;
    this.endpoint = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (client) => {
      const upstream = net.connect(port, '127.0.0.1');
      this.#pairs.push([client, upstream]);
      for (const [from, to] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        from.on('error', () => to.destroy());
        from.on('close', () => to.destroy());
        from.pipe(to);
      }
    });
  }

  /** Mutes the lines that stand; new ones work. */
  stall(): void {
    for (const pair of this.#pairs) {
      for (const socket of pair) socket.unpipe().pause();
    }
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#pairs.flat()) socket.destroy();
  }
}
