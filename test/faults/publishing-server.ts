import { OPEN_ACCESS } from '../../packages/server/src/access/access.ts';
import { buildClientSide, type ClientSide } from '../../packages/server/src/client-side.ts';
import { systemClock } from '../../packages/server/src/clock.ts';
import { ClientAddresses } from '../../packages/server/src/http/client-address.ts';
import { OriginPolicy } from '../../packages/server/src/http/origin-policy.ts';
import { Router } from '../../packages/server/src/http/router.ts';
import { StaticFiles } from '../../packages/server/src/http/static-files.ts';
import { Random } from '../../packages/server/src/sources/demo/random.ts';
import { testConfig } from '../../packages/server/test/http-harness.ts';
import { FakeLog } from '../../packages/server/test/hub-fakes.ts';
import type { PublicationLog } from './publication-log.ts';
import { Publisher } from './publisher.ts';

export interface PublishingServerOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly epoch: string;
  readonly seed: number;
  readonly log: PublicationLog;
}

/** One run of a real server on real sockets that publishes news by chance, all of it logged. */
export class PublishingServer {
  readonly publisher: Publisher;
  readonly port: number;
  readonly #side: ClientSide;
  readonly #drain: () => void;

  private constructor(publisher: Publisher, side: ClientSide, port: number, drain: () => void) {
    this.publisher = publisher;
    this.port = port;
    this.#side = side;
    this.#drain = drain;
  }

  static async start(options: PublishingServerOptions): Promise<PublishingServer> {
    const { port: wantedPort, epoch, seed, log } = options;
    const random = new Random(seed);
    const publisher = new Publisher({ clock: systemClock, random, epoch, log });
    const { prices, heatmaps } = publisher;
    let draining = false;
    const side = buildClientSide({
      config: testConfig({ host: '127.0.0.1', port: wantedPort, wsMaxConnectionsPerIp: 0 }),
      log: new FakeLog(),
      clock: systemClock,
      epoch,
      price: { states: prices, demo: false },
      heatmap: { states: heatmaps, demo: false, staleSources: () => [] },
      router: new Router({
        routes: publisher.routes(),
        files: StaticFiles.load('/nonexistent'),
        origins: new OriginPolicy([]),
        access: OPEN_ACCESS,
      }),
      addresses: new ClientAddresses([]),
      access: OPEN_ACCESS,
      draining: () => draining,
      random: () => random.unit(),
    });
    const port = await side.listen();
    publisher.start(() => side.price);
    return new PublishingServer(publisher, side, port, () => {
      draining = true;
    });
  }

  /** As after SIGTERM: everybody is sent away with a hint, then nobody listens any more. */
  async stop(drainMs: number): Promise<void> {
    this.#drain();
    this.publisher.stop();
    await this.#side.drain(drainMs);
    await this.#side.close();
  }
}
