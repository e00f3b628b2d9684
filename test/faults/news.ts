import type { Random } from '../../packages/server/src/sources/demo/random.ts';
import { FakeHeatmapFeed } from '../../packages/server/test/hub/heatmap-fakes.ts';
import { FakeFeed, LIVE } from '../../packages/server/test/hub-fakes.ts';

export const SYMBOLS: readonly string[] = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'];

const CONFIRMED_POINTS = 30;
/** Once in 20 s, so that there are some within a short run. */
const BLOCK_CHANCE = 0.01;

/** What there is to publish, changed by chance. */
export class News {
  readonly feed: FakeFeed = new FakeFeed();
  readonly maps: FakeHeatmapFeed = new FakeHeatmapFeed(SYMBOLS);
  readonly #random: Random;
  #version = 0;

  constructor(random: Random) {
    this.#random = random;
    this.feed.add(random.below(2_000));
    this.#changeHistogram();
    for (const symbol of SYMBOLS) this.#changeMap(symbol);
  }

  /** Points and a price; now and then another histogram, block or map. */
  change(nowSec: number): void {
    for (const symbol of SYMBOLS) if (this.#random.chance(0.3)) this.#changeMap(symbol);
    const { feed } = this;
    const random = this.#random;
    feed.add(random.chance(0.1) ? 0 : 1 + random.below(20));
    const priceUsd = 80_000 + random.below(1_000_000) / 100;
    feed.reading = { ...LIVE, priceUsd, lowUsd: priceUsd - 200, highUsd: priceUsd + 200 };
    if (random.chance(0.5)) this.#changeHistogram();
    if (!random.chance(BLOCK_CHANCE)) return;
    const blockHeight = (feed.view?.blockHeight ?? 800_000) + 1;
    const points = feed.points(CONFIRMED_POINTS);
    feed.view = { estimate: feed.reading, blockHeight, blockTimeSec: Math.floor(nowSec), points };
  }

  #changeHistogram(): void {
    const counts = Array.from({ length: 3 }, () => this.#random.below(100));
    this.feed.bars = { binsBtc: [0.001, 0.01, 0.1, 1], counts };
  }

  #changeMap(symbol: string): void {
    this.#version++;
    const longUsd = this.#random.below(5_000_000);
    const levels = [
      { priceUsd: 98_000, longUsd, shortUsd: 0 },
      { priceUsd: 98_100, longUsd: 0, shortUsd: 5_000_001 - longUsd },
    ];
    this.maps.set(symbol, this.#version, { levels });
  }
}
