/** Looking around in the price's chart: wheel, mouse, fingers, keys, ranges, and the address. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { framesLater, hasChromium, lineIs, textIs, watchedPage } from './browser.ts';
import { pageSuite } from './page-suite.ts';
import { greeting, health, nowSec } from './samples.ts';
import { StandIn } from './stand-in.ts';

const HOUR = 3_600;
const AXIS_PX = 67;

interface Zoom {
  readonly spanSec: number;
  readonly toSec: number;
  readonly agoSec: number;
}

const near = (value: number, wanted: number, reach: number): boolean =>
  Math.abs(value - wanted) <= reach;

interface Spot {
  readonly x: number;
  readonly y: number;
}

describe.skipIf(!hasChromium())('the window of the price’s chart', () => {
  const suite = pageSuite();

  async function visit(hash = '', options: BrowserContextOptions = {}): Promise<Page> {
    const server = await StandIn.start({ greeting, health: () => health() });
    const viewport = { width: 1280, height: 800 };
    const { page } = await watchedPage(suite.browser, { viewport, ...options });
    suite.afterwards(
      () => server.stop(),
      () => page.context().close(),
    );
    await page.goto(server.url + hash);
    await lineIs(page, 'live');
    await textIs(page, '#mempool-count', /points/);
    await framesLater(page, 3);
    return page;
  }

  const hashIs = (page: Page, wanted: RegExp): Promise<unknown> =>
    page.waitForFunction((source) => new RegExp(source).test(location.hash), wanted.source);
  /** The stretch of time in the address; null without one. */
  async function zoomNow(page: Page): Promise<Zoom | null> {
    const hash = await page.evaluate(() => location.hash);
    const [, span, from, to] = /\/(?:(\d+)s|(\d+)-(\d+))$/.exec(hash) ?? [];
    const toSec = to === undefined ? nowSec() : Number(to);
    const spanSec = span === undefined ? toSec - Number(from) : Number(span);
    return spanSec > 0 ? { spanSec, toSec, agoSec: nowSec() - toSec } : null;
  }
  /** Waits until the address says a stretch that fits: while it changes it is written now and then. */
  async function zoomIs(page: Page, fits: (zoom: Zoom) => boolean): Promise<Zoom> {
    let seen: Zoom | null = null;
    const isThere = async (): Promise<boolean> => {
      seen = await zoomNow(page);
      return seen !== null && fits(seen);
    };
    await expect.poll(isThere, { timeout: 10_000, interval: 50 }).toBe(true);
    return seen!;
  }
  /** A place in the mempool's panel, as shares of its width and height. */
  async function spot(page: Page, shareX: number, shareY = 0.4): Promise<Spot> {
    const box = (await page.locator('#stage').boundingBox())!;
    const width = (box.width - AXIS_PX - 16) / 2;
    return { x: box.x + width + 8 + width * shareX, y: box.y + box.height * shareY };
  }
  async function onAxis(page: Page, shareY: number): Promise<Spot> {
    const box = (await page.locator('#stage').boundingBox())!;
    return { x: box.x + box.width - AXIS_PX / 2, y: box.y + box.height * shareY };
  }
  async function drag(page: Page, from: Spot, to: Spot): Promise<void> {
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 8 });
    await page.mouse.up();
  }
  /** Whatever is drawn, as one number. */
  const picture = (page: Page): Promise<number> =>
    page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#chart-base')!;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let sum = 0;
      for (const [i, value] of data.entries()) sum = (sum * 31 + value * (i % 7)) % 1_000_000_007;
      return sum;
    });
  const pageTop = (page: Page): Promise<number> => page.evaluate(() => scrollY);

  it('is zoomed by the wheel about the pointer, and panned sideways', async () => {
    const page = await visit('#/price/3h');
    const { x, y } = await spot(page, 0.5);
    const middleSec = nowSec() - 1.5 * HOUR;
    await page.mouse.move(x, y);
    for (let i = 0; i < 5; i += 1) await page.mouse.wheel(0, -200);
    const zoomed = await zoomIs(page, ({ spanSec }) => near(spanSec, (3 * HOUR) / 1.3 ** 5, 2));
    expect(zoomed.toSec - zoomed.spanSec / 2).toBeCloseTo(middleSec, -2);
    await page.mouse.wheel(-100, 0);
    const panned = await zoomIs(page, ({ toSec }) => toSec < zoomed.toSec);
    expect(panned.spanSec).toBeCloseTo(zoomed.spanSec, -1);
  });

  it('moves with the mouse that drags it, also out of the page, until the button is let go', async () => {
    const page = await visit('#/price/1h');
    const from = await spot(page, 0.2);
    const before = await picture(page);
    await page.mouse.move(from.x, from.y);
    expect(await page.getAttribute('#stage', 'data-grip')).toBe('times');
    await page.mouse.down();
    await page.mouse.move(from.x + 3, from.y);
    expect(await page.getAttribute('#stage', 'data-dragging')).toBe('false');
    await page.mouse.move(from.x + 100, from.y, { steps: 4 });
    expect(await page.getAttribute('#stage', 'data-dragging')).toBe('true');
    await page.mouse.move(1279, 2, { steps: 4 });
    await page.mouse.up();
    expect(await page.getAttribute('#stage', 'data-dragging')).toBe('false');
    const { x: rightX } = await spot(page, 1);
    const { x: leftX } = await spot(page, 0);
    const bySec = (HOUR * (1279 - from.x)) / (rightX - leftX);
    const { spanSec, toSec } = await zoomIs(page, ({ agoSec }) => near(agoSec, bySec, 30));
    expect(spanSec).toBeCloseTo(HOUR, -1);
    expect(await picture(page)).not.toBe(before);
    expect(await page.evaluate(() => String(getSelection()))).toBe('');
    await page.mouse.move(from.x, from.y);
    await framesLater(page, 3);
    expect((await zoomNow(page))?.toSec).toBe(toSec);
  });

  it('is shown as it was by a double click, by a key and by its button', async () => {
    const page = await visit('#/price/1h/600s');
    const { x, y } = await spot(page, 0.5);
    expect(await page.textContent('#price-back')).toBe('Reset zoom');
    await page.mouse.dblclick(x, y);
    await hashIs(page, /^#\/price\/1h$/);
    await page.waitForSelector('#price-back', { state: 'hidden' });
    await drag(page, await spot(page, 0.2), await spot(page, 0.6));
    await textIs(page, '#price-back', /^Back to now$/);
    await page.click('#price-back');
    await hashIs(page, /^#\/price\/1h$/);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('stage');
    await page.keyboard.press('+');
    await hashIs(page, /^#\/price\/1h\/2520s$/);
    await page.keyboard.press('0');
    await hashIs(page, /^#\/price\/1h$/);
  });

  it('is zoomed and panned by keyboard, with the keys told to who comes by keyboard', async () => {
    const page = await visit('#/price/1h');
    await page.focus('#save-price');
    await page.keyboard.press('Tab');
    await page.waitForSelector('#chart-help', { state: 'visible' });
    await page.keyboard.press('-');
    await page.waitForSelector('#chart-help', { state: 'hidden' });
    await hashIs(page, /^#\/price\/1h\/5143s$/);
    await page.keyboard.press('Shift+ArrowLeft');
    await zoomIs(page, ({ agoSec }) => near(agoSec, 5143 / 4, 15));
    await page.keyboard.press('Shift+ArrowRight');
    await hashIs(page, /s$/);
    await page.keyboard.press('ArrowLeft');
    await page.waitForSelector('#tooltip', { state: 'visible' });
  });

  it('has ranges, which stay chosen while it is zoomed, and bring it back', async () => {
    const page = await visit();
    await page.check('#price-spans [value="6h"]');
    await hashIs(page, /^#\/price\/6h$/);
    const { x, y } = await spot(page, 0.99);
    await page.mouse.move(x, y);
    await page.mouse.wheel(0, -100);
    await hashIs(page, /^#\/price\/6h\/\d+s$/);
    expect(await page.isChecked('#price-spans [value="6h"]')).toBe(true);
    await page.click('#price-spans label:has([value="6h"])');
    await hashIs(page, /^#\/price\/6h$/);
    await page.keyboard.press('ArrowRight');
    await hashIs(page, /^#\/price\/12h$/);
    // Kept for the next visit.
    await page.evaluate(() => history.replaceState(null, '', '#'));
    await page.reload();
    await page.waitForSelector('#price-spans [value="12h"]:checked');
  });

  it('is in a link, and still there on the way back from the heatmap', async () => {
    const to = Math.floor(nowSec()) - 1_800;
    const hash = `#/price/3h/${to - 1_200}-${to}`;
    const page = await visit(hash);
    await textIs(page, '#price-back', /^Back to now$/);
    await page.click('#link-heatmap');
    await page.waitForSelector('#heatmap', { state: 'visible' });
    await page.click('#link-price');
    await hashIs(page, new RegExp(`^${hash}$`));
    await textIs(page, '#price-back', /^Back to now$/);
  });

  it('has prices that follow a hand on their axis, until a double click there', async () => {
    const page = await visit('#/price/1h');
    await framesLater(page, 30);
    const before = await picture(page);
    const from = await onAxis(page, 0.3);
    await page.mouse.move(from.x, from.y);
    expect(await page.getAttribute('#stage', 'data-grip')).toBe('prices');
    await drag(page, from, await onAxis(page, 0.6));
    await framesLater(page, 2);
    expect(await picture(page)).not.toBe(before);
    await textIs(page, '#price-back', /^Reset zoom$/);
    const held = await picture(page);
    // Now the picture goes up and down with the hand, too.
    await drag(page, await spot(page, 0.5, 0.3), await spot(page, 0.5, 0.5));
    await framesLater(page, 2);
    expect(await picture(page)).not.toBe(held);
    await page.mouse.dblclick(from.x, from.y);
    await page.waitForSelector('#price-back', { state: 'hidden' });
    await hashIs(page, /^#\/price\/1h$/);
    await page.mouse.wheel(0, -100);
    await textIs(page, '#price-back', /^Reset zoom$/);
  });

  describe('on a phone', () => {
    const phone = {
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      isMobile: true,
      deviceScaleFactor: 2,
    };
    type Touches = readonly (readonly [x: number, y: number])[];

    async function touch(page: Page, ...moments: readonly Touches[]): Promise<void> {
      const client = await page.context().newCDPSession(page);
      for (const [i, touches] of moments.entries()) {
        const before = moments[i - 1]?.length ?? 0;
        const type = touches.length > before ? 'touchStart' : 'touchMove';
        const touchPoints = touches.map(([x, y], id) => ({ x, y, id }));
        await client.send('Input.dispatchTouchEvent', {
          type: touches.length === 0 ? 'touchEnd' : type,
          touchPoints,
        });
      }
      await client.detach();
    }
    const steps = (from: number, to: number): readonly number[] =>
      Array.from({ length: 11 }, (_, i) => from + ((to - from) * i) / 10);

    it('pans with one finger and leaves up and down to the page', async () => {
      const page = await visit('#/price/1h', phone);
      const { x, y } = await spot(page, 0.2);
      await touch(page, ...steps(x, x + 90).map((at) => [[at, y]] as const), []);
      await zoomIs(page, ({ agoSec }) => near(agoSec, (90 / 128) * HOUR, 0.04 * HOUR));
      expect(await page.isVisible('#tooltip')).toBe(false);
      expect(await pageTop(page)).toBe(0);
      const before = (await zoomNow(page))?.toSec;
      await touch(page, ...steps(y, y - 150).map((at) => [[x, at]] as const), []);
      await page.waitForFunction(() => scrollY > 50);
      expect((await zoomNow(page))?.toSec).toBe(before);
    });

    it('zooms with two fingers about the middle between them, and points by a tap', async () => {
      const page = await visit('#/price/3h', phone);
      const { x, y } = await spot(page, 0.5);
      const apart = steps(20, 60).map(
        (half) =>
          [
            [x - half, y],
            [x + half, y],
          ] as const,
      );
      const middleSec = nowSec() - 1.5 * HOUR;
      await touch(page, [[x - 20, y]], ...apart, []);
      const { spanSec, toSec } = await zoomIs(page, (zoom) => near(zoom.spanSec, HOUR, 100));
      expect(Math.abs(toSec - spanSec / 2 - middleSec)).toBeLessThan(0.1 * HOUR);
      expect(await page.evaluate(() => visualViewport?.scale)).toBe(1);
      await page.touchscreen.tap(x, y);
      await page.waitForSelector('#tooltip', { state: 'visible' });
    });

    it('has ranges and a way back that a finger meets, within the width', async () => {
      const page = await visit('#/price/1h/600s', phone);
      const boxes = await page.locator('#price-spans span, #price-back').all();
      expect(boxes).toHaveLength(8);
      for (const each of boxes) {
        const { x, width, height } = (await each.boundingBox())!;
        expect(Math.min(width, height)).toBeGreaterThanOrEqual(24);
        expect(x + width).toBeLessThanOrEqual(360);
      }
    });
  });

  it('scrolls the page by the wheel where it is longer than the window, and zooms with Ctrl', async () => {
    const page = await visit('#/price/3h', { viewport: { width: 1000, height: 500 } });
    const { x, y } = await spot(page, 0.5, 0.2);
    await page.mouse.move(x, y);
    await page.mouse.wheel(0, 100);
    await page.waitForFunction(() => scrollY === 100);
    expect(await page.evaluate(() => location.hash)).toBe('#/price/3h');
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -100);
    await page.keyboard.up('Control');
    await zoomIs(page, ({ spanSec }) => near(spanSec, (3 * HOUR) / 1.3, 5));
    expect(await pageTop(page)).toBe(100);
  });

  it('is drawn once a frame while it is dragged, and not at all once it rests in the past', async () => {
    const page = await visit('#/price/3h');
    await page.evaluate(() => {
      const counts = { drawings: 0, inFrame: 0, most: 0 };
      Object.assign(globalThis, { counts });
      const { prototype } = CanvasRenderingContext2D;
      const clear = Object.getOwnPropertyDescriptor(prototype, 'clearRect')!.value as (
        ...box: number[]
      ) => void;
      const frame = (): void => {
        counts.inFrame = 0;
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
      prototype.clearRect = function (...box) {
        if (this.canvas.id === 'chart-base') {
          counts.drawings += 1;
          counts.inFrame += 1;
          counts.most = Math.max(counts.most, counts.inFrame);
        }
        clear.apply(this, box);
      };
    });
    const countsOf = (): Promise<{ readonly drawings: number; readonly most: number }> =>
      page.evaluate(() => {
        const { counts } = globalThis as unknown as { counts: { drawings: number; most: number } };
        return { ...counts };
      });
    await drag(page, await spot(page, 0.1), await spot(page, 0.8));
    await zoomIs(page, ({ agoSec }) => near(agoSec, 0.7 * 3 * HOUR, 90));
    const dragged = await countsOf();
    expect(dragged.drawings).toBeGreaterThan(1);
    expect(dragged.most).toBe(1);
    await page.mouse.move(5, 5);
    // The price turns grey then, which is a drawing of its own.
    await lineIs(page, 'silent');
    await framesLater(page, 30);
    const settled = await countsOf();
    await framesLater(page, 40);
    expect((await countsOf()).drawings).toBe(settled.drawings);
  });
});
