/** The price as it was before the page was opened. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { framesLater, hasChromium, lineIs, photograph, watchedPage } from './browser.ts';
import { pageSuite } from './page-suite.ts';
import { health, hello, nowSec, price } from './samples.ts';
import { StandIn } from './stand-in.ts';

const DAY_SEC = 86_400;

/** A point a minute for a day, with two hours in the middle of it missing. */
function dayOfPast(): readonly unknown[] {
  const points: unknown[] = [];
  const toSec = nowSec();
  for (let timeSec = toSec - DAY_SEC; timeSec < toSec - 60; timeSec += 60) {
    const share = (toSec - timeSec) / DAY_SEC;
    if (share > 0.5 && share < 0.5 + 2 / 24) continue;
    const at = 87_412 * (1 + 0.03 * Math.sin(share * 9));
    points.push({ time: timeSec, price: at, low: at * 0.997, high: at * 1.003, confidence: 0.9 });
  }
  return points;
}

describe.skipIf(!hasChromium())('the price before the page was opened', () => {
  const suite = pageSuite();

  async function visit(
    past: () => readonly unknown[],
    hash = '',
  ): Promise<{ page: Page; asked: string[]; complaints: readonly string[] }> {
    const asked: string[] = [];
    const server = await StandIn.start({
      greeting: () => [hello(), price()],
      health: () => health(),
      past: (query) => {
        asked.push(String(query));
        return past();
      },
    });
    const { page, complaints } = await watchedPage(suite.browser, {
      viewport: { width: 1280, height: 800 },
    });
    suite.afterwards(
      () => server.stop(),
      () => page.context().close(),
    );
    await page.goto(server.url + hash);
    await lineIs(page, 'live');
    return { page, asked, complaints };
  }

  /** In which twentieths of the mempool's panel the band or the line of the price is drawn. */
  const drawnIn = (page: Page): Promise<readonly boolean[]> =>
    page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#chart-base')!;
      const context = canvas.getContext('2d')!;
      const axis = document.querySelector('.head-axis')!.getBoundingClientRect().width;
      const panel = (canvas.width - axis - 16) / 2;
      return Array.from({ length: 20 }, (_, i) => {
        const left = Math.round(panel + 8 + (panel * i) / 20 + 4);
        const { data } = context.getImageData(left, 0, Math.floor(panel / 20) - 8, canvas.height);
        let count = 0;
        for (let at = 0; at < data.length; at += 4) if (data[at]! > data[at + 2]! + 25) count += 1;
        return count > 50;
      });
    });

  it('is asked of the server once, and drawn with its gaps', async () => {
    const { page, asked, complaints } = await visit(dayOfPast, '#/price/24h');
    await expect.poll(async () => (await drawnIn(page))[1]).toBe(true);
    await photograph(page, 'past-24h');
    const drawn = await drawnIn(page);
    expect(drawn.map((here, i) => (here ? -1 : i)).filter((i) => i >= 0)).toEqual([9]);
    expect(asked).toEqual(['interval=1m']);
    expect(complaints).toEqual([]);
  });

  it('is seen as far back as there is any, three hours at most, where nothing was chosen', async () => {
    const { page } = await visit(dayOfPast);
    await expect.poll(async () => (await drawnIn(page)).every(Boolean)).toBe(true);
  });

  it('is none where the server keeps none, and nothing breaks', async () => {
    const { page, asked, complaints } = await visit(() => [], '#/price/24h');
    await expect.poll(() => asked.length).toBe(1);
    await framesLater(page, 10);
    expect((await drawnIn(page)).some(Boolean)).toBe(false);
    expect(complaints).toEqual([]);
  });
});
