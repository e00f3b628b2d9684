import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { forwardedAddresses } from '../http/forwarded-client.ts';
import { WAITING_UNLIMITED } from '../http/limits.ts';
import type { Router } from '../http/router.ts';
import { WaitingConnections } from '../http/waiting-connections.ts';
import { WebServer } from '../http/web-server.ts';
import type { Log } from '../log.ts';

/**
 * Answers plain requests that workers pass on, at a Unix socket in a folder that only this user
 * may enter: who is there is believed when it says who the client is.
 */
export class InnerServer {
  readonly #web: WebServer;
  #folder: string | null = null;

  constructor({ log, router }: { readonly log: Log; readonly router: Router }) {
    this.#web = new WebServer({
      log,
      router,
      upgrades: null,
      addresses: forwardedAddresses,
      // The workers hold the connections of clients within bounds.
      waiting: new WaitingConnections({ max: WAITING_UNLIMITED, perAddressMax: 0 }, () => null),
    });
  }

  /** @returns the path of the socket */
  async listen(): Promise<string> {
    // Made with mode 0700.
    this.#folder = await mkdtemp(path.join(tmpdir(), 'tidegauge-http-'));
    const socket = path.join(this.#folder, 'http');
    await this.#web.listenLocally(socket);
    return socket;
  }

  async close(): Promise<void> {
    await this.#web.close();
    if (this.#folder !== null) await rm(this.#folder, { recursive: true, force: true });
    this.#folder = null;
  }
}
