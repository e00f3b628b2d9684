/** The heatmap of the page in every state that a server can bring it into. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasChromium, lineIs, photograph, textIs } from './browser.ts';
import { mapIsThere, mapLineIs } from './heatmap-visit.ts';
import { pageSuite } from './page-suite.ts';
import { hello, nowSec, price, warning } from './samples.ts';
import type { RestAnswer } from './stand-in-heatmap.ts';

const BTC = '#/heatmap/BTCUSDT/1d';
const subscribe = (symbol: string, over: object = {}): object => {
  return { action: 'subscribe', symbols: [symbol], update_interval: 1, resume: {}, ...over };
};

describe.skipIf(!hasChromium())('the heatmap', () => {
  const { visits } = pageSuite();

  const text = (page: Page, selector: string): Promise<string | null> => page.textContent(selector);
  const problem = (status: number, message: string, headers = {}): RestAnswer => {
    return { status, body: { error: { code: 'X', message } }, headers };
  };

  it('is one click from the price, which stays in sight, and has no line before that', async () => {
    const server = await visits.serve();
    const { page, complaints, hosts } = await visits.open(server.url, '');
    await lineIs(page, 'live');
    expect([server.heatmapConnections, server.heatmap.asked]).toEqual([0, []]);
    await page.click('#link-heatmap');
    await mapIsThere(page);
    expect(await page.isVisible('#price-view')).toBe(false);
    expect(await text(page, '#price')).toBe('$87,413');
    expect(await page.getAttribute('#link-heatmap', 'aria-current')).toBe('page');
    await page.click('#link-price');
    await page.waitForSelector('#price-view:not([hidden])');
    expect(await page.isVisible('#heatmap')).toBe(false);
    await page.goBack();
    await mapIsThere(page);
    expect(complaints).toEqual([]);
    expect([...hosts]).toEqual([`127.0.0.1:${server.port}`]);
  });

  it('shows the map with all that belongs to it', async () => {
    const server = await visits.serve();
    const { page, complaints } = await visits.open(server.url, BTC);
    await mapIsThere(page);
    expect(await page.inputValue('#heat-symbol')).toBe('BTCUSDT');
    expect(await text(page, '#heat-venue')).toBe('stand-in');
    expect(await page.isVisible('#heat-demo')).toBe(false);
    expect(await text(page, '#heat-line-text')).toBe('Live');
    expect(await text(page, '#heat-price')).toMatch(/^\d{2,3},\d{3}$/);
    expect(await text(page, '#heat-longs')).toMatch(/^\$[\d.]+B$/);
    expect(await text(page, '#heat-shorts-share')).toMatch(/^\d+% of both$/);
    expect(await text(page, '#heat-top-long-usd')).toMatch(/^\$[\d.]+M at -[\d.]+%$/);
    expect(await text(page, '#heat-top-short-usd')).toMatch(/^\$[\d.]+M at \+[\d.]+%$/);
    expect(await text(page, '.legend-note')).toContain('Levels are estimates');
    expect(await page.isVisible('#heat-note')).toBe(false);
    expect(server.heatmapReceived).toEqual([subscribe('BTCUSDT'), { type: 'ping', timestamp: 1 }]);
    await textIs(page, '#say-heatmap', /^Heatmap: Live$/);
    await photograph(page, 'heatmap');
    expect(complaints).toEqual([]);
  });

  it('follows the maps that come', async () => {
    const server = await visits.serve();
    const { page } = await visits.open(server.url, BTC);
    await mapIsThere(page);
    const before = await text(page, '#heat-longs');
    server.sayHeatmap(server.heatmap.next('BTCUSDT', 3));
    await page.waitForFunction(
      (old) => document.querySelector('#heat-longs')!.textContent !== old,
      before,
    );
    expect(await text(page, '#heat-age')).toMatch(/^\d s$/);
  });

  it('is marked where its data is made up', async () => {
    const server = await visits.serve({ heatmap: { demo: true } });
    const { page } = await visits.open(server.url, BTC);
    await mapIsThere(page);
    expect(await page.isVisible('#heat-demo')).toBe(true);
    // The price beside it is not.
    expect(await page.isVisible('#demo')).toBe(false);
  });

  it('says that it loads, and what there is not yet', async () => {
    const never = (): RestAnswer => ({ status: 200, body: { symbols: [] } });
    const server = await visits.serve({ heatmap: { rest: never } });
    const { page } = await visits.open(server.url, BTC);
    await textIs(page, '#heat-note-text', /^This server has no market BTCUSDT. It has none at all/);
    const empty = await visits.serve({
      heatmap: {
        snapshots: false,
        rest: ({ pathname }) =>
          pathname.startsWith('/liquidations/')
            ? { status: 200, body: { data: [], meta: { price_bin_size: null } } }
            : pathname.includes('klines')
              ? { status: 200, body: { klines: [] } }
              : null,
      },
    });
    const other = await visits.open(empty.url, BTC);
    await mapLineIs(other.page, 'no-data');
    await textIs(other.page, '#heat-note-text', /no candles of this market yet/);
    await photograph(other.page, 'heatmap-no-data');
  });

  it('offers another market where there is no such one', async () => {
    const server = await visits.serve();
    const { page } = await visits.open(server.url, '#/heatmap/PEPEUSDT/3d');
    await mapLineIs(page, 'unknown-symbol');
    expect(await text(page, '#heat-note-text')).toContain('no market PEPEUSDT');
    await photograph(page, 'heatmap-unknown-symbol');
    await page.click('#heat-note-button');
    await mapIsThere(page);
    expect(await page.inputValue('#heat-symbol')).toBe('BTCUSDT');
  });

  it('says what failed in the server’s words, and tries again when asked to', async () => {
    let broken = true;
    const server = await visits.serve({
      heatmap: {
        rest: ({ pathname }) =>
          broken && pathname.startsWith('/liquidations/')
            ? problem(503, 'too many wait for the database', { 'retry-after': '120' })
            : null,
      },
    });
    const { page } = await visits.open(server.url, BTC);
    await textIs(
      page,
      '#heat-note-text',
      /too many wait for the database. Trying again in 1\d\d s/,
    );
    // What comes over the line is there all the same.
    await mapLineIs(page, 'live');
    expect(await text(page, '#heat-longs')).toMatch(/^\$/);
    await photograph(page, 'heatmap-failed');
    broken = false;
    await page.click('#heat-note-button');
    await mapIsThere(page);
  });

  it('says so where the server has no heatmap', async () => {
    const server = await visits.serve({ heatmap: { rest: () => problem(404, 'no such path') } });
    const { page } = await visits.open(server.url, BTC);
    await textIs(page, '#heat-note-text', /^The markets could not be loaded: no such path\.$/);
    expect(await page.isVisible('#heat-note-button')).toBe(true);
    expect(await page.isDisabled('#heat-symbol')).toBe(true);
  });

  it('greys out while the line is lost, counts down, and comes back where it was', async () => {
    const server = await visits.serve();
    const { page } = await visits.open(server.url, BTC);
    await mapIsThere(page);
    server.closeHeatmap(1012, 'reconnect after 3000 ms');
    await mapLineIs(page, 'reconnecting');
    expect(await text(page, '#heat-line-text')).toMatch(/^Reconnecting in [1-3] s$/);
    await page.waitForSelector('#heat-stats[data-fresh="false"]');
    expect(await text(page, '#line-text')).toBe('Live');
    await photograph(page, 'heatmap-reconnecting');
    await mapLineIs(page, 'live');
    expect(server.heatmapReceived.at(-2)).toEqual(
      subscribe('BTCUSDT', { resume: { BTCUSDT: { epoch: 'e1', seq: 1 } } }),
    );
  });

  it('says when the market is stale and when the line is slow', async () => {
    const server = await visits.serve();
    const { page } = await visits.open(server.url, BTC);
    await mapIsThere(page);
    server.sayHeatmap(warning('SLOW_CONSUMER', { dropped_messages: 3 }));
    await mapLineIs(page, 'slow');
    server.sayHeatmap(warning('SOURCE_STALE', { source: 'stand-in', since: nowSec() }));
    await mapLineIs(page, 'stale');
    expect(await text(page, '#heat-line-text')).toMatch(/^Market stale since \d\d:\d\d:\d\d UTC$/);
    await page.waitForSelector('#heat-stats[data-fresh="false"]');
    await photograph(page, 'heatmap-stale');
  });

  it('asks a person before it calls again where the server refused', async () => {
    const server = await visits.serve();
    const { page } = await visits.open(server.url, BTC);
    await mapIsThere(page);
    server.closeHeatmap(4500, 'ten errors within 10 s');
    await mapLineIs(page, 'refused');
    expect(await text(page, '#heat-note-text')).toContain('4500: ten errors within 10 s');
    const before = server.heatmapConnections;
    await page.click('#heat-note-button');
    await mapLineIs(page, 'live');
    expect(server.heatmapConnections).toBe(before + 1);
  });

  it('stays as it is when the line of the price has trouble, and the other way round', async () => {
    const server = await visits.serve();
    const { page } = await visits.open(server.url, BTC);
    await mapIsThere(page);
    server.closeAll(1012, 'reconnect after 60000 ms');
    await lineIs(page, 'reconnecting');
    await page.waitForSelector('#hero[data-price="old"]');
    expect(await text(page, '#heat-line-text')).toBe('Live');
  });

  it('shrugs off what it cannot read', async () => {
    const server = await visits.serve();
    const { page, complaints } = await visits.open(server.url, BTC);
    await mapIsThere(page);
    server.sayHeatmap('{', { type: 'snapshot' }, { type: 'weather' }, hello(), price());
    server.sayHeatmap(server.heatmap.next('BTCUSDT', 2));
    await mapLineIs(page, 'live');
    expect(complaints).toEqual([]);
  });
});
