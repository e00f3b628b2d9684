/**
 * What clients meet, wired: upgrade gate -> handshake -> hub -> endpoints, and plain requests. It
 * is the same whether the channels are published in this process or are replicas of another's.
 */
import { CHANNELS, type CloseCode, SYMBOLS_PER_CONNECTION_MAX } from '@tidegauge/protocol';
import type { Access } from './access/access.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { helloMessage } from './hello.ts';
import type { ClientAddresses } from './http/client-address.ts';
import { OriginPolicy } from './http/origin-policy.ts';
import type { RequestForwarder } from './http/request-forwarder.ts';
import type { Router } from './http/router.ts';
import { UpgradeGate } from './http/upgrade-gate.ts';
import { type Crowd, Upgrades } from './http/upgrades.ts';
import { WaitingConnections, waitingLimits } from './http/waiting-connections.ts';
import { WebServer } from './http/web-server.ts';
import { WebSocketHandshake } from './http/web-socket-handshake.ts';
import type { Broadcaster, Endpoint } from './hub/endpoint.ts';
import type { HeatmapStates } from './hub/heatmap-channels.ts';
import { HeatmapEndpoint, type StaleSource } from './hub/heatmap-endpoint.ts';
import { Hub } from './hub/hub.ts';
import type { HubFigures, HubStats } from './hub/hub-stats.ts';
import { HubTally } from './hub/hub-tally.ts';
import { MempoolEndpoint } from './hub/mempool-endpoint.ts';
import type { PriceAudience } from './hub/price-stream.ts';
import type { ChannelStates } from './hub/publication.ts';
import { SendQueue } from './hub/send-queue.ts';
import type { Log } from './log.ts';

/** Where clients are served. */
export interface ClientService {
  /** Those whom the price is published to. */
  readonly price: PriceAudience;
  readonly connections: number;
  figures(): HubFigures;
  /**
   * Takes clients from now on. Rejects with the system's error when it cannot listen.
   * @returns the port
   */
  listen(): Promise<number>;
  /**
   * Closes every client, with a hint when to come back; resolves once none is left. Plain requests
   * are answered on.
   */
  drain(durationMs: number, code?: CloseCode): Promise<void>;
  /** Stops listening. */
  close(): Promise<void>;
}

export interface ClientSideParts {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly epoch: string;
  readonly price: { readonly states: ChannelStates; readonly demo: boolean };
  readonly heatmap: {
    readonly states: HeatmapStates;
    readonly demo: boolean;
    /** The sources that are stale at a time, unix seconds; asked each turn. */
    readonly staleSources: (nowSec: number) => readonly StaleSource[];
  };
  readonly router: Router | RequestForwarder;
  readonly addresses: ClientAddresses;
  readonly access: Access;
  readonly draining: () => boolean;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Where other processes serve clients on the same port, within the same limits. */
  readonly shared?: Shared;
}

export interface Shared {
  readonly others: Crowd;
  /** Called when an address has another number of clients here than before. */
  readonly onCount: (addressKey: string) => void;
}

export interface ClientSide extends ClientService, Crowd {
  readonly price: MempoolEndpoint;
  readonly connections: number;
  /** How many clients are subscribed, by channel of either address; those without any left out. */
  subscribers(): ReadonlyMap<string, number>;
}

export function buildClientSide(parts: ClientSideParts): ClientSide {
  const { config, clock, heatmap, shared } = parts;
  const tally = new HubTally(clock, [...CHANNELS, ...heatmap.states.symbols()]);
  const sendQueue = new SendQueue({
    clock,
    soon: setImmediate,
    onBroadcast: (channels, durationMs) => tally.broadcast(channels, durationMs),
  });
  const hub = buildHub(parts, tally, sendQueue);
  const endpoints = {
    price: priceEndpoint(parts, sendQueue),
    heatmap: heatmapEndpoint(parts, sendQueue),
  };
  const upgrades = buildUpgrades(parts, hub, tally, Object.values(endpoints));
  const web = buildWeb(parts, upgrades);
  const subscribers = (): ReadonlyMap<string, number> =>
    new Map(Object.values(endpoints).flatMap((each) => [...each.subscribers()]));
  return {
    price: endpoints.price,
    get connections() {
      return hub.size;
    },
    countOf: (addressKey) => hub.countOf(addressKey),
    subscribers,
    figures: () => tally.figures(hub.size, Object.fromEntries(subscribers())),
    listen: async () => {
      const { port } = await web.listen(config.host, config.port, shared !== undefined);
      hub.start();
      tally.start();
      endpoints.heatmap.start();
      return port;
    },
    drain: async (durationMs, code) => {
      await hub.drain(durationMs, parts.random, code);
      hub.stop();
      tally.stop();
      endpoints.heatmap.stop();
    },
    close: () => web.close(),
  };
}

function buildWeb(
  { config, log, router, addresses }: ClientSideParts,
  upgrades: Upgrades,
): WebServer {
  const waiting = new WaitingConnections(
    waitingLimits(config.wsMaxConnections, config.wsMaxConnectionsPerIp),
    (remoteAddress) => addresses.peerKey(remoteAddress),
  );
  return new WebServer({ log, router, upgrades, addresses, waiting });
}

function buildHub(
  { config, log, clock, shared }: ClientSideParts,
  stats: HubStats,
  sendQueue: SendQueue,
): Hub {
  return new Hub({
    clock,
    log,
    stats,
    sendQueue,
    settings: {
      slowTimeoutMs: config.wsSlowConsumerTimeoutSec * 1000,
      pendingBytesMax: config.wsMaxPendingBytes,
      messagesPer10sMax: config.wsMaxMessagesPer10s,
    },
    ...(shared === undefined ? {} : { onCount: shared.onCount }),
  });
}

function priceEndpoint(
  { config, clock, epoch, price }: ClientSideParts,
  broadcaster: Broadcaster,
): MempoolEndpoint {
  const hello = (): string =>
    helloMessage(config, {
      epoch,
      timeSec: clock.nowSec(),
      demo: price.demo,
      updateIntervalMs: config.mempoolUpdateIntervalMs,
    });
  return new MempoolEndpoint({ states: price.states, hello, broadcaster });
}

function heatmapEndpoint(
  { config, clock, epoch, heatmap }: ClientSideParts,
  broadcaster: Broadcaster,
): HeatmapEndpoint {
  const intervalSec = config.wsUpdateIntervalSec;
  return new HeatmapEndpoint({
    clock,
    states: heatmap.states,
    broadcaster,
    intervalSec,
    staleSources: heatmap.staleSources,
    hello: () =>
      helloMessage(config, {
        epoch,
        timeSec: clock.nowSec(),
        demo: heatmap.demo,
        updateIntervalMs: intervalSec * 1000,
        symbolsMax: SYMBOLS_PER_CONNECTION_MAX,
      }),
  });
}

function buildUpgrades(
  { config, addresses, access, draining, shared }: ClientSideParts,
  hub: Hub,
  stats: HubStats,
  endpoints: readonly Endpoint[],
): Upgrades {
  const origins = new OriginPolicy(config.allowedOrigins);
  return new Upgrades({
    hub,
    endpoints,
    origins,
    gate: new UpgradeGate({
      enabled: config.wsEnabled,
      paths: endpoints.map(({ path }) => path),
      connectionsMax: config.wsMaxConnections,
      connectionsPerAddressMax: config.wsMaxConnectionsPerIp,
      origins,
    }),
    handshake: new WebSocketHandshake({
      messageBytesMax: config.wsMaxMessageBytes,
      compression: config.wsCompression,
    }),
    addresses,
    access,
    stats,
    draining,
    ...(shared === undefined ? {} : { others: shared.others }),
  });
}
