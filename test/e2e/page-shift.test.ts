/** Nothing jumps: not when data comes, nor when a state changes, nor while numbers do. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { framesLater, hasChromium, lineIs, textIs } from './browser.ts';
import { mapIsThere } from './heatmap-visit.ts';
import { countShifts, shiftsSince } from './layout-shifts.ts';
import { pageSuite } from './page-suite.ts';
import { greeting, health, hello, nowSec, price, warmingUp, warning } from './samples.ts';
import type { StandIn } from './stand-in.ts';

const SHIFT_MAX = 0.02;
/** Another view was asked for: above the chart, the price takes its place beside the map. */
const SWITCH_SHIFT_MAX = 0.05;
const SCREENS = [
  { width: 360, height: 780 },
  { width: 1280, height: 800 },
  { width: 3840, height: 2160 },
] as const;

describe.skipIf(!hasChromium())('nothing jumps', () => {
  const suite = pageSuite();
  const { visits } = suite;

  async function open(server: StandIn, hash: string, viewport: { width: number; height: number }) {
    const { page } = await visits.open(server.url, hash, { viewport }, countShifts);
    return page;
  }

  async function stoodStill(page: Page): Promise<void> {
    await framesLater(page, 5);
    const { total, moved } = await shiftsSince(page);
    expect({ total, moved }).toMatchObject({ total: expect.closeTo(0, 9) });
  }
  async function hardlyMoved(page: Page, shiftMax = SHIFT_MAX): Promise<void> {
    await framesLater(page, 5);
    const { total, moved } = await shiftsSince(page);
    expect(total, moved.join('\n')).toBeLessThanOrEqual(shiftMax);
  }

  it('is in its shape before the page’s own script is there', async () => {
    const server = await visits.serve();
    const withoutScript = (page: Page): Promise<unknown> =>
      page.route(/assets\/index-.*\.js$/, (route) => route.abort());
    const views = ['#price-view', '#heatmap', '#link-price', '#stats', '#whole-page'];
    const seenAt = async (address: string, prepare: typeof withoutScript): Promise<string[]> => {
      const { page } = await visits.open(server.url, address, {}, async (opened) => {
        await prepare(opened);
      });
      const seen = await Promise.all(views.map((view) => page.isVisible(view)));
      return views.filter((_, i) => seen[i]);
    };
    expect(await seenAt('', withoutScript)).toEqual(['#price-view', '#link-price', '#stats']);
    expect(await seenAt('#/heatmap', withoutScript)).toEqual(['#heatmap', '#link-price']);
    expect(await seenAt('?embed=heatmap', withoutScript)).toEqual(['#heatmap', '#whole-page']);
    const visitedBefore = async (page: Page): Promise<void> => {
      await withoutScript(page);
      await page.addInitScript(() => {
        localStorage.setItem('tidegauge.settings', '{"view":"heatmap"}');
      });
    };
    expect(await seenAt('', visitedBefore)).toEqual(['#heatmap', '#link-price']);
  });

  describe.each(SCREENS)('at $width px', (viewport) => {
    it('while the price loads, warms up, and comes', async () => {
      const server = await visits.serve({ greeting: () => [hello(), warmingUp(12)] });
      const page = await open(server, '#/price', viewport);
      await lineIs(page, 'warming-up');
      await textIs(page, '#stat-uptime', /h/);
      server.say(...greeting(true).slice(1));
      await lineIs(page, 'live');
      await textIs(page, '#mempool-count', /4,309/);
      await hardlyMoved(page);
    });

    it('while the map loads and comes', async () => {
      const server = await visits.serve({
        greeting: () => greeting(true),
        heatmap: { demo: true },
      });
      const page = await open(server, '#/heatmap', viewport);
      await mapIsThere(page);
      await hardlyMoved(page);
    });

    it('from state to state', async () => {
      const detail = 'no answer from tcp://127.0.0.1:28332; is zmqpubrawtx set?';
      let source = health().sources.zmq!;
      const server = await visits.serve({ health: () => health({ sources: { zmq: source } }) });
      const page = await open(server, '#/price', viewport);
      await lineIs(page, 'live');
      server.say(price({ confidence: 0.31, low: 85_900, high: 88_900 }));
      server.say(warning('SLOW_CONSUMER', { dropped_messages: 4 }));
      await lineIs(page, 'slow');
      source = { ...source, state: 'lost', detail };
      server.say(price({ status: 'stale' }), warning('SOURCE_STALE', { since: nowSec() - 5 }));
      await lineIs(page, 'stale');
      server.closeAll(1012, 'reconnect after 10 ms');
      await textIs(page, '#notice-text', /zmq: no answer/);
      server.say(price());
      await lineIs(page, 'live');
      await lineIs(page, 'silent');
      server.closeAll(1012, 'reconnect after 11000 ms');
      await textIs(page, '#line-text', /^Reconnecting in 10 s$/);
      await hardlyMoved(page);
      await textIs(page, '#line-text', /^Reconnecting in 9 s$/);
      await stoodStill(page);
    });

    it('from view to view, but for the price, which has another place beside the map', async () => {
      const server = await visits.serve();
      const page = await open(server, '#/price', viewport);
      await lineIs(page, 'live');
      await textIs(page, '#stat-uptime', /h/);
      await framesLater(page, 5);
      await shiftsSince(page);
      // As the way back in the browser does: shifts that follow a click are not counted.
      const go = (hash: string): Promise<void> => page.evaluate((to) => location.assign(to), hash);
      await go('#/heatmap/BTCUSDT/1d');
      await mapIsThere(page);
      await hardlyMoved(page, SWITCH_SHIFT_MAX);
      await go('#/price/auto');
      await page.waitForSelector('#link-price[aria-current="page"]');
      await hardlyMoved(page, SWITCH_SHIFT_MAX);
    });

    it('while numbers change, by a single pixel', async () => {
      const server = await visits.serve();
      const page = await open(server, '#/price', viewport);
      await lineIs(page, 'live');
      await textIs(page, '#stat-uptime', /h/);
      await framesLater(page, 5);
      await shiftsSince(page);
      for (let i = 0; i < 30; i += 1) {
        const middle = 87_000 + ((i * 7919) % 997) * (i % 3);
        const width = 20 + ((i * 31) % 17) * 95;
        server.say(
          price({
            price: middle,
            low: middle - width,
            high: middle + width,
            confidence: ((i * 37) % 100) / 100,
            sample_size: 10 ** (i % 6),
          }),
        );
        await textIs(page, '#price', new RegExp(middle.toLocaleString('en-US')));
      }
      await stoodStill(page);
    });
  });
});
