/** The heatmap against the real server, which runs its demo market in a process of its own. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  hasChromium,
  launchChromium,
  photograph,
  textIs,
  type WatchedPage,
  watchedPage,
} from './browser.ts';
import { mapHues, mapIsThere, mapLineIs } from './heatmap-visit.ts';
import { buildPageIfNeeded } from './page-files.ts';
import { type RealServer, startServer } from './real-server.ts';

/** The demo makes up days of its market first. */
const MAP_WITHIN_MS = 60_000;

describe.skipIf(!hasChromium())('the heatmap and the real server', () => {
  let browser: Browser;
  let server: RealServer;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    await buildPageIfNeeded();
    [browser, server] = await Promise.all([launchChromium(), startServer()]);
    watched = await watchedPage(browser, { viewport: { width: 1280, height: 800 } });
    ({ page } = watched);
    page.setDefaultTimeout(MAP_WITHIN_MS);
    await page.goto(`${server.url}#/heatmap`);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end('SIGKILL');
  });

  const columnsDrawn = (): Promise<{ longs: number; shorts: number }> =>
    mapHues(page).then(({ above, below }) => ({ longs: below.blue, shorts: above.orange }));

  it('shows the map of the first market, marked as a demo', {
    timeout: 2 * MAP_WITHIN_MS,
  }, async () => {
    await mapIsThere(page);
    expect(await page.inputValue('#heat-symbol')).toBe('BTCUSDT');
    expect(await page.isVisible('#heat-demo')).toBe(true);
    expect(await page.textContent('#heat-venue')).toMatch(/^\w/);
    await textIs(page, '#heat-price', /^\d{2,3},\d{3}$/);
    await textIs(page, '#heat-longs', /^\$[\d.]+[KMB]$/);
    await textIs(page, '#heat-top-short-usd', /^\$[\d.]+[KMB] at \+[\d.]+%$/);
    const { longs, shorts } = await columnsDrawn();
    expect(longs).toBeGreaterThan(20_000);
    expect(shorts).toBeGreaterThan(20_000);
    await photograph(page, 'heatmap-real-server');
  });

  it('gets new maps by itself', { timeout: 2 * MAP_WITHIN_MS }, async () => {
    const figures = ['#heat-price', '#heat-longs', '#heat-shorts', '#heat-top-long-usd'];
    const before = await Promise.all(figures.map((id) => page.textContent(id)));
    await page.waitForFunction(
      ([ids, old]) => ids.some((id, i) => document.querySelector(id)?.textContent !== old[i]),
      [figures, before] as const,
    );
  });

  it('tells of a past bucket with its candle', async () => {
    const box = (await page.locator('#heat-stage').boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.75);
    await textIs(page, '#heat-tooltip-time', /UTC$/);
    expect(await page.textContent('#heat-tooltip-candle')).toMatch(/^O\s[\d,]+/);
    await page.mouse.move(0, 0);
  });

  it('changes to another market and range', { timeout: 2 * MAP_WITHIN_MS }, async () => {
    await page.focus('#heat-symbol');
    await page.keyboard.type('eth');
    await page.keyboard.press('Enter');
    await textIs(page, '#heat-price', /^\d,\d{3}(\.\d+)?$/);
    await page.check('[name="range"][value="7d"]', { force: true });
    await mapIsThere(page);
    expect(new URL(page.url()).hash).toBe('#/heatmap/ETHUSDT/7d');
    await photograph(page, 'heatmap-real-server-7d');
  });

  it('loads finer columns where it is zoomed, in buckets of the same size', {
    timeout: 2 * MAP_WITHIN_MS,
  }, async () => {
    const finer = page.waitForResponse((response) => /series\?.*interval=15m/.test(response.url()));
    await page.focus('#heat-stage');
    for (let i = 0; i < 4; i += 1) await page.keyboard.press('+');
    expect((await finer).status()).toBe(200);
    // What is panned away from before it has been read is asked for anew, and joins nothing.
    await (await finer).finished();
    await page.waitForSelector('#heat-note', { state: 'hidden' });
    const joined = page.waitForResponse((response) => /price_bin_size=/.test(response.url()));
    await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Shift+ArrowLeft');
    expect((await joined).status()).toBe(200);
    await page.keyboard.press('0');
    await expect.poll(() => new URL(page.url()).hash).toBe('#/heatmap/ETHUSDT/7d');
  });

  it('asked no other host and broke no rule', () => {
    expect(watched.complaints).toEqual([]);
    expect([...watched.hosts]).toEqual([`127.0.0.1:${server.port}`]);
  });

  it('comes back when a server that was killed is there again', {
    timeout: 3 * MAP_WITHIN_MS,
  }, async () => {
    await server.end('SIGKILL');
    await mapLineIs(page, 'reconnecting');
    await page.waitForSelector('#heat-stats[data-fresh="false"]');
    server = await startServer(server.port);
    await mapLineIs(page, 'live');
    await page.waitForSelector('#heat-stats[data-fresh="true"]');
    expect(await page.inputValue('#heat-symbol')).toBe('ETHUSDT');
  });

  it('says so when the market is none of the server’s', async () => {
    await page.goto(`${server.url}#/heatmap/NOSUCH/1d`);
    await mapLineIs(page, 'unknown-symbol');
    await textIs(page, '#heat-note-text', /no market NOSUCH/);
  });
});
