/** A heatmap feed that is steered by the test, and a hub with /ws/heatmap on fake ports. */
import type { HeatmapSnapshot } from '@tidegauge/liquidations';
import { HeatmapChannels } from '../../src/hub/heatmap-channels.ts';
import { HeatmapEndpoint, type StaleSource } from '../../src/hub/heatmap-endpoint.ts';
import { Hub } from '../../src/hub/hub.ts';
import type { SessionSettings } from '../../src/hub/session.ts';
import type { HeatmapFeed, HeatmapMarket } from '../../src/pipelines/heatmap-feed.ts';
import { FakeClock, FakeLog, FakeSocket, hubParts, SOMEBODY } from '../hub-fakes.ts';

/** Maps that tell each other apart by `positions_created`, which is their version. */
export class FakeHeatmapFeed implements HeatmapFeed {
  readonly demo: boolean;
  /** How often each symbol's map was asked for. */
  readonly asked: Map<string, number> = new Map();
  readonly #symbols: readonly string[];
  readonly #maps: Map<string, HeatmapSnapshot> = new Map();

  constructor(symbols: readonly string[], demo = false) {
    this.#symbols = symbols;
    this.demo = demo;
  }

  markets(): readonly HeatmapMarket[] {
    return this.#symbols.map((symbol) => {
      return { symbol, intervalSec: 300, venues: ['fake'], bucketUsd: 100 };
    });
  }

  snapshot(symbol: string): HeatmapSnapshot | null {
    this.asked.set(symbol, (this.asked.get(symbol) ?? 0) + 1);
    return this.#maps.get(symbol) ?? null;
  }

  /** A new map whose data is that of the version. */
  set(symbol: string, version: number, changes: Partial<HeatmapSnapshot> = {}): void {
    this.#maps.set(symbol, heatmapSnapshot({ positionsCreated: version, ...changes }));
  }

  versionOf(symbol: string): number {
    return this.#maps.get(symbol)?.positionsCreated ?? 0;
  }
}

export function heatmapSnapshot(changes: Partial<HeatmapSnapshot> = {}): HeatmapSnapshot {
  return {
    timeSec: 1_767_607_200,
    bucketUsd: 100,
    currentPriceUsd: 98_450,
    levels: [{ priceUsd: 98_000, longUsd: 1_500_000, shortUsd: 0 }],
    totalLongUsd: 1_500_000,
    totalShortUsd: 0,
    positionsCreated: 1,
    positionsConsumed: 0,
    gaps: [],
    ...changes,
  };
}

export const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'] as const;

export class HeatmapBench {
  readonly clock: FakeClock = new FakeClock();
  readonly log: FakeLog = new FakeLog();
  readonly feed: FakeHeatmapFeed;
  readonly channels: HeatmapChannels;
  readonly endpoint: HeatmapEndpoint;
  readonly hub: Hub;
  stale: StaleSource[] = [];

  constructor(symbols: readonly string[] = SYMBOLS, changes: Partial<SessionSettings> = {}) {
    const { clock, log } = this;
    this.feed = new FakeHeatmapFeed(symbols);
    this.channels = new HeatmapChannels({ feed: this.feed, epoch: 'k3x9', clock });
    const parts = hubParts(clock, log, changes);
    this.endpoint = new HeatmapEndpoint({
      clock,
      states: this.channels,
      broadcaster: parts.sendQueue,
      intervalSec: 5,
      hello: () => '{"type":"hello"}',
      staleSources: () => this.stale,
    });
    this.hub = new Hub(parts);
    this.hub.start();
    this.endpoint.start();
  }

  join(wantsHello = false): FakeSocket {
    const socket = new FakeSocket();
    this.hub.join(socket, { ...SOMEBODY, wantsHello }, this.endpoint);
    return socket;
  }

  /** A client of these symbols, with its first maps taken away. */
  subscriber(symbols: readonly string[], update_interval?: number): FakeSocket {
    const socket = this.join();
    socket.receive({ action: 'subscribe', symbols, update_interval });
    socket.take();
    return socket;
  }
}

/** `BTCUSDT 3 v7`: symbol, sequence and version of a snapshot; else its type and code. */
export function nameOf(message: Record<string, unknown>): string {
  if (message.type !== 'snapshot') return `${String(message.type)} ${String(message.code)}`;
  const { positions_created } = message.data as { positions_created: number };
  return `${String(message.symbol)} ${String(message.seq)} v${positions_created}`;
}
