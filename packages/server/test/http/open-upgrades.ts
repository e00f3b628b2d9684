import { OPEN_ACCESS } from '../../src/access/access.ts';
import type { ClientAddresses } from '../../src/http/client-address.ts';
import { OriginPolicy } from '../../src/http/origin-policy.ts';
import { UpgradeGate } from '../../src/http/upgrade-gate.ts';
import { Upgrades } from '../../src/http/upgrades.ts';
import { WaitingConnections } from '../../src/http/waiting-connections.ts';
import { WebSocketHandshake } from '../../src/http/web-socket-handshake.ts';
import type { Endpoint } from '../../src/hub/endpoint.ts';
import type { Hub } from '../../src/hub/hub.ts';
import { NO_STATS } from '../../src/hub/hub-stats.ts';

/** Connections that may wait for as long as they like. */
export function openWaiting(): WaitingConnections {
  return new WaitingConnections({ max: 1_000_000, perAddressMax: 0 }, () => null);
}

/** Upgrades without limits, for tests of what comes after them. */
export function openUpgrades(
  hub: Hub,
  endpoints: readonly Endpoint[],
  addresses: ClientAddresses,
): Upgrades {
  const origins = new OriginPolicy([]);
  return new Upgrades({
    hub,
    endpoints,
    origins,
    gate: new UpgradeGate({
      enabled: endpoints.length > 0,
      paths: endpoints.map(({ path }) => path),
      connectionsMax: 0,
      connectionsPerAddressMax: 0,
      origins,
    }),
    handshake: new WebSocketHandshake({ messageBytesMax: 4096, compression: true }),
    addresses,
    access: OPEN_ACCESS,
    stats: NO_STATS,
    draining: () => false,
  });
}
