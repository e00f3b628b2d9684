/** There is room for all of it: on a phone, on a wall, in a low window, and zoomed in. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { framesLater, hasChromium, lineIs, photograph } from './browser.ts';
import { mapIsThere } from './heatmap-visit.ts';
import { pageSuite } from './page-suite.ts';
import { greeting, health } from './samples.ts';

const SCREENS = [
  { name: 'a phone', width: 360, height: 780 },
  { name: 'a phone on its side', width: 844, height: 390 },
  { name: 'a low window', width: 1280, height: 600 },
  { name: 'a tablet', width: 800, height: 1100 },
  { name: 'a laptop', width: 1280, height: 800 },
  { name: 'a laptop zoomed to 200 %', width: 640, height: 400 },
  { name: 'a 4K wall', width: 3840, height: 2160 },
] as const;

/** What has to be seen whole and by itself, in either view. */
const PARTS =
  '.name, .views a, .top .demo, .top .line, .price, .label, .note, .figure, .aside, ' +
  '.ranges label, .save, .picker input, .head-axis, .legend > *, .heat-head .line';
const CHART_HEIGHT_MIN_PX = 150;

/** What is cut by the window or the box around it, and what lies on something else. */
function crowding(page: Page): Promise<string[]> {
  return page.evaluate((selector) => {
    const shown = [...document.querySelectorAll<HTMLElement>(selector)].filter((part) =>
      part.checkVisibility({ visibilityProperty: true }),
    );
    const boxes = shown
      .map((part) => ({ part, box: part.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 2 && box.height > 2);
    const nameOf = ({ id, className, textContent }: HTMLElement): string =>
      `${id || className} "${textContent.trim().slice(0, 30)}"`;
    const cut = boxes.filter(({ part, box }) => {
      const isShortened =
        part.matches('.stat > .figure') && part.scrollWidth > part.clientWidth + 1;
      return box.left < -0.5 || box.right > innerWidth + 0.5 || isShortened;
    });
    const lying = boxes.flatMap(({ part, box }, i) =>
      boxes.slice(i + 1).flatMap(({ part: other, box: otherBox }) => {
        const wide = Math.min(box.right, otherBox.right) - Math.max(box.left, otherBox.left);
        const high = Math.min(box.bottom, otherBox.bottom) - Math.max(box.top, otherBox.top);
        const apart = wide < 2 || high < 2 || part.contains(other);
        return apart ? [] : [`${nameOf(part)} on ${nameOf(other)}`];
      }),
    );
    const tooWide = document.documentElement.scrollWidth > innerWidth ? ['the page'] : [];
    return [...tooWide, ...cut.map(({ part }) => `${nameOf(part)} is cut`), ...lying];
  }, PARTS);
}

describe.skipIf(!hasChromium())('the page', () => {
  const suite = pageSuite();
  const { visits } = suite;

  it.each(SCREENS)('has room on $name', async ({ name, width, height }) => {
    const server = await visits.serve({
      greeting: () => greeting(true),
      health: () => health({ demo: true }),
      heatmap: { demo: true },
    });
    const viewport = { width, height };
    const { page } = await visits.open(server.url, '#/price', { viewport });
    await lineIs(page, 'live');
    await page.waitForSelector('#stats[data-fresh="true"]');
    await framesLater(page, 3);
    const chartHeight = (id: string): Promise<number> =>
      page.locator(id).evaluate((stage) => stage.clientHeight);
    await photograph(page, `room-${name.replaceAll(/\W+/g, '-')}-price`);
    expect(await crowding(page)).toEqual([]);
    expect(await chartHeight('#stage')).toBeGreaterThan(CHART_HEIGHT_MIN_PX);
    await page.click('#link-heatmap');
    await mapIsThere(page);
    await photograph(page, `room-${name.replaceAll(/\W+/g, '-')}-map`);
    expect(await crowding(page)).toEqual([]);
    expect(await chartHeight('#heat-stage')).toBeGreaterThan(CHART_HEIGHT_MIN_PX);
  });

  it('has room on a phone for letters of twice the size', async () => {
    const server = await visits.serve({
      greeting: () => greeting(true),
      heatmap: { demo: true },
    });
    const viewport = { width: 360, height: 780 };
    const { page } = await visits.open(server.url, '#/price', { viewport });
    await lineIs(page, 'live');
    // As a rule of a style sheet: what the browser's own setting comes to but for media queries.
    await page.evaluate(() => document.styleSheets[0]!.insertRule('html:root { font-size: 200% }'));
    const widthPx = (): Promise<number> =>
      page.evaluate(() => document.documentElement.scrollWidth);
    await framesLater(page, 3);
    await photograph(page, 'room-large-letters-price');
    expect(await widthPx()).toBeLessThanOrEqual(viewport.width);
    await page.click('#link-heatmap');
    await mapIsThere(page);
    await photograph(page, 'room-large-letters-map');
    expect(await widthPx()).toBeLessThanOrEqual(viewport.width);
  });
});
