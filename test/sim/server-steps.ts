import { HEATMAP_PATH, MEMPOOL_PATH } from '@tidegauge/protocol';
import type { heatmapSnapshot } from '../../packages/server/test/hub/heatmap-fakes.ts';
import { LIVE, sourceStatus } from '../../packages/server/test/hub-fakes.ts';
import { PAUSE_MS_MAX } from './client-record.ts';
import { SYMBOLS } from './sim-server.ts';
import type { World } from './world.ts';

const LEVELS = 12;
/** Of a map that is longer than a window of compression. */
const LEVELS_LONG = 800;
const LONG_CHANCE = 0.005;
const CHANGED_SHARE = 0.05;

/** What happens on the server's side: time, and news. Each does it, and says so in words. */
export class ServerSteps {
  readonly #world: World;
  readonly #levels: Map<string, number[]> = new Map();
  #version = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** One turn of the event loop, or time up to the next timer. */
  time(): string {
    const { clock, random, server } = this.#world;
    if (clock.hasSoon) {
      if (server.sendQueue.busy) this.#world.seen('slice');
      clock.turn();
      return 'a turn';
    }
    clock.pass(random.chance(0.1) ? random.below(5) : random.below(400));
    return `it is ${clock.ms.toFixed(1)} ms`;
  }

  /** Nothing runs for a while: a collection of garbage, or a process that was stopped. */
  pause(): string {
    const { clock, random } = this.#world;
    const pauseMs = random.chance(0.1) ? random.below(PAUSE_MS_MAX) : random.below(300);
    clock.ms += pauseMs;
    return `nothing runs for ${pauseMs} ms`;
  }

  points(): string {
    const { random, server } = this.#world;
    const count = random.chance(0.03) ? 20 : 1 + random.below(4);
    server.feed.add(count);
    return `${count} points`;
  }

  price(): string {
    const { random, server } = this.#world;
    server.feed.reading = { ...LIVE, priceUsd: 80_000 + random.below(1_000_000) / 100 };
    return `the price is ${server.feed.reading.priceUsd}`;
  }

  bars(): string {
    const { random, server } = this.#world;
    const counts = [random.below(100), random.below(100), random.below(100)];
    server.feed.bars = { binsBtc: [0.001, 0.01, 0.1], counts };
    return `the histogram is ${counts.join()}`;
  }

  block(): string {
    const { clock, server } = this.#world;
    const blockHeight = (server.feed.view?.blockHeight ?? 800_000) + 1;
    const points = server.feed.points(5);
    server.feed.view = { estimate: LIVE, blockHeight, blockTimeSec: clock.nowSec(), points };
    return `block ${blockHeight}`;
  }

  source(): string {
    const { clock, server } = this.#world;
    const wasLost = server.source.state === 'lost';
    const sinceSec = clock.nowSec();
    server.source = sourceStatus({ state: wasLost ? 'connected' : 'lost', sinceSec });
    this.#world.setStale(MEMPOOL_PATH, !wasLost);
    return wasLost ? 'the source is back' : 'the source is lost';
  }

  venue(): string {
    const { clock, server } = this.#world;
    const wasStale = server.staleMarkets.length > 0;
    server.staleMarkets = wasStale ? [] : [{ name: 'fake', sinceSec: clock.nowSec() }];
    this.#world.setStale(HEATMAP_PATH, !wasStale);
    return wasStale ? 'the venue speaks again' : 'the venue is silent';
  }

  /** A map changes, or only its time does. */
  market(): string {
    const { clock, random, server } = this.#world;
    const symbol = this.#world.pick(SYMBOLS);
    if (random.chance(0.2) && server.maps.versionOf(symbol) > 0) {
      const version = server.maps.versionOf(symbol);
      server.maps.set(symbol, version, this.#map(symbol, 0));
      return `${symbol} was looked at again at ${clock.ms}`;
    }
    this.#version++;
    const levels = random.chance(LONG_CHANCE) ? LEVELS_LONG : LEVELS;
    server.maps.set(symbol, this.#version, this.#map(symbol, levels));
    return `${symbol} is now ${this.#version}, with ${levels} levels`;
  }

  /** A map is asked for over HTTP: that publishes it as well. */
  poll(): string {
    const symbol = this.#world.pick(SYMBOLS);
    this.#world.server.heatmaps.current(symbol);
    return `${symbol} is polled`;
  }

  /** @param count of levels; 0: as they are */
  #map(symbol: string, count: number): Partial<ReturnType<typeof heatmapSnapshot>> {
    const { clock, random } = this.#world;
    const known = this.#levels.get(symbol) ?? [];
    const levels = Array.from({ length: count === 0 ? known.length : count }, (_, index) => {
      const old = known[index];
      const kept = old !== undefined && (count === 0 || !random.chance(CHANGED_SHARE));
      return kept ? old : random.below(5_000_000);
    });
    this.#levels.set(symbol, levels);
    return {
      timeSec: clock.nowSec(),
      levels: levels.map((usd, index) => {
        return { priceUsd: 90_000 + index * 100, longUsd: usd, shortUsd: 5_000_000 - usd };
      }),
    };
  }

  /** All is well again, for the end of a run. */
  calm(): void {
    const { server } = this.#world;
    if (server.source.state === 'lost') this.source();
    if (server.staleMarkets.length > 0) this.venue();
    this.#world.writeCostMs = 0;
  }
}
