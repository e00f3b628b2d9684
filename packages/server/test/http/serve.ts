/** A real server on a free port that serves some routes. */
import { systemClock } from '../../src/clock.ts';
import { ClientAddresses } from '../../src/http/client-address.ts';
import { OriginPolicy } from '../../src/http/origin-policy.ts';
import type { Route } from '../../src/http/router.ts';
import { UpgradeGate } from '../../src/http/upgrade-gate.ts';
import { WebServer } from '../../src/http/web-server.ts';
import { Hub } from '../../src/hub/hub.ts';
import { FakeLog } from '../hub-fakes.ts';
import { routerWith } from './ask.ts';

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
  const settings = { slowTimeoutMs: 1000, pendingBytesMax: 1e6, messagesPer10sMax: 100 };
  const limits = { enabled: false, paths: [], connectionsMax: 0, connectionsPerAddressMax: 0 };
  const server = new WebServer({
    log,
    hub: new Hub({ clock: systemClock, log, settings }),
    endpoints: [],
    router: routerWith(routes),
    gate: new UpgradeGate({ ...limits, origins: new OriginPolicy([]) }),
    addresses: new ClientAddresses(trustedProxies),
    draining: () => false,
    messageBytesMax: 4096,
    ...options,
  });
  const { port } = await server.listen('127.0.0.1', 0);
  return { origin: `http://127.0.0.1:${port}`, port, log, close: () => server.close() };
}
