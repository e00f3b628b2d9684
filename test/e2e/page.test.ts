/** The page against the real server, which runs its demo in a process of its own. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  hasChromium,
  launchChromium,
  lineIs,
  photograph,
  textIs,
  type WatchedPage,
  watchedPage,
} from './browser.ts';
import { buildPageIfNeeded } from './page-files.ts';
import { type RealServer, startServer } from './real-server.ts';

/** The demo has to make its first blocks and the model its first price. */
const PRICE_WITHIN_MS = 90_000;

describe.skipIf(!hasChromium())('the page and the real server', () => {
  let browser: Browser;
  let server: RealServer;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    await buildPageIfNeeded();
    [browser, server] = await Promise.all([launchChromium(), startServer()]);
    watched = await watchedPage(browser, { viewport: { width: 1280, height: 800 } });
    ({ page } = watched);
    page.setDefaultTimeout(PRICE_WITHIN_MS);
    await page.goto(server.url);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end('SIGKILL');
  });

  it('shows a live price, marked as a demo', { timeout: PRICE_WITHIN_MS }, async () => {
    await lineIs(page, 'live');
    expect(await page.textContent('#price')).toMatch(/^\$\d{2,3},\d{3}$/);
    expect(await page.textContent('#interval')).toMatch(/^\$[\d,]+ – \$[\d,]+$/);
    expect(await page.isVisible('#demo')).toBe(true);
    expect(await page.title()).toMatch(/^DEMO \$/);
  });

  it('has points in both panels', { timeout: PRICE_WITHIN_MS }, async () => {
    await textIs(page, '#confirmed-count', /^[\d,]+ points$/);
    await textIs(page, '#mempool-count', /^[\d,]+ points$/);
    expect(await page.isVisible('#confirmed-note')).toBe(false);
    expect(await page.isVisible('#mempool-note')).toBe(false);
  });

  it('fills the row of figures', async () => {
    await textIs(page, '#stat-received', /^[1-9][\d,]*$/);
    await textIs(page, '#stat-filtered', /^[1-9][\d,]*$/);
    await textIs(page, '#stat-active', /^[1-9][\d,]*$/);
    await textIs(page, '#stat-block-age', /ago$/);
    expect(await page.textContent('#stat-node')).toBe('demo, no node');
    expect(await page.textContent('#stat-uptime')).toMatch(/\d (s|min)/);
    await photograph(page, 'real-server');
  });

  it('asked no other host and broke no rule', () => {
    expect(watched.complaints).toEqual([]);
    expect([...watched.hosts]).toEqual([`127.0.0.1:${server.port}`]);
  });

  it('comes back when a server that was killed is there again', {
    timeout: 2 * PRICE_WITHIN_MS,
  }, async () => {
    await server.end('SIGKILL');
    await lineIs(page, 'reconnecting');
    await page.waitForSelector('#hero[data-price="old"]');
    expect(await page.title()).toBe('Tidegauge');
    server = await startServer(server.port);
    await lineIs(page, 'live');
    await page.waitForSelector('#hero[data-price="live"]');
  });

  it('follows the hint of a server that drains', { timeout: 2 * PRICE_WITHIN_MS }, async () => {
    const ended = server.end('SIGTERM');
    await lineIs(page, 'reconnecting');
    await ended;
    server = await startServer(server.port);
    await lineIs(page, 'live');
  });
});
