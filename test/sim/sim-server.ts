import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { CHANNELS, SUBPROTOCOL } from '@tidegauge/protocol';
import { WebSocketHandshake } from '../../packages/server/src/http/web-socket-handshake.ts';
import type { Endpoint } from '../../packages/server/src/hub/endpoint.ts';
import {
  HeatmapEndpoint,
  type StaleSource,
} from '../../packages/server/src/hub/heatmap-endpoint.ts';
import { Hub } from '../../packages/server/src/hub/hub.ts';
import type { HubFigures } from '../../packages/server/src/hub/hub-stats.ts';
import { HubTally } from '../../packages/server/src/hub/hub-tally.ts';
import { MempoolEndpoint } from '../../packages/server/src/hub/mempool-endpoint.ts';
import { PriceStream } from '../../packages/server/src/hub/price-stream.ts';
import { SendQueue } from '../../packages/server/src/hub/send-queue.ts';
import type { SessionSettings } from '../../packages/server/src/hub/session.ts';
import type { Log } from '../../packages/server/src/log.ts';
import type { PriceFeed } from '../../packages/server/src/pipelines/price-feed.ts';
import type { SourceStatus } from '../../packages/server/src/sources/source.ts';
import { FakeHeatmapFeed } from '../../packages/server/test/hub/heatmap-fakes.ts';
import { FakeFeed, sourceStatus } from '../../packages/server/test/hub-fakes.ts';
import type { ClientTraits } from './client-record.ts';
import { Journal, NotedHeatmapChannels, NotedMempoolChannels } from './journal.ts';
import type { SimClock } from './sim-clock.ts';
import type { SimStream } from './sim-stream.ts';

export const SYMBOLS: readonly string[] = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'XRPUSDT'];
export const EPOCH = 'k3x9';
export const MESSAGE_BYTES_MAX = 1024;

/** Points that the window holds: few, as every client is written them again and again. */
const WINDOW_POINTS = 12;
const HELLO = JSON.stringify({ type: 'hello', protocol: 1, epoch: EPOCH });
const NO_HEAD = Buffer.alloc(0);

export interface ServerTraits {
  readonly settings: SessionSettings;
  readonly priceIntervalMs: number;
}

/** A price feed that is steered by hand, with a small window. */
class SimFeed extends FakeFeed {
  override points(limit: number): ReturnType<PriceFeed['points']> {
    return super.points(Math.min(limit, WINDOW_POINTS));
  }
}

/**
 * The hub with both its addresses, put together from the real parts as in a server; time comes from
 * the simulation, and so does what is published.
 */
export class SimServer {
  readonly journal: Journal = new Journal();
  readonly feed: SimFeed = new SimFeed();
  readonly maps: FakeHeatmapFeed = new FakeHeatmapFeed(SYMBOLS);
  readonly hub: Hub;
  readonly sendQueue: SendQueue;
  readonly prices: NotedMempoolChannels;
  readonly heatmaps: NotedHeatmapChannels;
  source: SourceStatus = sourceStatus();
  staleMarkets: readonly StaleSource[] = [];
  readonly #tally: HubTally;
  readonly #endpoints: readonly [MempoolEndpoint, HeatmapEndpoint];
  readonly #stream: PriceStream;
  readonly #handshake: WebSocketHandshake;

  constructor(clock: SimClock, log: Log, { settings, priceIntervalMs }: ServerTraits) {
    const { feed, maps, journal } = this;
    const stats = new HubTally(clock, [...CHANNELS, ...SYMBOLS]);
    this.#tally = stats;
    this.sendQueue = new SendQueue({
      clock,
      soon: (callback) => clock.soon(callback),
      onBroadcast: (channels, durationMs) => stats.broadcast(channels, durationMs),
    });
    const shared = { clock, broadcaster: this.sendQueue, hello: () => HELLO };
    const price = { feed, demo: false, epoch: EPOCH, intervalMs: priceIntervalMs };
    this.prices = new NotedMempoolChannels(price, journal);
    this.heatmaps = new NotedHeatmapChannels({ feed: maps, epoch: EPOCH, clock }, journal);
    const mempool = new MempoolEndpoint({ ...shared, states: this.prices });
    const heatmap = new HeatmapEndpoint({
      ...shared,
      states: this.heatmaps,
      intervalSec: 5,
      staleSources: () => this.staleMarkets,
    });
    this.#endpoints = [mempool, heatmap];
    this.#stream = new PriceStream({
      clock,
      channels: this.prices,
      audience: () => mempool,
      sourceStatus: () => this.source,
      intervalMs: priceIntervalMs,
    });
    this.hub = new Hub({ clock, log, settings, stats, sendQueue: this.sendQueue });
    this.#handshake = new WebSocketHandshake({
      messageBytesMax: MESSAGE_BYTES_MAX,
      compression: true,
    });
  }

  start(): void {
    this.hub.start();
    this.#tally.start();
    this.#stream.start();
    this.#endpoints[1].start();
  }

  stop(): void {
    this.hub.stop();
    this.#tally.stop();
    this.#stream.stop();
    this.#endpoints[1].stop();
  }

  /** Lets a client in that comes through the gate. */
  accept(stream: SimStream, traits: ClientTraits): void {
    const { path, name, wantsHello, wantsDefault, sessionId, expiresSec } = traits;
    const endpoint: Endpoint = this.#endpoints.find((each) => each.path === path)!;
    const wishes = { wantsHello, wantsDefault, sessionId };
    const client = { address: name, addressKey: name, expiresSec, ...wishes };
    this.#handshake.complete(requestOf(traits), stream, NO_HEAD, (socket) =>
      this.hub.join(socket, client, endpoint),
    );
  }

  figures(): HubFigures {
    return this.#tally.figures(this.hub.size, {});
  }

  /** Subscriptions of all clients, at both addresses. */
  get subscriptions(): number {
    return this.#endpoints
      .flatMap((endpoint) => [...endpoint.subscribers().values()])
      .reduce((sum, count) => sum + count, 0);
  }
}

function requestOf({ path, wantsHello, extensions }: ClientTraits): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.method = 'GET';
  request.url = path;
  Object.assign(request.headers, {
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...(wantsHello ? { 'sec-websocket-protocol': SUBPROTOCOL } : {}),
    ...(extensions === null ? {} : { 'sec-websocket-extensions': extensions }),
  });
  return request;
}
