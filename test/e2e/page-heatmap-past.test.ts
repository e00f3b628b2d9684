/** The heatmap of a market whose data ends in the past: nothing may say that it is of now. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { framesLater, hasChromium, photograph, textIs } from './browser.ts';
import { mapHues, mapIsThere, mapLineIs, PastMarket } from './heatmap-visit.ts';
import { pageSuite } from './page-suite.ts';
import { nowSec, warning } from './samples.ts';
import type { StandIn } from './stand-in.ts';

const BTC = '#/heatmap/BTCUSDT/1d';
const MOMENT = /\w{3} \d{1,2}, (?:\d{4}, )?\d\d:\d\d UTC/.source;

describe.skipIf(!hasChromium())('the heatmap of the past', () => {
  const { visits } = pageSuite();

  async function visit(
    market: PastMarket,
    width = 1280,
  ): Promise<{ server: StandIn; page: Page; complaints: readonly string[] }> {
    const server = await visits.serve(market.options);
    const viewport = { width, height: 800 };
    const { page, complaints } = await visits.open(server.url, BTC, { viewport });
    await mapLineIs(page, 'no-data');
    server.sayHeatmap(market.snapshot());
    return { server, page, complaints };
  }
  const words = (page: Page): Promise<string> => page.innerText('#heatmap');

  it.each([1280, 360])(
    'shows ingested data where it ends, and says so, %i pixels wide',
    async (width) => {
      const { page, complaints } = await visit(new PastMarket(500, 'files'), width);
      await mapIsThere(page, 'past');
      expect(await page.textContent('#heat-line-text')).toMatch(
        new RegExp(`^Data until ${MOMENT}$`),
      );
      expect(await page.getAttribute('#heat-line', 'data-tone')).toBe('ended');
      // A year that is not this one is named.
      expect(await page.textContent('#heat-line-text')).toMatch(/, \d{4}, /);
      const age = (await page.textContent('#heat-age'))!;
      expect(age).toMatch(/^(499|500) d( \d+ h)?$/);
      expect(await page.textContent('#heat-age-label')).toBe('Newest data');
      expect(await page.getAttribute('#heat-stats', 'data-fresh')).toBe('false');
      expect(await page.textContent('#heat-book-aside')).toMatch(
        new RegExp(`^${MOMENT}, added up$`),
      );
      expect(await words(page)).not.toMatch(/\b(?:Now|Live|Changed|no past)\b/);
      await textIs(page, '#say-heatmap', new RegExp(`^Heatmap: Data until ${MOMENT}$`));
      expect(await page.isVisible('#heat-note')).toBe(false);
      // The map, with its newest column at the right.
      const { above, below } = await mapHues(page);
      expect(Math.min(above.orange, below.blue)).toBeGreaterThan(width > 600 ? 20_000 : 5_000);
      await page.focus('#heat-stage');
      await page.keyboard.press('End');
      await textIs(page, '#heat-tooltip-time', new RegExp(`^${MOMENT}$`));
      expect(await page.textContent('#heat-tooltip-long')).toMatch(/^\$/);
      await photograph(page, `heatmap-past-${width}`);
      const wide = await page.evaluate(() => ({
        scrolls: document.documentElement.scrollWidth > innerWidth,
        cut: [...document.querySelectorAll('#heatmap .figure')]
          .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
          .map(({ id }) => id),
      }));
      expect(wide).toEqual({ scrolls: false, cut: [] });
      expect(complaints).toEqual([]);
    },
  );

  it('calls a venue that fell silent long ago stale, and follows it when it is back', async () => {
    const market = new PastMarket(3, 'stand-in');
    const { server, page } = await visit(market);
    server.sayHeatmap(warning('SOURCE_STALE', { source: 'stand-in', since: nowSec() - 40 }));
    await mapIsThere(page, 'stale');
    await textIs(page, '#heat-line-text', new RegExp(`^Market stale since ${MOMENT}$`));
    expect(await page.getAttribute('#heat-line', 'data-tone')).toBe('stale');
    expect(await page.textContent('#heat-age')).toMatch(/^[23] d( \d+ h)?$/);
    expect(await words(page)).not.toMatch(/\b(?:Now|Live|Changed)\b/);
    await photograph(page, 'heatmap-past-stale');
    server.sayHeatmap(server.heatmap.next('BTCUSDT', 1));
    await mapLineIs(page, 'live');
    await textIs(page, '#heat-book-name', /^Now$/);
    await page.waitForSelector('#heat-stats[data-fresh="true"]');
    // The range reaches to now again.
    await expect
      .poll(() => {
        const end = /end_time=([^&]+)/.exec(decodeURIComponent(server.heatmap.asked.at(-2)!))?.[1];
        return Math.abs(Date.parse(end ?? '') / 1000 - nowSec()) < 60;
      })
      .toBe(true);
  });

  it.each([1280, 360])(
    'says why there are no levels, and draws the candles, %i pixels wide',
    async (width) => {
      const { page, complaints } = await visit(new PastMarket(30, 'files', false), width);
      await mapIsThere(page, 'past');
      await textIs(page, '#heat-note-text', /^No open interest of this market was ingested for/);
      expect(await page.textContent('#heat-longs')).toBe('–');
      const { above, below } = await mapHues(page);
      // No shade of shorts is left; grey candles are bluish, as those of longs are.
      expect(above.orange + below.orange).toBe(0);
      await page.focus('#heat-stage');
      await page.keyboard.press('End');
      await page.keyboard.press('ArrowLeft');
      await textIs(page, '#heat-tooltip-candle', /^O\s[\d,]+/);
      expect(await page.textContent('#heat-tooltip-long')).toBe('not known');
      await page.keyboard.press('Escape');
      await framesLater(page, 2);
      await photograph(page, `heatmap-without-levels-${width}`);
      expect(complaints).toEqual([]);
    },
  );
});
