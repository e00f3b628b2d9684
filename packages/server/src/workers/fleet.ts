import { createServer } from 'node:net';
import type { ClientService } from '../client-side.ts';
import { type Clock, every } from '../clock.ts';
import type { Config } from '../config.ts';
import type { StaleSource } from '../hub/heatmap-endpoint.ts';
import { type HubFigures, sumFigures } from '../hub/hub-stats.ts';
import { HEATMAP_TURN_MS } from '../hub/limits.ts';
import type { LostSource } from '../hub/lost-source.ts';
import type { PriceAudience } from '../hub/price-stream.ts';
import type { Publication } from '../hub/publication.ts';
import type { Log } from '../log.ts';
import { Headcount } from './headcount.ts';
import type { InnerServer } from './inner-server.ts';
import type { FeedName, StartMessage } from './messages.ts';
import { Post } from './post.ts';
import type { FedStates } from './worker-feed.ts';

export interface FleetOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly epoch: string;
  readonly states: FedStates;
  /** Whose data is made up. */
  readonly demo: Readonly<Record<FeedName, boolean>>;
  /** The sources of maps that are stale at a time, unix seconds; asked each turn. */
  readonly staleSources: (nowSec: number) => readonly StaleSource[];
  /** Where plain requests are answered. */
  readonly inner: InnerServer;
}

/**
 * The processes that serve clients, on one port: the system spreads new connections over them.
 * Here the channels are published, and each worker has a replica of those that it needs.
 */
export class Fleet implements ClientService, PriceAudience {
  readonly #options: FleetOptions;
  readonly #headcount: Headcount = new Headcount();
  #posts: readonly Post[] = [];
  #cancelTurns: () => void = () => {};

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** Resolves once all listen. */
  async listen(): Promise<number> {
    const { config, clock, staleSources, inner } = this.#options;
    await assertFree(config.host, config.port);
    const upstream = await inner.listen();
    const first = this.#postAt(1, config.port, upstream);
    this.#posts = [first];
    const port = await first.start();
    for (let number = 2; number <= config.workers; number++) {
      this.#posts = [...this.#posts, this.#postAt(number, port, upstream)];
    }
    await Promise.all(this.#posts.slice(1).map((post) => post.start()));
    this.#cancelTurns = every(clock, HEATMAP_TURN_MS, () => {
      const stale = staleSources(clock.nowSec());
      for (const { feed } of this.#posts) feed?.look(stale);
    });
    return port;
  }

  get price(): PriceAudience {
    return this;
  }

  get connections(): number {
    return this.#headcount.connections;
  }

  figures(): HubFigures {
    const sum = sumFigures(this.#posts.map(({ figures }) => figures));
    const workers = this.#posts.filter(({ takesClients }) => takesClients).length;
    return { ...sum, workers, connections: this.connections };
  }

  async drain(durationMs: number): Promise<void> {
    await Promise.all(this.#posts.map((post) => post.drain(durationMs)));
    this.#cancelTurns();
  }

  async close(): Promise<void> {
    await Promise.all(this.#posts.map((post) => post.close()));
    await this.#options.inner.close();
  }

  /** A worker that cannot keep up is its own matter: what it is sent waits for it. */
  get busy(): boolean {
    return false;
  }

  publish(batch: readonly Publication[]): void {
    for (const { feed } of this.#posts) feed?.publish(batch);
  }

  tellLost(source: LostSource | null): void {
    for (const { feed } of this.#posts) feed?.tellLost(source);
  }

  #postAt(number: number, port: number, upstream: string): Post {
    const { config, log, clock, epoch, states, demo } = this.#options;
    const symbols = states.heatmap.symbols();
    const start: StartMessage = {
      kind: 'start',
      config: { ...config, port },
      upstream,
      epoch,
      demo,
      symbols,
    };
    return new Post({
      number,
      clock,
      log,
      states,
      start,
      headcount: this.#headcount,
      onCount: () => {
        for (const post of this.#posts) if (post.number !== number) post.tellOthers();
      },
    });
  }
}

/**
 * Rejects with the system's error when somebody listens there already. A port that is shared among
 * workers would be shared with another server's workers as well.
 */
function assertFree(host: string, port: number): Promise<void> {
  if (port === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ host, port }, () => probe.close(() => resolve()));
  });
}
