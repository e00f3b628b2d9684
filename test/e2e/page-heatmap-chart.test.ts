/** The heatmap in a real browser: choices, pointer and keyboard, what is drawn, sizes of screens. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { framesLater, hasChromium, photograph, textIs } from './browser.ts';
import { mapHues, mapIsThere } from './heatmap-visit.ts';
import { pageSuite } from './page-suite.ts';
import type { StandIn } from './stand-in.ts';

const BTC = '#/heatmap/BTCUSDT/1d';

describe.skipIf(!hasChromium())('the heatmap’s chart', () => {
  const { visits } = pageSuite();

  async function visit(hash = BTC): Promise<{ server: StandIn; page: Page }> {
    const server = await visits.serve();
    const { page } = await visits.open(server.url, hash);
    await mapIsThere(page);
    return { server, page };
  }
  const hashOf = (page: Page): string => new URL(page.url()).hash;

  it('draws longs in blue below the price, shorts in orange above it', async () => {
    const { page } = await visit();
    const { above, below } = await mapHues(page);
    expect(above.orange).toBeGreaterThan(20_000);
    expect(below.blue).toBeGreaterThan(20_000);
    expect(above.blue).toBeLessThan(above.orange);
    expect(below.orange).toBeLessThan(below.blue);
  });

  it('draws the candles over them, those that rose brighter than those that fell', async () => {
    const { page } = await visit();
    const counts = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#heat-base')!;
      const mapPx = Math.floor(canvas.width * 0.65);
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, mapPx, canvas.height);
      const style = getComputedStyle(document.documentElement);
      return ['--candle-up', '--candle-down'].map((name) => {
        const value = Number.parseInt(style.getPropertyValue(name).trim().slice(1), 16);
        let count = 0;
        for (let i = 0; i < data.length; i += 4) {
          if (((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!) === value) count += 1;
        }
        return count;
      });
    });
    for (const count of counts) expect(count).toBeGreaterThan(300);
  });

  it('hides the faint with the slider', async () => {
    const { page } = await visit();
    const before = await mapHues(page);
    await page.focus('#heat-threshold');
    for (let i = 0; i < 9; i += 1) await page.keyboard.press('PageUp');
    await textIs(page, '#heat-floor', /^from \$[\d.]+M$/);
    await framesLater(page, 2);
    const after = await mapHues(page);
    expect(after.below.blue).toBeLessThan(before.below.blue * 0.9);
    await photograph(page, 'heatmap-threshold');
  });

  describe('the market', () => {
    it('stands in the address where none was asked for, without another step back', async () => {
      const { page } = await visit('#/heatmap');
      const steps = await page.evaluate(() => history.length);
      await mapIsThere(page);
      await page.waitForFunction((hash) => location.hash === hash, BTC);
      expect(await page.evaluate(() => history.length)).toBe(steps);
    });

    it('is searched and chosen by keyboard, and kept in the address', async () => {
      const { server, page } = await visit();
      await page.focus('#heat-symbol');
      await page.keyboard.type('usd');
      expect(await page.locator('#heat-symbols [role="option"]').count()).toBe(4);
      await page.keyboard.press('Control+A');
      await page.keyboard.type('so');
      await photograph(page, 'heatmap-search');
      await page.keyboard.press('Enter');
      await textIs(page, '#heat-price', /^\d{2,3}\.\d$/);
      await mapIsThere(page);
      expect(hashOf(page)).toBe('#/heatmap/SOLUSDT/1d');
      expect(server.heatmapReceived).toContainEqual({
        action: 'unsubscribe',
        symbols: ['BTCUSDT'],
      });
      expect(await page.getAttribute('#link-heatmap', 'href')).toBe('#/heatmap/SOLUSDT/1d');
    });

    it('is chosen from the list with arrows or pointer; Escape leaves it as it was', async () => {
      const { page } = await visit();
      await page.focus('#heat-symbol');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      const active = await page.getAttribute('#heat-symbol', 'aria-activedescendant');
      expect(await page.textContent(`#${active}`)).toContain('ETHUSDT');
      await page.keyboard.press('Escape');
      expect(await page.inputValue('#heat-symbol')).toBe('BTCUSDT');
      expect(await page.isVisible('#heat-symbols')).toBe(false);
      await page.click('#heat-symbol');
      await page.click('#heat-symbols [role="option"]:nth-child(4)');
      await textIs(page, '#heat-price', /^0\.\d{4}$/);
      expect(hashOf(page)).toBe('#/heatmap/DOGEUSDT/1d');
    });

    it('says when none is found', async () => {
      const { page } = await visit();
      await page.fill('#heat-symbol', 'pepe');
      await page.waitForSelector('#heat-symbols-none:not([hidden])');
      await page.keyboard.press('Enter');
      expect(hashOf(page)).toBe(BTC);
    });
  });

  it('goes as far back as is chosen, in fitting steps', async () => {
    const { server, page } = await visit('#/heatmap/ETHUSDT/12h');
    expect(await page.isChecked('[name="range"][value="12h"]')).toBe(true);
    await page.focus('[name="range"][value="12h"]');
    await page.keyboard.press('ArrowLeft');
    await mapIsThere(page);
    expect(hashOf(page)).toBe('#/heatmap/ETHUSDT/1y');
    const intervals = server.heatmap.asked.flatMap(
      (path) => /interval=(\w+)/.exec(path)?.[1] ?? [],
    );
    expect(intervals).toEqual(['5m', '5m', '1d', '1d']);
  });

  it('tells of the bucket under the pointer, past and present', async () => {
    const { page } = await visit();
    const box = (await page.locator('#heat-stage').boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.8);
    await textIs(page, '#heat-tooltip-time', /^\w+ \d+, \d\d:\d\d UTC$/);
    expect(await page.textContent('#heat-tooltip-price')).toMatch(/^[\d,]+ – [\d,]+$/);
    expect(await page.textContent('#heat-tooltip-long')).toMatch(/^\$[\d.]+M$/);
    expect(await page.textContent('#heat-tooltip-short')).toBe('$0');
    expect(await page.textContent('#heat-tooltip-candle')).toMatch(/^O\s[\d,]+ +H\s.* +L\s.* +C\s/);
    expect(await page.textContent('#heat-tooltip-total')).toBe('');
    await photograph(page, 'heatmap-tooltip');
    await page.mouse.move(box.x + box.width * 0.85, box.y + box.height * 0.8);
    await textIs(page, '#heat-tooltip-time', /^Now$/);
    expect(await page.textContent('#heat-tooltip-total')).toMatch(/^\$.* of longs down to here$/);
    await page.mouse.move(box.x + box.width * 0.85, box.y + box.height * 0.1);
    await textIs(page, '#heat-tooltip-total', /^\$.* of shorts up to here$/);
    await page.mouse.move(box.x - 10, box.y);
    await page.waitForSelector('#heat-tooltip', { state: 'hidden' });
  });

  it('goes from bucket to bucket by keyboard, and stays there while the map moves on', async () => {
    const { server, page } = await visit();
    await page.focus('#heat-stage');
    await page.keyboard.press('ArrowLeft');
    await textIs(page, '#heat-tooltip-time', /^Now$/);
    expect(await page.getAttribute('#heat-tooltip', 'aria-live')).toBe('polite');
    const first = await page.textContent('#heat-tooltip-price');
    await page.keyboard.press('ArrowLeft');
    await textIs(page, '#heat-tooltip-time', /UTC$/);
    await page.keyboard.press('ArrowUp');
    await framesLater(page, 2);
    const higher = (await page.textContent('#heat-tooltip-price'))!;
    expect(higher.split(' – ')[0]).toBe(first!.split(' – ')[1]);
    server.sayHeatmap(server.heatmap.next('BTCUSDT', 2));
    await framesLater(page, 3);
    expect(await page.textContent('#heat-tooltip-price')).toBe(higher);
    await page.keyboard.press('End');
    await textIs(page, '#heat-tooltip-time', /^Now$/);
    await page.keyboard.press('Escape');
    await page.waitForSelector('#heat-tooltip', { state: 'hidden' });
  });

  it('draws nothing while the page is hidden, and what is new once on return', async () => {
    const server = await visits.serve();
    const came: string[] = [];
    const { page } = await visits.open(server.url, BTC, {}, async (fresh) => {
      fresh.on('websocket', (socket) => {
        socket.on('framereceived', ({ payload }) => came.push(String(payload)));
      });
    });
    await mapIsThere(page);
    await page.evaluate(() => {
      const counts = { drawings: 0 };
      Object.assign(globalThis, { counts });
      const { prototype } = CanvasRenderingContext2D;
      const clear = Object.getOwnPropertyDescriptor(prototype, 'clearRect')!.value as (
        ...box: number[]
      ) => void;
      prototype.clearRect = function (...box) {
        counts.drawings += 1;
        clear.apply(this, box);
      };
    });
    const drawings = (): Promise<number> =>
      page.evaluate(
        () => (globalThis as unknown as { counts: { drawings: number } }).counts.drawings,
      );
    const setVisibility = (state: string): Promise<void> =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'visibilityState', { value, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, state);
    await setVisibility('hidden');
    await framesLater(page, 3);
    const [before, longs] = [await drawings(), await page.textContent('#heat-longs')];
    for (let i = 2; i < 12; i += 1) server.sayHeatmap(server.heatmap.next('BTCUSDT', i));
    await expect.poll(() => came.some((text) => text.includes('"seq":11,'))).toBe(true);
    await framesLater(page, 5);
    expect(server.heatmapReceived).toContainEqual(expect.objectContaining({ update_interval: 30 }));
    expect([await drawings(), await page.textContent('#heat-longs')]).toEqual([before, longs]);
    await setVisibility('visible');
    await page.waitForFunction(
      (old) => document.querySelector('#heat-longs')!.textContent !== old,
      longs,
    );
    expect(await drawings()).toBe(before + 1);
  });

  it('stands still while it loads for those who want less motion', async () => {
    const server = await visits.serve({ heatmap: { rest: () => ({ status: 200, body: {} }) } });
    for (const reducedMotion of ['reduce', 'no-preference'] as const) {
      const { page } = await visits.open(server.url, BTC, { reducedMotion });
      const name = await page.evaluate(() => {
        const section = document.querySelector<HTMLElement>('#heatmap')!;
        section.dataset.map = 'waiting';
        return getComputedStyle(document.querySelector('#heat-note-text')!).animationName;
      });
      expect(name).toBe(reducedMotion === 'reduce' ? 'none' : 'waiting');
    }
  });

  describe.each([
    ['phone', 360, 740, 2],
    ['laptop', 1280, 800, 1],
    ['wall', 3840, 2160, 1],
  ] as const)('on a %s', (name, width, height, deviceScaleFactor) => {
    it('fits the width, stands still while it fills, and has a pixel for each pixel', async () => {
      const server = await visits.serve({ heatmap: { demo: true } });
      const size = { viewport: { width, height }, deviceScaleFactor };
      const { page, complaints } = await visits.open(server.url, BTC, size, async (fresh) => {
        await fresh.addInitScript(() => {
          const shifts: number[] = [];
          Object.assign(globalThis, { shifts });
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) {
              shifts.push((entry as unknown as { value: number }).value);
            }
          }).observe({ type: 'layout-shift', buffered: true });
        });
      });
      await mapIsThere(page);
      await framesLater(page, 5);
      const seen = await page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>('#heat-base')!;
        const nodes = '#heatmap :is(p, dd, h2, h3, canvas, input, label)';
        const wide = [...document.querySelectorAll(nodes)].filter(
          (node) => node.getBoundingClientRect().right > innerWidth + 0.5,
        );
        const stage = document.querySelector('#heat-stage')!.getBoundingClientRect();
        return {
          scrolls: document.documentElement.scrollWidth > innerWidth,
          wide: wide.map(({ id, className }) => id || className),
          cut: [...document.querySelectorAll('#heatmap .figure, .price')]
            .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
            .map(({ id }) => id),
          chartInSight: stage.bottom <= innerHeight,
          ratio: canvas.width / canvas.getBoundingClientRect().width,
          shift: (globalThis as unknown as { shifts: number[] }).shifts.reduce((a, b) => a + b, 0),
        };
      });
      await photograph(page, `heatmap-on-a-${name}`);
      expect(seen).toMatchObject({ scrolls: false, wide: [], cut: [], chartInSight: true });
      expect(seen.ratio).toBeCloseTo(deviceScaleFactor, 1);
      expect(seen.shift).toBeLessThan(0.01);
      expect(complaints).toEqual([]);
    });
  });
});
