/** A real server on a free port that serves some routes. */
import { ClientAddresses } from '../../src/http/client-address.ts';
import type { Route } from '../../src/http/router.ts';
import { WebServer } from '../../src/http/web-server.ts';
import { Hub } from '../../src/hub/hub.ts';
import { FakeLog, realHubParts } from '../hub-fakes.ts';
import { routerWith } from './ask.ts';
import { openUpgrades, openWaiting } from './open-upgrades.ts';

export interface Served {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  readonly port: number;
  readonly log: FakeLog;
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly trustedProxies?: readonly string[];
  readonly takingMaxMs?: (bytes: number) => number;
}

export async function serve(
  routes: readonly Route[],
  { trustedProxies = [], ...options }: ServeOptions = {},
): Promise<Served> {
  const log = new FakeLog();
  const hub = new Hub(realHubParts(log));
  const addresses = new ClientAddresses(trustedProxies);
  const server = new WebServer({
    log,
    router: routerWith(routes),
    upgrades: openUpgrades(hub, [], addresses),
    addresses,
    waiting: openWaiting(),
    ...options,
  });
  const { port } = await server.listen('127.0.0.1', 0);
  return { origin: `http://127.0.0.1:${port}`, port, log, close: () => server.close() };
}
