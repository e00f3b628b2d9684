/** The chart in a real browser: what it draws and when, pointer and keyboard, sizes of screens. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { framesLater, hasChromium, lineIs, photograph, textIs, watchedPage } from './browser.ts';
import { pageSuite } from './page-suite.ts';
import { confirmed, greeting, health, hello, nowSec, price, transactions } from './samples.ts';
import { StandIn } from './stand-in.ts';

describe.skipIf(!hasChromium())('the chart', () => {
  const suite = pageSuite();

  async function visit(
    messages: () => readonly unknown[],
    options: BrowserContextOptions = {},
    prepare?: (page: Page) => Promise<void>,
  ): Promise<{ server: StandIn; page: Page; complaints: readonly string[] }> {
    const server = await StandIn.start({ greeting: messages, health: () => health() });
    const watched = await watchedPage(suite.browser, {
      viewport: { width: 1280, height: 800 },
      ...options,
    });
    suite.afterwards(
      () => server.stop(),
      () => watched.page.context().close(),
    );
    await prepare?.(watched.page);
    await watched.page.goto(server.url);
    await lineIs(watched.page, 'live');
    return { server, page: watched.page, complaints: watched.complaints };
  }

  /** Counts how often the lower canvas is drawn: each drawing clears it once. */
  async function countDrawings(page: Page): Promise<void> {
    await page.addInitScript(() => {
      const { prototype } = CanvasRenderingContext2D;
      const clear = Object.getOwnPropertyDescriptor(prototype, 'clearRect')!.value as (
        ...box: number[]
      ) => void;
      const counts = { drawings: 0, frames: 0, most: 0 };
      Object.assign(globalThis, { counts });
      let inFrame = 0;
      const count = (): void => {
        counts.frames += 1;
        inFrame = 0;
        requestAnimationFrame(count);
      };
      requestAnimationFrame(count);
      prototype.clearRect = function (...box) {
        if (this.canvas.id === 'chart-base') {
          counts.drawings += 1;
          inFrame += 1;
          counts.most = Math.max(counts.most, inFrame);
        }
        clear.apply(this, box);
      };
    });
  }
  interface Counts {
    readonly drawings: number;
    readonly frames: number;
    readonly most: number;
  }
  const countsOf = (page: Page): Promise<Counts> =>
    page.evaluate(() => ({ ...(globalThis as unknown as { counts: Counts }).counts }));
  /** How many pixels of the lower canvas have the hue, left and right of the middle. */
  const hues = (page: Page): Promise<{ cyan: [number, number]; orange: [number, number] }> =>
    page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#chart-base')!;
      const { width, height } = canvas;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
      const cyan: [number, number] = [0, 0];
      const orange: [number, number] = [0, 0];
      for (let i = 0; i < data.length; i += 4) {
        const side = ((i / 4) % width) * 2 < width * 0.939 ? 0 : 1;
        const [red, , blue] = [data[i]!, data[i + 1]!, data[i + 2]!];
        if (blue > red + 60) cyan[side] += 1;
        if (red > blue + 60) orange[side] += 1;
      }
      return { cyan, orange };
    });

  it('draws confirmed points left in cyan, mempool points right in orange', async () => {
    const { page } = await visit(() => greeting());
    await textIs(page, '#confirmed-count', /9,000/);
    await framesLater(page, 3);
    const { cyan, orange } = await hues(page);
    expect(cyan[0]).toBeGreaterThan(2_000);
    expect(orange[1]).toBeGreaterThan(2_000);
    // Smoothed letters have a few coloured pixels at their edges.
    expect(cyan[1]).toBeLessThan(200);
    expect(orange[0]).toBeLessThan(200);
  });

  const POINT_TIME = (): number => Math.floor(nowSec()) - 100;
  /** Few points at known places: one at the price in each panel, one 20 % away. */
  const fewPoints = (): readonly unknown[] => [
    hello(),
    price({ price: 100_000, low: 99_900, high: 100_100 }),
    transactions(
      1,
      [
        [POINT_TIME() - 60, 99_500, 0.0125],
        [POINT_TIME(), 100_000],
        [POINT_TIME() + 30, 80_000],
      ],
      'e',
    ),
    confirmed([[POINT_TIME() - 500, 100_500]], { price: 100_000, low: 99_900, high: 100_100 }),
  ];

  it('tells of the point nearest to the pointer, and of none where none is near', async () => {
    const { page } = await visit(fewPoints);
    await textIs(page, '#mempool-count', /^3 points$/);
    await framesLater(page, 3);
    const box = (await page.locator('#stage').boundingBox())!;
    // Five minutes wide; the point is some 100 s before its right edge, at the price in the middle.
    const right = box.x + box.width - 4.8 * 14 - 16;
    const width = (box.width - 4.8 * 14 - 16) / 2;
    await page.mouse.move(right - (width * 100) / 300 - 8, box.y + (box.height - 27) / 2 + 4);
    await textIs(page, '#tooltip-price', /^\$100,000$/);
    expect(await page.textContent('#tooltip-time')).toMatch(/^seen \d\d:\d\d:\d\d UTC$/);
    expect(await page.textContent('#tooltip-amount')).toBe('');
    await photograph(page, 'tooltip');
    await page.mouse.move(box.x + width * 1.1, box.y + box.height * 0.9);
    await page.waitForSelector('#tooltip', { state: 'hidden' });
  });

  it('tells of a moment by the clocks of the device, too', async () => {
    const { page } = await visit(fewPoints, { timezoneId: 'Asia/Tokyo' });
    await textIs(page, '#mempool-count', /^3 points$/);
    await framesLater(page, 3);
    await page.focus('#stage');
    await page.keyboard.press('ArrowLeft');
    await textIs(page, '#tooltip-time', /^seen \d\d:(\d\d:\d\d)\sUTC · \d\d:\1\sGMT\+9$/);
  });

  it('tells what the line is where no point is near', async () => {
    const { page } = await visit(fewPoints);
    await textIs(page, '#mempool-count', /^3 points$/);
    await framesLater(page, 3);
    const box = (await page.locator('#stage').boundingBox())!;
    const width = (box.width - 4.8 * 14 - 16) / 2;
    // The block holds from its time on; its own points lie left of that.
    await page.mouse.move(box.x + width - 20, box.y + box.height * 0.85);
    await textIs(page, '#tooltip-price', /^\$100,000$/);
    expect(await page.textContent('#tooltip-time')).toMatch(/^price since block of .* UTC$/);
    expect(await page.textContent('#tooltip-amount')).toBe('90% in $99,900 – $100,100');
    await photograph(page, 'tooltip-line');
    // The present is at the right edge, and its point 100 s ago.
    await page.mouse.move(box.x + 2 * width + 4, box.y + box.height * 0.85);
    await textIs(page, '#tooltip-time', /^price of \d\d:\d\d:\d\d UTC$/);
  });

  it('goes from point to point by keyboard', async () => {
    const { page } = await visit(fewPoints);
    await textIs(page, '#mempool-count', /^3 points$/);
    await framesLater(page, 3);
    const focused: unknown[] = [];
    for (let i = 0; i < 5; i += 1) {
      await page.keyboard.press('Tab');
      focused.push(
        await page.evaluate(() => {
          const { id, tagName } = document.activeElement!;
          return id || tagName;
        }),
      );
    }
    // Of the ranges only the chosen one is a stop.
    expect(focused).toEqual(['link-price', 'link-heatmap', 'INPUT', 'save-price', 'stage']);
    // The newest point lies 20 % away and is not drawn: it is passed over.
    await page.keyboard.press('ArrowLeft');
    await textIs(page, '#tooltip-price', /^\$100,000$/);
    expect(await page.getAttribute('#tooltip', 'aria-live')).toBe('polite');
    await page.keyboard.press('ArrowLeft');
    await textIs(page, '#tooltip-price', /^\$99,500$/);
    expect(await page.textContent('#tooltip-amount')).toBe('0.0125 BTC');
    await page.keyboard.press('ArrowLeft');
    await textIs(page, '#tooltip-price', /^\$100,500$/);
    expect(await page.textContent('#tooltip-time')).toMatch(/^block of .* UTC$/);
    await page.keyboard.press('End');
    await textIs(page, '#tooltip-price', /^\$100,000$/);
    await page.keyboard.press('ArrowDown');
    await textIs(page, '#tooltip-price', /^\$99,500$/);
    await page.keyboard.press('Escape');
    await page.waitForSelector('#tooltip', { state: 'hidden' });
  });

  it('keeps to its marked point while the window moves on', async () => {
    const { server, page } = await visit(fewPoints);
    await textIs(page, '#mempool-count', /^3 points$/);
    await framesLater(page, 3);
    await page.focus('#stage');
    await page.keyboard.press('ArrowLeft');
    await textIs(page, '#tooltip-price', /^\$100,000$/);
    server.say(transactions(2, [[nowSec(), 100_200]]));
    await textIs(page, '#mempool-count', /^4 points$/);
    await framesLater(page, 2);
    expect(await page.textContent('#tooltip-price')).toBe('$100,000');
  });

  it('draws when something changed, once a frame at most, and otherwise rests', async () => {
    const { server, page } = await visit(() => greeting(), {}, countDrawings);
    await textIs(page, '#confirmed-count', /9,000/);
    // What is on screen turns grey then, which is a drawing of its own.
    await lineIs(page, 'silent');
    await framesLater(page, 30);
    const before = await countsOf(page);
    await framesLater(page, 30);
    const resting = await countsOf(page);
    // The second that ticks away moves the picture by a pixel at most once in this time.
    expect(resting.drawings - before.drawings).toBeLessThanOrEqual(1);
    for (let i = 0; i < 20; i += 1) server.say(price({ price: 87_400 + i }));
    await textIs(page, '#price', /^\$87,419$/);
    const after = await countsOf(page);
    expect(after.drawings).toBeGreaterThan(resting.drawings);
    expect(after.most).toBe(1);
  });

  it('draws nothing while the page is hidden, and what is new once on return', async () => {
    const { server, page } = await visit(() => greeting(), {}, countDrawings);
    await textIs(page, '#confirmed-count', /9,000/);
    const setVisibility = (state: string): Promise<void> =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'visibilityState', { value, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, state);
    await setVisibility('hidden');
    await framesLater(page, 3);
    const before = await countsOf(page);
    for (let i = 0; i < 30; i += 1) {
      const at = 88_000 + i;
      server.say(price({ price: at, low: at - 100, high: at + 100 }));
      server.say(transactions(8 + i, [[nowSec(), at]]));
    }
    // The title follows the data, which goes on; the page itself does not.
    await page.waitForFunction(() => document.title.includes('$88,029'));
    await framesLater(page, 5);
    expect((await countsOf(page)).drawings).toBe(before.drawings);
    expect(await page.textContent('#price')).toBe('$87,413');
    await setVisibility('visible');
    await textIs(page, '#price', /^\$88,029$/);
    await textIs(page, '#mempool-count', /^4,339 points$/);
    expect((await countsOf(page)).drawings).toBeGreaterThan(before.drawings);
  });

  describe.each([
    ['phone', 360, 740, 2],
    ['laptop', 1280, 800, 1],
    ['wall', 3840, 2160, 1],
  ] as const)('on a %s', (name, width, height, deviceScaleFactor) => {
    it('fits the width, stands still while it fills, and has a pixel for each pixel', async () => {
      const size = { viewport: { width, height }, deviceScaleFactor };
      const { page, complaints } = await visit(
        () => greeting(true),
        size,
        async (fresh) => {
          await fresh.addInitScript(() => {
            const shifts: number[] = [];
            Object.assign(globalThis, { shifts });
            new PerformanceObserver((list) => {
              for (const entry of list.getEntries()) {
                shifts.push((entry as unknown as { value: number }).value);
              }
            }).observe({ type: 'layout-shift', buffered: true });
          });
        },
      );
      await textIs(page, '#stat-received', /12,543/);
      await framesLater(page, 5);
      const seen = await page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>('#chart-base')!;
        const wide = [...document.querySelectorAll('p, dd, h1, h2, canvas')].filter(
          (node) => node.getBoundingClientRect().right > innerWidth + 0.5,
        );
        return {
          scrolls: document.documentElement.scrollWidth > innerWidth,
          wide: wide.map(({ id, className }) => id || className),
          cut: [...document.querySelectorAll('.figure, .price')]
            .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
            .map(({ id }) => id),
          ratio: canvas.width / canvas.getBoundingClientRect().width,
          shift: (globalThis as unknown as { shifts: number[] }).shifts.reduce((a, b) => a + b, 0),
        };
      });
      await photograph(page, `on-a-${name}`);
      expect(seen).toMatchObject({ scrolls: false, wide: [], cut: [] });
      expect(seen.ratio).toBeCloseTo(deviceScaleFactor, 1);
      expect(seen.shift).toBeLessThan(0.01);
      expect(complaints).toEqual([]);
    });
  });

  it('follows the size of the window', async () => {
    const { page } = await visit(() => greeting());
    await page.setViewportSize({ width: 700, height: 900 });
    await page.waitForFunction(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#chart-base')!;
      return canvas.width === Math.round(canvas.getBoundingClientRect().width);
    });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(700);
  });
});
