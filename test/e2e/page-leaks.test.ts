/** A page that is open all day: what it holds does not grow with what came and went. */
import type { CDPSession, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasChromium, watchedPage } from './browser.ts';
import { heldBy, LedClock } from './led-clock.ts';
import { pageSuite } from './page-suite.ts';
import { confirmed, greeting, health, nowSec, price, transactions } from './samples.ts';
import { StandIn } from './stand-in.ts';

const WARM_UP_ROUNDS = 2;
const ROUNDS = 4;
/** The maps of these rounds would be 3 MB, and the windows of points as much. */
const GROWN_BYTES_MAX = 1.5e6;

describe.skipIf(!hasChromium())('a page that is open for long', () => {
  const suite = pageSuite();

  it('holds no more than before after views were changed and lines were lost', {
    timeout: 240_000,
  }, async () => {
    const server = await StandIn.start({ greeting: () => greeting(), health: () => health() });
    const clock = new LedClock(Date.now() - 3_600_000);
    try {
      const { page, complaints } = await watchedPage(suite.browser);
      await clock.lead(page);
      await page.goto(server.url);
      const session = await page.context().newCDPSession(page);
      const life = new Life(server, clock, page);
      const before = await heldAfter(WARM_UP_ROUNDS, life, session);
      const after = await heldAfter(ROUNDS, life, session);
      expect(after.heapBytes - before.heapBytes).toBeLessThan(GROWN_BYTES_MAX);
      expect(after.nodes).toBeLessThanOrEqual(before.nodes);
      expect(after.listeners).toBeLessThanOrEqual(before.listeners);
      expect(complaints).toEqual([]);
    } finally {
      clock.release();
      await server.stop();
    }
  });
});

async function heldAfter(
  rounds: number,
  life: Life,
  session: CDPSession,
): ReturnType<typeof heldBy> {
  for (let i = 0; i < rounds; i += 1) await life.round();
  return heldBy(session);
}

/** What may happen to a page, round after round; each ends as it began. */
class Life {
  readonly #server: StandIn;
  readonly #clock: LedClock;
  readonly #page: Page;
  /** Messages of the price that the page was sent. */
  #said = 0;
  #seq = 7;

  constructor(server: StandIn, clock: LedClock, page: Page) {
    this.#server = server;
    this.#clock = clock;
    this.#page = page;
  }

  async round(): Promise<void> {
    await this.#comeLive();
    await this.#minute();
    await this.#page.hover('#stage');
    await this.#go('#/heatmap/BTCUSDT/1d', '#heatmap[data-map="there"]');
    await this.#minute();
    await this.#page.hover('#heat-stage');
    await this.#go('#/heatmap/ETHUSDT/12h', '#heatmap[data-map="there"]');
    await this.#go('#/price', '#link-price[aria-current="page"]');
    this.#server.closeAll(1012, 'restart');
    await this.#clock.passUntil(this.#page, '#line[data-kind="reconnecting"]');
  }

  async #comeLive(): Promise<void> {
    await this.#clock.passUntil(this.#page, '#line[data-kind="live"]');
    this.#said += greeting().length;
  }

  async #go(hash: string, selector: string): Promise<void> {
    await this.#page.evaluate((to) => location.assign(to), hash);
    await this.#clock.passUntil(this.#page, selector);
  }

  /** Prices, points and maps, and a block. */
  async #minute(): Promise<void> {
    for (let step = 0; step < 12; step += 1) {
      await this.#clock.pass(5_000, this.#said);
      for (let i = 0; i < 10; i += 1) {
        const at = 87_400 + i;
        this.#seq += 1;
        this.#say(price({ price: at }), transactions(this.#seq, [[nowSec(), at, 0.01]]));
      }
      this.#server.sayHeatmap(this.#server.heatmap.next('BTCUSDT', 1 + step / 10));
    }
    this.#say(confirmed([[Math.floor(nowSec()) - 300, 87_300]]));
    await this.#clock.pass(0, this.#said);
  }

  #say(...messages: readonly unknown[]): void {
    this.#server.say(...messages);
    this.#said += messages.length;
  }
}
