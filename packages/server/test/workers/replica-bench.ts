/** Both halves of a worker's line on fake ports: the channels here, a hub on replicas there. */
import { HeatmapChannels } from '../../src/hub/heatmap-channels.ts';
import { HeatmapEndpoint } from '../../src/hub/heatmap-endpoint.ts';
import { Hub } from '../../src/hub/hub.ts';
import { MempoolChannels } from '../../src/hub/mempool-channels.ts';
import { MempoolEndpoint } from '../../src/hub/mempool-endpoint.ts';
import type { FromWorker, ToWorker } from '../../src/workers/messages.ts';
import { HeatmapReplica, Replica } from '../../src/workers/replica.ts';
import { ReplicaStream } from '../../src/workers/replica-stream.ts';
import { ALWAYS_FOLLOWED, WorkerFeed } from '../../src/workers/worker-feed.ts';
import { FakeHeatmapFeed, SYMBOLS } from '../hub/heatmap-fakes.ts';
import { FakeClock, FakeFeed, FakeLog, FakeSocket, hubParts, SOMEBODY } from '../hub-fakes.ts';
import { FakeWire } from './fake-wire.ts';

const UNLIMITED = { slowTimeoutMs: 1e9, pendingBytesMax: 1e9, messagesPer10sMax: 1e6 };

export class ReplicaBench {
  readonly clock: FakeClock = new FakeClock();
  readonly feed: FakeFeed = new FakeFeed();
  readonly maps: FakeHeatmapFeed = new FakeHeatmapFeed(SYMBOLS);
  readonly price: MempoolChannels;
  readonly heatmap: HeatmapChannels;
  readonly down: FakeWire<ToWorker>;
  readonly up: FakeWire<FromWorker>;
  readonly workerFeed: WorkerFeed;
  readonly priceReplica: Replica;
  readonly heatmapReplica: HeatmapReplica;
  readonly hub: Hub;
  readonly mempool: MempoolEndpoint;
  readonly heatmaps: HeatmapEndpoint;
  readonly #stream: ReplicaStream;
  /** Whether clients of the price are still written what came before. */
  busy = false;

  /** @param takenAhead see FakeWire */
  constructor(takenAhead = 1) {
    const { clock, feed } = this;
    this.down = new FakeWire(takenAhead);
    this.up = new FakeWire(takenAhead);
    this.price = new MempoolChannels({ feed, demo: false, epoch: 'k3x9', intervalMs: 500 });
    this.heatmap = new HeatmapChannels({ feed: this.maps, epoch: 'k3x9', clock });
    this.workerFeed = new WorkerFeed({ price: this.price, heatmap: this.heatmap }, this.down.line);
    this.priceReplica = new Replica({
      epoch: 'k3x9',
      always: ALWAYS_FOLLOWED,
      onWants: () => this.#ask('price', this.priceReplica),
    });
    this.heatmapReplica = new HeatmapReplica({
      epoch: 'k3x9',
      always: [],
      onWants: () => this.#ask('heatmap', this.heatmapReplica),
    });
    this.heatmapReplica.carry(SYMBOLS);
    const hub = hubParts(clock, new FakeLog(), UNLIMITED);
    this.hub = new Hub(hub);
    const shared = { hello: () => '{}', broadcaster: hub.sendQueue };
    this.mempool = new MempoolEndpoint({ ...shared, states: this.priceReplica });
    this.heatmaps = new HeatmapEndpoint({
      ...shared,
      clock,
      states: this.heatmapReplica,
      intervalSec: 1,
      staleSources: () => [],
    });
    this.#stream = new ReplicaStream(this.priceReplica, () => ({
      busy: this.busy,
      publish: (batch) => this.mempool.publish(batch),
    }));
    this.heatmaps.start();
  }

  join(endpoint: MempoolEndpoint | HeatmapEndpoint): FakeSocket {
    const socket = new FakeSocket();
    this.hub.join(socket, SOMEBODY, endpoint);
    return socket;
  }

  tick(points: number): void {
    this.feed.add(points);
    this.clock.advance(500);
    this.workerFeed.publish(this.price.tick(this.clock.nowSec(), 1, false));
  }

  look(): void {
    this.workerFeed.look([]);
  }

  /** The worker lets go of what nobody there is subscribed to. */
  release(): void {
    this.priceReplica.release(this.mempool.subscribers());
    this.heatmapReplica.release(this.heatmaps.subscribers());
  }

  /** The worker reads one write; false: there is none. */
  carryDown(): boolean {
    const messages = this.down.read();
    for (const message of messages ?? []) {
      if (message.kind === 'symbols') this.heatmapReplica.carry(message.symbols);
      if (message.kind !== 'publications') continue;
      if (message.feed === 'price') this.#stream.take(message.publications);
      else this.heatmapReplica.take(message.publications);
    }
    return messages !== null;
  }

  /** The main process reads one write; false: there is none. */
  carryUp(): boolean {
    const messages = this.up.read();
    for (const message of messages ?? []) {
      if (message.kind === 'wants') this.workerFeed.follow(message.feed, message.wants);
    }
    return messages !== null;
  }

  /** Everything arrives, on both ends. */
  carryAll(): void {
    let moved = true;
    while (moved) {
      const down = this.carryDown();
      const up = this.carryUp();
      moved = down || up;
    }
  }

  #ask(feed: 'price' | 'heatmap', replica: Replica): void {
    this.up.line.offer(`wants ${feed}`, () => ({ kind: 'wants', feed, wants: replica.wants() }));
  }
}
