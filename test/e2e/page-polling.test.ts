/** The page where there is no WebSocket to be had: it asks for the newest over HTTP. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { framesLater, hasChromium, lineIs, photograph, textIs, watchedPage } from './browser.ts';
import { mapIsThere, mapLineIs } from './heatmap-visit.ts';
import { pageSuite } from './page-suite.ts';
import { type RealServer, startServer } from './real-server.ts';
import { nowSec, price, transactions } from './samples.ts';
import type { StandIn } from './stand-in.ts';

const PRICE_WITHIN_MS = 90_000;
const POLLING = 'No live line: polling';
/** What a browser itself says of requests that fail; the page has no part in it. */
const FAILED_REQUEST = /^WebSocket connection to|^Failed to load resource/;

describe.skipIf(!hasChromium())('without WebSockets', () => {
  const suite = pageSuite();
  const { visits } = suite;

  const text = (page: Page, selector: string): Promise<string | null> => page.textContent(selector);
  /** The client tries at once when the network is said to have come: so no test waits for it. */
  const networkCame = (page: Page): Promise<void> =>
    page.evaluate(() => void dispatchEvent(new Event('online')));

  describe('that the server has switched off', () => {
    let server: RealServer;
    let page: Page;
    let complaints: readonly string[];

    beforeAll(async () => {
      server = await startServer(0, { WS_ENABLED: 'false' });
      const viewport = { width: 1280, height: 800 };
      ({ page, complaints } = await watchedPage(suite.browser, { viewport }));
      page.setDefaultTimeout(PRICE_WITHIN_MS);
      await page.goto(server.url);
    });
    afterAll(async () => {
      await page?.context().close();
      await server?.end('SIGKILL');
    });

    it('shows the price all the same, and says how it comes', {
      timeout: PRICE_WITHIN_MS,
    }, async () => {
      await lineIs(page, 'polling');
      expect(await text(page, '#line-text')).toBe(POLLING);
      expect(await page.getAttribute('#line', 'data-tone')).toBe('poll');
      expect(await text(page, '#price')).toMatch(/^\$\d{2,3},\d{3}$/);
      expect(await page.getAttribute('#hero', 'data-price')).toBe('live');
      expect(await page.title()).toMatch(/^DEMO \$/);
      expect(await page.isVisible('#notice')).toBe(false);
      await textIs(page, '#confirmed-count', /^[\d,]+ points$/);
      await textIs(page, '#mempool-count', /^[\d,]+ points$/);
      await textIs(page, '#stat-received', /^[1-9][\d,]*$/);
      await textIs(page, '#say-line', new RegExp(`^${POLLING}$`));
      await photograph(page, 'polling');
    });

    it('keeps the price coming', async () => {
      const asOf = await text(page, '#price-note');
      await page.waitForFunction(
        (old) => document.querySelector('#price-note')!.textContent !== old,
        asOf,
      );
      expect(await page.getAttribute('#line', 'data-kind')).toBe('polling');
    });

    it('shows the map too', { timeout: PRICE_WITHIN_MS }, async () => {
      await page.click('#link-heatmap');
      await mapIsThere(page, 'polling');
      expect(await text(page, '#heat-line-text')).toBe(POLLING);
      expect(await page.getAttribute('#heat-stats', 'data-fresh')).toBe('true');
      await photograph(page, 'heatmap-polling');
      expect(complaints.filter((each) => !FAILED_REQUEST.test(each))).toEqual([]);
    });

    it('goes back to a live line when they are switched on', {
      timeout: 2 * PRICE_WITHIN_MS,
    }, async () => {
      await server.end('SIGKILL');
      await lineIs(page, 'reconnecting');
      await page.waitForSelector('#hero[data-price="old"]');
      server = await startServer(server.port);
      await networkCame(page);
      await lineIs(page, 'live');
      await mapLineIs(page, 'live');
      await page.waitForSelector('#hero[data-price="live"]');
    });
  });

  describe('that something in between cuts', () => {
    /** A try fails, and then it asks. */
    async function polling(server: StandIn, hash = ''): Promise<Page> {
      server.takesWebSockets = false;
      const { page } = await visits.open(server.url, hash);
      await lineIs(page, 'polling');
      return page;
    }

    it('asks from the first failure on, with what it has, and goes on where that ended', async () => {
      const asked: string[] = [];
      let told = 0;
      const server = await visits.serve({
        greeting: () => [],
        polled: (query) => {
          const resume = query.get('resume')!;
          const [, held] = /\btransactions:e1:(\d+)/.exec(resume) ?? [];
          asked.push(resume);
          told = Number(held ?? 6) + 1;
          const points: readonly (readonly number[])[] = [[nowSec(), 87_000]];
          return [price(), transactions(told, points, held === undefined ? 'e1' : undefined)];
        },
      });
      const page = await polling(server);
      await textIs(page, '#mempool-count', /^4 points$/);
      expect(asked[0]).toBe('');
      expect(asked).toContainEqual(expect.stringMatching(/^price:e1:\d+,transactions:e1:8$/));
      server.takesWebSockets = true;
      const before = asked.length;
      await networkCame(page);
      await expect.poll(() => server.connections).toBe(1);
      server.say(price({ price: 91_000, low: 90_000, high: 92_000 }));
      await lineIs(page, 'live');
      await textIs(page, '#price', /^\$91,000$/);
      const heldNow = [told, told - 1].map((seq) => {
        return { subscribe: 'transactions', resume: { transactions: { epoch: 'e1', seq } } };
      });
      // An answer may still be on its way when the line opens.
      expect(heldNow).toContainEqual(server.received[1]);
      // Nobody asks any more: this is twice as long as between two questions.
      await framesLater(page, 180);
      expect(asked.length).toBeLessThanOrEqual(before + 1);
    });

    it('greys the price when the answers stop too, and comes back with them', async () => {
      const server = await visits.serve();
      const { port } = server;
      const page = await polling(server);
      await page.waitForSelector('#hero[data-price="live"]');
      await server.stop();
      await lineIs(page, 'reconnecting');
      await page.waitForSelector('#hero[data-price="old"]');
      const again = await visits.serve({ port });
      again.takesWebSockets = false;
      await lineIs(page, 'polling');
      await page.waitForSelector('#hero[data-price="live"]');
    });
  });
});
