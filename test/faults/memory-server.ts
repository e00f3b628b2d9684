import { CHANNELS, HEATMAP_PATH, MEMPOOL_PATH, REFUSALS } from '@tidegauge/protocol';
import { OPEN_ACCESS } from '../../packages/server/src/access/access.ts';
import { loadConfig } from '../../packages/server/src/config.ts';
import { helloMessage } from '../../packages/server/src/hello.ts';
import { type Answer, refusalAnswer } from '../../packages/server/src/http/answer.ts';
import { OriginPolicy } from '../../packages/server/src/http/origin-policy.ts';
import { type HttpRequest, Router } from '../../packages/server/src/http/router.ts';
import { StaticFiles } from '../../packages/server/src/http/static-files.ts';
import { type Load, UpgradeGate } from '../../packages/server/src/http/upgrade-gate.ts';
import { HeatmapEndpoint } from '../../packages/server/src/hub/heatmap-endpoint.ts';
import { Hub } from '../../packages/server/src/hub/hub.ts';
import { HubTally } from '../../packages/server/src/hub/hub-tally.ts';
import { MempoolEndpoint } from '../../packages/server/src/hub/mempool-endpoint.ts';
import { SendQueue } from '../../packages/server/src/hub/send-queue.ts';
import type { Random } from '../../packages/server/src/sources/demo/random.ts';
import { FakeLog } from '../../packages/server/test/hub-fakes.ts';
import type { SimClock } from '../sim/sim-clock.ts';
import type { MemoryLine } from './memory-line.ts';
import { SYMBOLS } from './news.ts';
import type { PublicationLog } from './publication-log.ts';
import { PRICE_INTERVAL_MS, Publisher } from './publisher.ts';

const PATHS: readonly string[] = [MEMPOOL_PATH, HEATMAP_PATH];

export interface MemoryServerOptions {
  readonly clock: SimClock;
  readonly random: Random;
  readonly epoch: string;
  readonly log: PublicationLog;
}

/** One run of a server: the real hub, endpoints, gate and routes, on a clock and lines of ours. */
export class MemoryServer {
  readonly publisher: Publisher;
  readonly #random: Random;
  readonly #hub: Hub;
  readonly #tally: HubTally;
  readonly #mempool: MempoolEndpoint;
  readonly #heatmap: HeatmapEndpoint;
  readonly #gate: UpgradeGate;
  readonly #router: Router;
  #isDraining = false;
  /** The process is gone. */
  #isDown = false;

  constructor(options: MemoryServerOptions) {
    const { clock, random } = options;
    this.#random = random;
    this.publisher = new Publisher(options);
    this.#tally = new HubTally(clock, [...CHANNELS, ...SYMBOLS]);
    const sendQueue = new SendQueue({
      clock,
      soon: (callback) => clock.soon(callback),
      onBroadcast: (channels, durationMs) => this.#tally.broadcast(channels, durationMs),
    });
    const { prices, heatmaps } = this.publisher;
    const hello = (updateIntervalMs: number) => () => helloOf(options, updateIntervalMs);
    this.#mempool = new MempoolEndpoint({
      states: prices,
      broadcaster: sendQueue,
      hello: hello(PRICE_INTERVAL_MS),
    });
    this.#heatmap = new HeatmapEndpoint({
      clock,
      states: heatmaps,
      broadcaster: sendQueue,
      intervalSec: 5,
      hello: hello(5_000),
      staleSources: () => [],
    });
    this.#hub = new Hub({
      clock,
      log: new FakeLog(),
      stats: this.#tally,
      sendQueue,
      settings: { slowTimeoutMs: 1_000, pendingBytesMax: 1_048_576, messagesPer10sMax: 100 },
    });
    const origins = new OriginPolicy([]);
    const limits = { connectionsMax: 0, connectionsPerAddressMax: 0 };
    this.#gate = new UpgradeGate({ enabled: true, paths: PATHS, origins, ...limits });
    this.#router = new Router({
      routes: this.publisher.routes(),
      files: StaticFiles.load('/nonexistent'),
      origins,
      access: OPEN_ACCESS,
    });
  }

  start(): void {
    this.#hub.start();
    this.#tally.start();
    this.#heatmap.start();
    this.publisher.start(() => this.#mempool);
  }

  /** What a line is opened to. @param target path and query */
  enter(line: MemoryLine, target: string, protocols: readonly string[]): void {
    const decision = this.#gate.decide({
      target,
      version: '13',
      origin: undefined,
      host: undefined,
      subprotocols: protocols.length === 0 ? undefined : protocols.join(', '),
    });
    if (!decision.ok || this.#isDown || this.#gate.noRoom(this.#load) !== null) {
      line.refuse();
      return;
    }
    const endpoint = decision.path === MEMPOOL_PATH ? this.#mempool : this.#heatmap;
    const { wantsHello, wantsDefault, sessionId } = decision;
    const who = { address: '203.0.113.7', addressKey: '203.0.113.7', expiresSec: null };
    const client = { ...who, wantsHello, wantsDefault, sessionId };
    line.accept((socket) => this.#hub.join(socket, client, endpoint));
  }

  /** At the address of a WebSocket: what an upgrade would be refused with. */
  answer(request: HttpRequest): Promise<Answer> {
    const { pathname } = new URL(request.target, 'http://localhost');
    if (!PATHS.includes(pathname)) return this.#router.answer(request);
    const refused = this.#gate.noRoom(this.#load);
    return Promise.resolve(refusalAnswer(refused?.refusal ?? REFUSALS.upgradeRequired));
  }

  get #load(): Load {
    return { connections: 0, fromAddress: 0, draining: this.#isDraining };
  }

  /** Sends everybody away with a hint, and goes down once all have left. */
  async drain(durationMs: number): Promise<void> {
    this.#isDraining = true;
    await this.#hub.drain(durationMs, () => this.#random.unit());
    this.kill();
  }

  /** Ends at once; the lines to it are the world's to cut. */
  kill(): void {
    this.#isDown = true;
    this.publisher.stop();
    this.#hub.stop();
    this.#tally.stop();
    this.#heatmap.stop();
  }
}

function helloOf({ clock, epoch }: MemoryServerOptions, updateIntervalMs: number): string {
  const loaded = loadConfig([], {});
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return helloMessage(loaded.config, {
    epoch,
    timeSec: clock.nowSec(),
    demo: false,
    updateIntervalMs,
  });
}
