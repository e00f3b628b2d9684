import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Config } from '../../packages/server/src/config.ts';
import { type Running, run } from '../../packages/server/test/http-harness.ts';
import { RawClient } from './raw-client.ts';

/** The largest message that these servers take: the first that needs 64 bits to say its length. */
export const MESSAGE_BYTES_MAX = 65_536;

/** More are taken for an attack: no client cuts 4 KB finer. */
export const FRAGMENTS_MAX = 64;

const CONFIG: Partial<Config> = {
  wsMaxMessageBytes: MESSAGE_BYTES_MAX,
  wsMaxMessagesPer10s: 1_000_000,
  wsMaxConnections: 0,
  wsMaxConnectionsPerIp: 0,
};

/** The real server for all tests of a file; it publishes each 100 ms in between. */
export class ConformanceServer {
  #running: Running | null = null;
  readonly #clients: RawClient[] = [];

  constructor() {
    beforeAll(async () => {
      this.#running = await run({ config: CONFIG });
    });
    afterEach(() => {
      for (const client of this.#clients.splice(0)) client.destroy();
    });
    afterAll(() => this.#running?.server.drain());
  }

  get port(): number {
    if (this.#running === null) throw new Error('asked for a port before the server runs');
    return this.#running.port;
  }

  /** A TCP connection and nothing more. */
  connect(): RawClient {
    const client = new RawClient(this.port);
    this.#clients.push(client);
    return client;
  }

  /** A WebSocket. @param lines of the handshake, beside the usual ones */
  async open(lines: readonly string[] = []): Promise<RawClient> {
    const client = await RawClient.open(this.port, lines);
    this.#clients.push(client);
    return client;
  }

  /** Resolves when no more than this many clients are left in the hub. */
  async clientsLeft(count: number): Promise<void> {
    while (this.#running!.server.clients() > count) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
}
