import { type Clock, every } from '../../packages/server/src/clock.ts';
import { marketRoutes } from '../../packages/server/src/http/market-routes.ts';
import { mempoolRoute } from '../../packages/server/src/http/mempool-route.ts';
import type { Route } from '../../packages/server/src/http/router.ts';
import { type PriceAudience, PriceStream } from '../../packages/server/src/hub/price-stream.ts';
import type { Random } from '../../packages/server/src/sources/demo/random.ts';
import { MemoryStore } from '../../packages/server/src/store/memory-store.ts';
import { sourceStatus } from '../../packages/server/test/hub-fakes.ts';
import { News } from './news.ts';
import {
  LoggedHeatmapChannels,
  LoggedMempoolChannels,
  type PublicationLog,
} from './publication-log.ts';

export const PRICE_INTERVAL_MS = 500;
const NEWS_INTERVAL_MS = 200;

export interface PublisherOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly epoch: string;
  readonly log: PublicationLog;
}

/** One run of a server, as far as it publishes: the real channels over news by chance. */
export class Publisher {
  readonly epoch: string;
  readonly prices: LoggedMempoolChannels;
  readonly heatmaps: LoggedHeatmapChannels;
  readonly #clock: Clock;
  readonly #news: News;
  #stop: () => void = () => {};

  constructor({ clock, random, epoch, log }: PublisherOptions) {
    this.epoch = epoch;
    this.#clock = clock;
    this.#news = new News(random);
    const { feed, maps } = this.#news;
    const price = { feed, demo: false, epoch, intervalMs: PRICE_INTERVAL_MS };
    this.prices = new LoggedMempoolChannels(price, log);
    this.heatmaps = new LoggedHeatmapChannels({ feed: maps, epoch, clock }, log);
  }

  start(audience: () => PriceAudience): void {
    const clock = this.#clock;
    const stream = new PriceStream({
      clock,
      channels: this.prices,
      audience,
      sourceStatus: () => sourceStatus(),
      intervalMs: PRICE_INTERVAL_MS,
    });
    stream.start();
    const stopNews = every(clock, NEWS_INTERVAL_MS, () => this.#news.change(clock.nowSec()));
    this.#stop = () => {
      stopNews();
      stream.stop();
    };
  }

  /** What was published last stays, and may be asked for. */
  stop(): void {
    this.#stop();
  }

  routes(): readonly Route[] {
    const clock = this.#clock;
    const { prices, heatmaps } = this;
    const store = new MemoryStore();
    const markets = {
      demo: false,
      store,
      nowSec: () => clock.nowSec(),
      markets: () => this.#news.maps.markets(),
      heatmap: (symbol: string) => heatmaps.current(symbol)?.bytes ?? null,
      candleInProgress: () => null,
    };
    const view = { demo: false, states: prices, updateIntervalMs: PRICE_INTERVAL_MS };
    return [mempoolRoute(view, clock), ...marketRoutes(markets, clock)];
  }
}
