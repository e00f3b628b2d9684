/** Charts saved as PNG: what the file is called, and what can be seen on it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { framesLater, hasChromium, lineIs, textIs } from './browser.ts';
import { mapIsThere } from './heatmap-visit.ts';
import { PICTURES_DIR } from './page-files.ts';
import { pageSuite } from './page-suite.ts';
import { greeting, hello, nowSec, price, warmingUp, warning } from './samples.ts';

interface Saved {
  readonly name: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Of all pixels, those near the colour. */
  readonly share: Readonly<Record<keyof typeof COLOURS, number>>;
}

/** As the style sheet has them. */
const COLOURS = {
  ground: [10, 15, 22],
  demo: [217, 179, 255],
  /** The faint mark across a panel. */
  demoMark: [48, 49, 70],
  confirmed: [53, 198, 232],
  mempool: [247, 164, 64],
  text: [233, 239, 246],
  idle: [133, 149, 168],
  longPeak: [201, 242, 255],
} as const;

describe.skipIf(!hasChromium())('a chart saved as PNG', () => {
  const suite = pageSuite();
  const { visits } = suite;

  /** Does what saves, and looks at the file. */
  async function saved(page: Page, save: () => Promise<unknown>): Promise<Saved> {
    const [download] = await Promise.all([page.waitForEvent('download'), save()]);
    const name = download.suggestedFilename();
    const file = path.join(PICTURES_DIR, 'saved', name);
    await download.saveAs(file);
    const seen = await lookAt(page, (await readFile(file)).toString('base64'));
    return { name, ...seen };
  }

  const click = (page: Page, view: string) => (): Promise<void> => page.click(`#save-${view}`);

  it.each([
    ['by the processor', '?renderer=canvas#/price'],
    ['by the graphics card, where there is one', '?renderer=webgl#/price'],
    ['zoomed', '#/price/3h/3600s'],
  ])('is of the price with its words, twice as fine as the page: %s', async (_, address) => {
    const server = await visits.serve();
    const { page, complaints } = await visits.open(server.url, address);
    await lineIs(page, 'live');
    await framesLater(page, 3);
    const stage = (await page.locator('#stage').boundingBox())!;
    const picture = await saved(page, click(page, 'price'));
    expect(picture.name).toMatch(/^tidegauge-btcusd-\d{4}-\d\d-\d\dT\d{6}Z\.png$/);
    expect(picture.widthPx).toBeGreaterThan(stage.width * 2);
    expect(picture.widthPx).toBeLessThan(stage.width * 2 + 100);
    expect(picture.heightPx).toBeGreaterThan(stage.height * 2 + 200);
    expect(picture.share.ground).toBeGreaterThan(0.1);
    expect(picture.share.confirmed).toBeGreaterThan(0.001);
    expect(picture.share.mempool).toBeGreaterThan(0.001);
    expect(picture.share.text).toBeGreaterThan(0.001);
    expect(picture.share.demo).toBe(0);
    expect(picture.share.demoMark).toBeLessThan(0.005);
    expect(complaints).toEqual([]);
  });

  it('is marked where data is made up, and grey where the price does not hold', async () => {
    const server = await visits.serve({ greeting: () => greeting(true) });
    const { page } = await visits.open(server.url, '#/price');
    await lineIs(page, 'live');
    const live = await saved(page, click(page, 'price'));
    expect(live.share.demo).toBeGreaterThan(0.005);
    expect(live.share.demoMark).toBeGreaterThan(0.02);
    server.say(
      price({ status: 'stale' }, true),
      warning('SOURCE_STALE', { source: 'zmq', since: nowSec() - 60 }),
    );
    await lineIs(page, 'stale');
    await framesLater(page, 2);
    const stale = await saved(page, click(page, 'price'));
    expect(stale.share.idle).toBeGreaterThan(live.share.idle + 0.003);
    expect(stale.share.text).toBeLessThan(live.share.text / 2);
  });

  it('is of the map with its legend, under a name that says which', async () => {
    const server = await visits.serve({ heatmap: { demo: true } });
    const { page, complaints } = await visits.open(server.url, '#/heatmap/ETHUSDT/3d');
    await mapIsThere(page);
    const picture = await saved(page, click(page, 'heatmap'));
    expect(picture.name).toMatch(/^tidegauge-ethusdt-liquidations-3d-.*Z\.png$/);
    expect(picture.share.longPeak).toBeGreaterThan(0.0005);
    expect(picture.share.demo).toBeGreaterThan(0.003);
    expect(complaints).toEqual([]);
  });

  it('fits a phone and a wall', async () => {
    const server = await visits.serve();
    const phone = await visits.open(server.url, '#/price', {
      viewport: { width: 360, height: 780 },
      deviceScaleFactor: 3,
      hasTouch: true,
    });
    await lineIs(phone.page, 'live');
    const box = (await phone.page.locator('#save-price').boundingBox())!;
    expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(32);
    const small = await saved(phone.page, () => phone.page.tap('#save-price'));
    expect(small.widthPx).toBeGreaterThan(320 * 3);
    expect(small.share.mempool).toBeGreaterThan(0.002);
    const wall = await visits.open(server.url, '#/heatmap', {
      viewport: { width: 3840, height: 2160 },
    });
    await mapIsThere(wall.page);
    const large = await saved(wall.page, click(wall.page, 'heatmap'));
    expect(large.widthPx).toBeGreaterThan(4000);
    expect(large.widthPx).toBeLessThanOrEqual(4096);
    expect(large.share.longPeak).toBeGreaterThan(0.0005);
  });

  it('is saved by keyboard, also from within another page', async () => {
    const server = await visits.serve();
    const { page } = await visits.open(server.url, '?embed=price');
    await lineIs(page, 'live');
    const button = page.getByRole('button', { name: 'Save as PNG' });
    await button.focus();
    const picture = await saved(page, () => page.keyboard.press('Enter'));
    expect(picture.share.mempool).toBeGreaterThan(0.002);
  });

  it('says why there is nothing to save', async () => {
    const server = await visits.serve({ greeting: () => [hello(), warmingUp(3)] });
    const { page } = await visits.open(server.url, '#/price');
    await lineIs(page, 'warming-up');
    const button = page.locator('#save-price');
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    expect(await button.getAttribute('title')).toBe('Save as PNG: there is no price yet');
    expect(await page.textContent('#save-price-why')).toBe('there is no price yet');
    let downloads = 0;
    page.on('download', () => {
      downloads += 1;
    });
    await button.dispatchEvent('click');
    server.say(price());
    await page.waitForSelector('#save-price[aria-disabled="false"]');
    await saved(page, click(page, 'price'));
    expect(downloads).toBe(1);
  });

  it('tells the person when it fails, until that was read', async () => {
    const server = await visits.serve();
    const { page } = await visits.open(server.url, '#/price', {}, async (opened) => {
      await opened.addInitScript(() => {
        HTMLCanvasElement.prototype.toBlob = (give) => give(null);
      });
    });
    await lineIs(page, 'live');
    await page.click('#save-price');
    await textIs(page, '#notice-text', /^The picture could not be saved: .*memory\.$/);
    await page.getByRole('button', { name: 'Close' }).press('Enter');
    await page.waitForSelector('#notice', { state: 'hidden' });
    await page.click('#save-price');
    await page.getByRole('button', { name: 'Close' }).press('Escape');
    await page.waitForSelector('#notice', { state: 'hidden' });
  });

  it('lets go of the data, once the browser has it', async () => {
    const server = await visits.serve();
    const { page } = await visits.open(server.url, '#/price');
    await lineIs(page, 'live');
    const urls = await page.evaluateHandle(() => {
      const seen = { made: '', revoked: '' };
      const [make, revoke] = [URL.createObjectURL.bind(URL), URL.revokeObjectURL.bind(URL)];
      URL.createObjectURL = (blob) => {
        seen.made = make(blob);
        return seen.made;
      };
      URL.revokeObjectURL = (url) => {
        seen.revoked = url;
        revoke(url);
      };
      // The longest wait of the page; it ends when this test says so.
      const wait = setTimeout;
      globalThis.setTimeout = ((run: () => void, ms: number) =>
        ms < 30_000 ? wait(run, ms) : addEventListener('waited', run)) as typeof setTimeout;
      return seen;
    });
    await saved(page, click(page, 'price'));
    expect(await urls.evaluate(({ revoked }) => revoked)).toBe('');
    await page.evaluate(() => void dispatchEvent(new Event('waited')));
    expect(await urls.evaluate(({ made, revoked }) => made !== '' && revoked === made)).toBe(true);
  });
});

/** Decodes a PNG in the suite.browser. */
function lookAt(page: Page, base64: string): Promise<Omit<Saved, 'name'>> {
  return page.evaluate(
    async ([data, colours]) => {
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const { width: widthPx, height: heightPx } = image;
      const context = new OffscreenCanvas(widthPx, heightPx).getContext('2d')!;
      context.drawImage(image, 0, 0);
      const pixels = context.getImageData(0, 0, widthPx, heightPx).data;
      const shareOf = (colour: readonly number[]): number => {
        let count = 0;
        for (let i = 0; i < pixels.length; i += 4) {
          const off = colour.reduce((sum, value, n) => sum + Math.abs(pixels[i + n]! - value), 0);
          if (off < 24 && pixels[i + 3] === 255) count += 1;
        }
        return count / (widthPx * heightPx);
      };
      const shares = Object.entries(colours).map(([name, colour]) => [name, shareOf(colour)]);
      return { widthPx, heightPx, share: Object.fromEntries(shares) as Saved['share'] };
    },
    [base64, COLOURS] as const,
  );
}
