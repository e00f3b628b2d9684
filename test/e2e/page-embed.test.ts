/** One chart within another site's page: who may show it, and what it says there. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, lineIs, photograph, textIs } from './browser.ts';
import { LedClock } from './led-clock.ts';
import { pageSuite } from './page-suite.ts';
import { greeting, health, price, warning } from './samples.ts';
import { StandIn, type StandInOptions } from './stand-in.ts';

/** What always has to be seen whole, in a frame of any size. */
const ALWAYS_SEEN = ['#demo', '#line', '#whole-page', '#price', '#interval', '#confidence'];
const SIZES = [
  { width: 280, height: 180 },
  { width: 320, height: 240 },
  { width: 640, height: 200 },
  { width: 900, height: 200 },
] as const;

/** Which of it is cut by the edge of the frame. */
function cutByFrame(page: Page): Promise<string[]> {
  return page.evaluate((selectors) => {
    const { scrollWidth } = document.documentElement;
    const cut = selectors.filter((selector) => {
      const { left, right, top, bottom } = document
        .querySelector(selector)!
        .getBoundingClientRect();
      return right <= left || left < 0 || right > innerWidth || top < 0 || bottom > innerHeight;
    });
    return scrollWidth > innerWidth ? ['the page', ...cut] : cut;
  }, ALWAYS_SEEN);
}

describe.skipIf(!hasChromium())('an embedded chart', () => {
  const { visits } = pageSuite();
  let site: Server;
  let siteOrigin: string;

  beforeAll(async () => {
    // Another site, whose page has nothing but a frame.
    site = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '/', 'http://site');
      response.setHeader('content-type', 'text/html');
      response.end(`<!doctype html><title>a site</title>
        <iframe src="${searchParams.get('show') ?? ''}" width="400" height="300"></iframe>`);
    });
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    siteOrigin = `http://away.test:${(site.address() as AddressInfo).port}`;
  });
  afterAll(() => void site?.close());

  /** What the other site's page shows of the server's. */
  async function framed(address: string, options: StandInOptions = {}) {
    const server = await visits.serve(options);
    const show = encodeURIComponent(`${server.url}${address}`);
    const { page, complaints } = await visits.open(`${siteOrigin}/?show=${show}`, '');
    const frame = await (await page.waitForSelector('iframe')).contentFrame();
    return { server, page, complaints, frame: frame as Frame };
  }

  const small = { viewport: { width: 280, height: 180 } };
  const isSeen = (page: Page, selector: string): Promise<boolean> => page.isVisible(selector);

  it('is shown by an allowed site, live, and by no other', async () => {
    const { frame, complaints } = await framed('?embed=price', { allowedOrigins: [siteOrigin] });
    await frame.waitForSelector('#line[data-kind="live"]');
    expect(await frame.textContent('#price')).toBe('$87,413');
    expect(complaints).toEqual([]);

    const other = await framed('?embed=price');
    await expect.poll(() => other.complaints.join()).toContain('frame-ancestors');
    expect(other.server.connections).toBe(0);
  });

  it('is all that a site can show: never the page that asks for keys', async () => {
    const { complaints, server } = await framed('', { allowedOrigins: ['*'] });
    await expect.poll(() => complaints.join()).toContain('frame-ancestors');
    expect(server.connections).toBe(0);
  });

  it('has the price, its line and the way to the whole page, and nothing else', async () => {
    const server = await visits.serve();
    const { page, complaints } = await visits.open(server.url, '?embed=price#/price/1h', small);
    await lineIs(page, 'live');
    for (const seen of ['#line', '#price', '#interval', '#whole-page']) {
      expect([seen, await isSeen(page, seen)]).toEqual([seen, true]);
    }
    for (const unseen of ['.views', '#stats', '#forget-key', '#notice', '#heatmap', '#stage']) {
      expect([unseen, await isSeen(page, unseen)]).toEqual([unseen, false]);
    }
    const link = page.locator('#whole-page');
    expect(await link.evaluate((a: HTMLAnchorElement) => a.href)).toBe(`${server.url}#/price/1h`);
    expect(await link.getAttribute('target')).toBe('_blank');
    expect(await link.getAttribute('rel')).toBe('noopener');
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
    await photograph(page, 'embed-price-small');
    await page.setViewportSize({ width: 640, height: 480 });
    expect(await isSeen(page, '#stage')).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('has the map with the state of its own line', async () => {
    const server = await visits.serve();
    const { page } = await visits.open(server.url, '?embed=heatmap#/heatmap/ETHUSDT/3d', small);
    await lineIs(page, 'live');
    expect(await isSeen(page, '#heat-stage')).toBe(true);
    expect(await isSeen(page, '#hero')).toBe(false);
    const href = await page.getAttribute('#whole-page', 'href');
    expect(href).toBe('./#/heatmap/ETHUSDT/3d');
    server.sayHeatmap(warning('SLOW_CONSUMER', { dropped_messages: 4 }));
    await lineIs(page, 'slow');
    await photograph(page, 'embed-heatmap-small');
  });

  it('tells those who hear it of the map, and nothing of a price that is not in it', async () => {
    let pasts = 0;
    const past = (): [] => {
      pasts += 1;
      return [];
    };
    const server = await visits.serve({ past });
    const { page } = await visits.open(server.url, '?embed=heatmap', small);
    await textIs(page, '#say-heatmap', /^Heatmap: Live/);
    expect(await page.textContent('#say-price')).toBe('');
    expect(await page.textContent('#say-line')).toBe('');
    expect(pasts).toBe(0);
  });

  it('shows the other view for no address', async () => {
    const server = await visits.serve();
    const { page } = await visits.open(server.url, '?embed=price#/heatmap/BTCUSDT/1d', small);
    await lineIs(page, 'live');
    expect(await isSeen(page, '#price')).toBe(true);
    expect(await isSeen(page, '#heatmap')).toBe(false);
  });

  it('cannot be mistaken for live or for real', async () => {
    const server = await visits.serve({ greeting: () => greeting(true) });
    const { page } = await visits.open(server.url, '?embed=price', small);
    await lineIs(page, 'live');
    expect(await isSeen(page, '#demo')).toBe(true);
    server.say(price({ status: 'stale' }, true));
    await textIs(page, '#line-text', /^Source stale/);
    expect(await page.getAttribute('#hero', 'data-price')).toBe('old');
    expect(await isSeen(page, '#line')).toBe(true);
    await photograph(page, 'embed-price-stale');
  });

  it.each(SIZES)('has room for what the line says at $width by $height', async (viewport) => {
    const server = await visits.serve({ greeting: () => greeting(true) });
    const { page } = await visits.open(server.url, '?embed=price', { viewport });
    await lineIs(page, 'live');
    expect(await cutByFrame(page)).toEqual([]);
    server.say(price({ confidence: 0.31, low: 85_900, high: 88_900 }, true));
    server.say(warning('SLOW_CONSUMER', { dropped_messages: 4 }));
    await lineIs(page, 'slow');
    expect(await cutByFrame(page)).toEqual([]);
    await photograph(page, `embed-price-${viewport.width}-slow`);
    server.closeAll(1012, 'reconnect after 11000 ms');
    await textIs(page, '#line-text', /^Reconnecting in 1\d s$/);
    expect(await cutByFrame(page)).toEqual([]);
  });

  it('has room for the longest count', async () => {
    const server = await StandIn.start({ greeting: () => greeting(true), health: () => health() });
    const clock = new LedClock(Date.now());
    try {
      const { page } = await visits.open(server.url, '?embed=price', small, (opened) =>
        clock.lead(opened),
      );
      await clock.passUntil(page, '#line[data-kind="live"]');
      await server.stop();
      await clock.passUntil(page, '#line[data-kind="reconnecting"][data-tone="lost"]');
      expect(await cutByFrame(page)).toEqual([]);
      await photograph(page, 'embed-price-disconnected');
    } finally {
      clock.release();
    }
  });

  it('asks nobody for a key, and says where one can be given', async () => {
    const server = await visits.serve();
    const { page } = await visits.open(server.url, '?embed=price', small);
    await lineIs(page, 'live');
    server.closeAll(4501, 'the token has expired');
    await lineIs(page, 'key-needed');
    expect(await isSeen(page, '#key')).toBe(false);
    expect(await isSeen(page, '#price')).toBe(false);
    expect(await isSeen(page, '#key-elsewhere')).toBe(true);
    expect(await isSeen(page, '#whole-page')).toBe(true);
    await photograph(page, 'embed-key');
  });

  it('says nothing of what only who runs the server can mend', async () => {
    const server = await visits.serve({ health: () => health({ version: '9.9.9' }) });
    const { page } = await visits.open(server.url, '?embed=price', small);
    await textIs(page, '#stat-uptime', /h/);
    expect(await isSeen(page, '#notice')).toBe(false);
    server.closeAll(4500, 'ten errors within 10 s');
    await page.waitForSelector('#notice');
  });
});
