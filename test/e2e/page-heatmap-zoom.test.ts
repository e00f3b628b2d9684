/** Zooming and panning the heatmap: by wheel, mouse, keyboard and link. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { framesLater, hasChromium, photograph, textIs } from './browser.ts';
import { mapHues, mapIsThere } from './heatmap-visit.ts';
import { pageSuite } from './page-suite.ts';
import { nowSec } from './samples.ts';
import type { StandIn } from './stand-in.ts';

const DAY_SEC = 86_400;

describe.skipIf(!hasChromium())('the heatmap under a hand', () => {
  const { visits } = pageSuite();

  async function visit(hash: string): Promise<{
    server: StandIn;
    page: Page;
    complaints: readonly string[];
  }> {
    const server = await visits.serve();
    const { page, complaints } = await visits.open(server.url, hash);
    await mapIsThere(page);
    return { server, page, complaints };
  }
  const questions = (server: StandIn): readonly string[] =>
    server.heatmap.asked
      .filter((path) => path.startsWith('/liquidations/'))
      .map((path) => decodeURIComponent(path));
  const hashOf = (page: Page): string => new URL(page.url()).hash;
  async function middle(page: Page): Promise<{ x: number; y: number }> {
    const box = (await page.locator('#heat-stage').boundingBox())!;
    return { x: box.x + box.width * 0.35, y: box.y + box.height / 2 };
  }

  it('is magnified at once, and has finer columns a moment after the hand rests', async () => {
    const { server, page, complaints } = await visit('#/heatmap/BTCUSDT/7d');
    const at = await middle(page);
    await page.mouse.move(at.x, at.y);
    for (let i = 0; i < 30; i += 1) await page.mouse.wheel(0, -60);
    await framesLater(page, 2);
    // A machine that is busy may make a rest in the middle of it; never a question for each step.
    await expect.poll(() => questions(server).at(-1)).toMatch(/interval=(5m|15m)&/);
    expect(questions(server)[0]).toContain('interval=1h');
    expect(questions(server).length).toBeLessThan(6);
    await expect.poll(() => hashOf(page)).toMatch(/^#\/heatmap\/BTCUSDT\/7d\/\d+-\d+$/);
    // A tooltip tells of a candle of the finer kind.
    await page.mouse.move(at.x + 40, at.y);
    await textIs(page, '#heat-tooltip-time', /:(05|10|15|20|25|35|40|45|50|55) UTC$/);
    await page.mouse.move(0, 0);
    await photograph(page, 'heatmap-zoomed');
    await textIs(page, '#heat-back', /^Back to now$/);
    const before = questions(server).length;
    await page.click('#heat-back');
    await expect.poll(() => hashOf(page)).toBe('#/heatmap/BTCUSDT/7d');
    expect(await page.isVisible('#heat-back')).toBe(false);
    await framesLater(page, 20);
    expect(questions(server)).toHaveLength(before);
    expect(complaints).toEqual([]);
  });

  it('is panned by a drag, into days before the range', async () => {
    const { server, page } = await visit('#/heatmap/BTCUSDT/1d');
    const { x, y } = await middle(page);
    await page.mouse.move(x, y);
    await page.mouse.down();
    for (let i = 1; i <= 10; i += 1) await page.mouse.move(x + i * 30, y);
    await page.mouse.up();
    await expect.poll(() => questions(server).length).toBe(2);
    // Only what is new, in buckets of the size of those that are here.
    expect(questions(server)[1]).toMatch(/interval=15m&.*&price_bin_size=100$/);
    const [, from, to] = /\/(\d+)-(\d+)$/.exec(hashOf(page))!.map(Number);
    expect(to! - from!).toBe(DAY_SEC);
    expect(to).toBeLessThan(nowSec() - DAY_SEC / 5);
    await expect.poll(async () => (await mapHues(page)).below.blue).toBeGreaterThan(20_000);
  });

  it('is zoomed, panned and put back by keyboard', async () => {
    const { page } = await visit('#/heatmap/BTCUSDT/1d');
    await page.focus('#heat-stage');
    await page.keyboard.press('+');
    await expect.poll(() => hashOf(page)).toBe('#/heatmap/BTCUSDT/1d/60480s');
    await textIs(page, '#heat-back', /^Reset zoom$/);
    await page.keyboard.press('Shift+ArrowLeft');
    await expect.poll(() => hashOf(page)).toMatch(/1d\/\d+-\d+$/);
    await page.keyboard.press('End');
    await textIs(page, '#heat-tooltip-time', /UTC$/);
    expect(await page.textContent('#heat-tooltip-candle')).toMatch(/^O\s[\d,]+/);
    await page.keyboard.press('0');
    await expect.poll(() => hashOf(page)).toBe('#/heatmap/BTCUSDT/1d');
    await page.keyboard.press('End');
    await textIs(page, '#heat-tooltip-time', /^Now$/);
  });

  it('opens where a link says, and stands still there while maps come', async () => {
    const toSec = Math.floor(nowSec() / 3_600) * 3_600 - 2 * DAY_SEC;
    const { server, page } = await visit(`#/heatmap/BTCUSDT/3d/${toSec - 36_000}-${toSec}`);
    await expect.poll(() => questions(server).length).toBe(1);
    expect(await page.isChecked('[name="range"][value="3d"]')).toBe(true);
    await page.focus('#heat-stage');
    await page.keyboard.press('End');
    await textIs(page, '#heat-tooltip-time', /UTC$/);
    const shown = await page.textContent('#heat-tooltip-time');
    server.sayHeatmap(server.heatmap.next('BTCUSDT', 3));
    await textIs(page, '#heat-longs', /^\$1\d\dB$/);
    expect(await page.textContent('#heat-tooltip-time')).toBe(shown);
    expect(questions(server)).toHaveLength(1);
    // The range that is marked is a click away from where a person zoomed to.
    await page.check('[name="range"][value="3d"]', { force: true });
    await page.click('label:has([name="range"][value="3d"])');
    await expect.poll(() => hashOf(page)).toBe('#/heatmap/BTCUSDT/3d');
  });

  it('keeps the old map until that of another range is here, and says where data begins', async () => {
    const { server, page } = await visit('#/heatmap/BTCUSDT/7d');
    await page.click('label:has([name="range"][value="90d"])');
    await framesLater(page, 2);
    expect(await page.getAttribute('#heatmap', 'data-map')).toBe('there');
    await expect.poll(() => questions(server).length).toBeGreaterThanOrEqual(2);
    await textIs(page, '#heat-note-text', /^Data begins [A-Z]\w\w \d+$/);
    await photograph(page, 'heatmap-begins');
  });

  it('has its prices by hand, until they are let go', async () => {
    const { page } = await visit('#/heatmap/BTCUSDT/1d');
    const box = (await page.locator('#heat-stage').boundingBox())!;
    const [x, y] = [box.x + box.width - 12, box.y + box.height / 3];
    await page.mouse.move(x, y);
    await page.mouse.wheel(0, -300);
    await textIs(page, '#heat-back', /^Reset zoom$/);
    await page.waitForSelector('#heat-back:not([hidden])');
    expect(hashOf(page)).toBe('#/heatmap/BTCUSDT/1d');
    await page.mouse.dblclick(x, y);
    await page.waitForSelector('#heat-back', { state: 'hidden' });
  });

  it('keeps its prices and the book where nothing of the past is here', async () => {
    let answers = true;
    const busy = { status: 503, body: { error: { code: 'x', message: 'busy' } } };
    const rest = ({ pathname }: URL) => (answers || pathname === '/api/v1/symbols' ? null : busy);
    const server = await visits.serve({ heatmap: { rest } });
    const { page } = await visits.open(server.url, '#/heatmap/BTCUSDT/1d');
    await mapIsThere(page);
    answers = false;
    await page.focus('#heat-stage');
    for (let i = 0; i < 8; i += 1) await page.keyboard.press('Shift+ArrowLeft');
    await page.waitForSelector('#heatmap[data-map="none"]');
    await framesLater(page, 3);
    expect((await mapHues(page)).above.orange).toBeGreaterThan(5_000);
  });

  it('leaves no button and no figures of the legend over a market that is not there', async () => {
    const { page } = await visit('#/heatmap/BTCUSDT/1d/3600s');
    await textIs(page, '#heat-full', /and more$/);
    await page.waitForSelector('#heat-back:not([hidden])');
    await page.evaluate(() => {
      location.hash = '#/heatmap/PEPE/1d';
    });
    await textIs(page, '#heat-note-text', /no market PEPE/);
    await textIs(page, '#heat-full', /^$/);
    expect(await page.isVisible('#heat-back')).toBe(false);
  });

  it('offers the names nearest to one that is not there', async () => {
    const server = await visits.serve();
    const { page } = await visits.open(server.url, '#/heatmap/BTC-USDT/3d');
    await textIs(page, '#heat-note-text', /no market BTC-USDT\. Did you mean$/);
    await photograph(page, 'heatmap-near-names');
    await page.click('#heat-note-offers a');
    await mapIsThere(page);
    expect(hashOf(page)).toBe('#/heatmap/BTCUSDT/3d');
  });
});
