/** Points by the graphics card and by the processor: the same picture, and one steps in for the other. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RendererName } from '../../packages/web/src/drawing/points/points-painter.ts';
import { framesLater, hasChromium, lineIs, textIs, watchedPage } from './browser.ts';
import { pageSuite } from './page-suite.ts';
import { bundlePointsStage } from './points-bundle.ts';
import type { Picture, PointsStage, StagePoint, View } from './points-stage.ts';
import { greeting, health, seeded } from './samples.ts';
import { StandIn } from './stand-in.ts';

const RENDERERS = ['canvas', 'webgl'] as const;
const BASE_SEC = 1_763_650_000;
const VIEW: View = {
  widthPx: 420,
  heightPx: 200,
  fontPx: 14,
  fromSec: BASE_SEC - 10_800,
  toSec: BASE_SEC,
  lowUsd: 85_000,
  highUsd: 90_000,
};

/** Most near a price, some beyond the scale or the time. */
function crowd(count: number, seed: number): readonly StagePoint[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, i) => {
    const timeSec = BASE_SEC - 11_500 * (1 - i / count) + random() * 300;
    const spread = random() < 0.8 ? 0.02 : 0.2;
    return [timeSec, 87_400 * (1 + (random() + random() - 1) * spread)] as const;
  });
}

/** Opacities, 0 to 255. */
const opacities = ({ rgba }: Picture): Uint8Array =>
  Buffer.from(rgba, 'base64').filter((_, i) => i % 4 === 3);
const total = (picture: Picture): number => opacities(picture).reduce((sum, one) => sum + one, 0);

/** How much the opacities of two pictures differ, in the mean over all pixels, 0 to 255. */
function difference(one: Picture, other: Picture): number {
  const others = opacities(other);
  const sum = opacities(one).reduce((all, each, i) => all + Math.abs(each - others[i]!), 0);
  return sum / others.length;
}

/** Sums of opacity in cells of 10 x 10 pixels. */
function cells(picture: Picture): readonly number[] {
  const across = Math.ceil(picture.widthPx / 10);
  const count = across * Math.ceil(picture.heightPx / 10);
  const sums = Array.from({ length: count }, () => 0);
  for (const [i, opacity] of opacities(picture).entries()) {
    const [x, y] = [i % picture.widthPx, Math.floor(i / picture.widthPx)];
    sums[Math.floor(y / 10) * across + Math.floor(x / 10)]! += opacity;
  }
  return sums;
}

function correlation(one: readonly number[], other: readonly number[]): number {
  const mean = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0) / all.length;
  const [m, n] = [mean(one), mean(other)];
  const product = (a: readonly number[], b: readonly number[], p: number, q: number): number =>
    a.reduce((sum, each, i) => sum + (each - p) * (b[i]! - q), 0);
  return (
    product(one, other, m, n) / Math.sqrt(product(one, one, m, m) * product(other, other, n, n))
  );
}

describe.skipIf(!hasChromium())('the points', () => {
  const suite = pageSuite();
  let script: string;

  beforeAll(async () => {
    script = await bundlePointsStage();
  });

  async function stage(capacity = 65_536): Promise<Page> {
    const { page } = await watchedPage(suite.browser);
    suite.afterwards(() => page.context().close());
    await page.addScriptTag({ content: script });
    await page.evaluate((size) => {
      const { PointsStage } = globalThis as unknown as Record<string, new (n: number) => unknown>;
      Object.assign(globalThis, { stage: new PointsStage!(size) });
    }, capacity);
    return page;
  }
  const act = <Asked, Told>(
    page: Page,
    run: (on: PointsStage, asked: Asked) => Told,
    asked: Asked,
  ): Promise<Told> =>
    page.evaluate(
      `(${run.toString()})(globalThis.stage, ${JSON.stringify(asked)})`,
    ) as Promise<Told>;
  const push = (page: Page, panel: 0 | 1, points: readonly StagePoint[]): Promise<void> =>
    act(page, (on, [at, all]) => on.push(at, all), [panel, points] as const);
  const paint = (page: Page, name: RendererName, view: View = VIEW): Promise<Picture> =>
    act(page, (on, [who, what]) => on.paint(who, what), [name, view] as const);

  /** Both draw, and to the eye the same. */
  async function expectAlike(page: Page, view: View = VIEW): Promise<Picture> {
    const canvas = await paint(page, 'canvas', view);
    const webgl = await paint(page, 'webgl', view);
    expect([canvas.drawn, webgl.drawn]).toEqual([true, true]);
    expect(difference(canvas, webgl)).toBeLessThan(0.5);
    if (total(canvas) > 0) expect(correlation(cells(canvas), cells(webgl))).toBeGreaterThan(0.995);
    return webgl;
  }

  describe('look the same whoever draws them', () => {
    it.each([1, 40, 2_000, 30_000])('%i of them', async (count) => {
      const page = await stage();
      await push(page, 0, crowd(count, 3));
      await push(page, 1, crowd(count, 4));
      const picture = await expectAlike(page);
      if (count > 1) expect(total(picture)).toBeGreaterThan(20_000);
    });

    it('zoomed, panned, larger and smaller again', async () => {
      const page = await stage();
      await push(page, 0, crowd(4_000, 5));
      await push(page, 1, crowd(4_000, 6));
      await expectAlike(page, { ...VIEW, fromSec: BASE_SEC - 4_000, toSec: BASE_SEC - 3_700 });
      await expectAlike(page, { ...VIEW, lowUsd: 87_000, highUsd: 87_600 });
      await expectAlike(page, { ...VIEW, widthPx: 900, heightPx: 500, fontPx: 30 });
      await expectAlike(page);
    });

    it('in the colours of their panels, however dense', async () => {
      const page = await stage();
      const heap: StagePoint[] = Array.from({ length: 3_000 }, () => [BASE_SEC - 5_400, 87_400]);
      for (const panel of [0, 1] as const) await push(page, panel, [...heap, ...crowd(100, 2)]);
      const colours = [
        [0x35, 0xc6, 0xe8],
        [0xf0, 0xa0, 0x4b],
      ];
      for (const name of RENDERERS) {
        const { rgba, panels, widthPx } = await paint(page, name);
        const bytes = Buffer.from(rgba, 'base64');
        const seen = [new Set<number>(), new Set<number>()] as const;
        for (let at = 0; at < bytes.length; at += 4) {
          const opacity = bytes[at + 3]!;
          // What is fainter has too few steps of its own to tell its colour.
          if (opacity < 40) continue;
          const side = (at / 4) % widthPx < panels[1]!.leftPx ? 0 : 1;
          seen[side].add(opacity);
          const off = colours[side]!.map((want, i) => Math.abs(want - bytes[at + i]!));
          expect(Math.max(...off), `${name} ${opacity}`).toBeLessThan(6);
        }
        for (const each of seen) expect(each.has(255) && each.size > 4).toBe(true);
      }
    });

    it('after more came, some left and all were taken away, around the end of the ring', async () => {
      const page = await stage(2_048);
      const all = crowd(6_000, 7);
      for (let from = 0; from < all.length; from += 750) {
        await push(page, 1, all.slice(from, from + 750));
        await push(page, 0, all.slice(from, from + 10));
        await expectAlike(page);
      }
      await act(page, (on, before) => on.dropBefore(before), BASE_SEC - 1_500);
      await expectAlike(page);
      await act(page, (on) => on.clear(1), null);
      await push(page, 1, all.slice(0, 300));
      await expectAlike(page);
    });

    it('a year after the first of them', async () => {
      const page = await stage(1_024);
      const later = 31_536_000;
      await push(page, 1, crowd(900, 8));
      await expectAlike(page);
      await push(
        page,
        1,
        crowd(900, 9).map(([timeSec, usd]) => [timeSec! + later, usd] as const),
      );
      const view = { ...VIEW, fromSec: BASE_SEC + later - 300, toSec: BASE_SEC + later };
      expect(total(await expectAlike(page, view))).toBeGreaterThan(1_000);
    });
  });

  describe.each(RENDERERS)('by %s', (name) => {
    it('are round dots around their pixel', async () => {
      const page = await stage();
      await push(page, 0, [[BASE_SEC - 5_400, Math.sqrt(85_000 * 90_000)]]);
      const picture = await paint(page, name);
      const { widthPx, panels, plotHeightPx } = picture;
      const all = opacities(picture);
      const sum = total(picture);
      const meanOf = (place: (i: number) => number): number =>
        all.reduce((mean, opacity, i) => mean + (place(i) * opacity) / sum, 0);
      const [x, y] = [meanOf((i) => i % widthPx), meanOf((i) => Math.floor(i / widthPx))];
      expect(Math.abs(x - panels[0]!.widthPx / 2)).toBeLessThan(0.6);
      expect(Math.abs(y - plotHeightPx / 2)).toBeLessThan(0.6);
      for (const middle of [x, y]) expect(Math.abs(middle - Math.round(middle))).toBeLessThan(0.02);
      const opacityAt = (right: number, down: number): number =>
        all[(Math.round(y) + down) * widthPx + Math.round(x) + right]!;
      expect(opacityAt(0, 0)).toBeGreaterThan(200);
      for (const away of [1, 2, 3]) {
        const ring = [opacityAt(-away, 0), opacityAt(away, 0)];
        ring.push(opacityAt(0, -away), opacityAt(0, away));
        expect(Math.max(...ring) - Math.min(...ring)).toBeLessThan(3);
      }
      expect([opacityAt(4, 0), opacityAt(0, 4)]).toEqual([0, 0]);
    });

    it('stay in their panels', async () => {
      const page = await stage();
      const edge: StagePoint[] = [];
      for (let i = -5; i <= 5; i += 1) {
        for (const atSec of [VIEW.fromSec, VIEW.toSec]) {
          edge.push([atSec + i * 30, 87_400], [atSec + i * 30, 90_000], [atSec + i * 30, 85_000]);
        }
      }
      await push(page, 0, edge);
      await push(page, 1, edge);
      const picture = await paint(page, name);
      const outside = [...opacities(picture)].filter((opacity, i) => {
        const [x, y] = [i % picture.widthPx, Math.floor(i / picture.widthPx)];
        const isInside = picture.panels.some(
          ({ leftPx, widthPx }) => x >= leftPx && x < leftPx + widthPx,
        );
        return opacity > 0 && !(isInside && y < picture.plotHeightPx);
      });
      expect(outside).toEqual([]);
      expect(total(picture)).toBeGreaterThan(500);
      await expectAlike(page);
    });

    it('are not drawn where they are no numbers or beyond the scale', async () => {
      const page = await stage();
      await push(page, 1, [
        [BASE_SEC + 900, 87_400],
        [BASE_SEC - 100, null],
        [null, 87_400],
        [BASE_SEC - 200, 0],
        [BASE_SEC - 200, -5],
        [BASE_SEC - 300, 84_990],
        [BASE_SEC - 300, 90_010],
      ]);
      const picture = await paint(page, name);
      expect(picture.drawn).toBe(true);
      expect(total(picture)).toBe(0);
    });

    it('are nothing to draw while there are none', async () => {
      const page = await stage();
      const picture = await paint(page, name);
      expect([picture.drawn, total(picture)]).toEqual([true, 0]);
    });
  });

  async function visit(search: string, prepare?: (page: Page) => Promise<unknown>) {
    const server = await StandIn.start({ greeting: () => greeting(), health: () => health() });
    const watched = await watchedPage(suite.browser, { viewport: { width: 1280, height: 800 } });
    suite.afterwards(
      () => server.stop(),
      () => watched.page.context().close(),
    );
    await prepare?.(watched.page);
    await watched.page.goto(server.url + search);
    await lineIs(watched.page, 'live');
    await textIs(watched.page, '#confirmed-count', /9,000/);
    await framesLater(watched.page, 3);
    return { ...watched, server };
  }
  const rendererIs = async (page: Page, name: RendererName): Promise<void> => {
    await page.waitForSelector(`html[data-renderer="${name}"]`, { state: 'attached' });
  };
  /** How many pixels of the chart are in the points' colours. */
  const coloured = (page: Page): Promise<number> =>
    page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#chart-base')!;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (Math.abs(data[i]! - data[i + 2]!) > 60) count += 1;
      }
      return count;
    });
  /** Keeps hold of every WebGL context that the page opens. */
  const keepContexts = (page: Page): Promise<unknown> =>
    page.addInitScript(() => {
      const opened: WebGL2RenderingContext[] = [];
      Object.assign(globalThis, { opened });
      const { prototype } = HTMLCanvasElement;
      const real = Object.getOwnPropertyDescriptor(prototype, 'getContext')!.value as (
        ...asked: unknown[]
      ) => unknown;
      Object.defineProperty(prototype, 'getContext', {
        value(this: HTMLCanvasElement, ...asked: unknown[]) {
          const context = real.apply(this, asked);
          if (context instanceof WebGL2RenderingContext) opened.push(context);
          return context;
        },
      });
    });

  it('are drawn by whom the address names, with one context for both panels', async () => {
    for (const name of RENDERERS) {
      const { page, complaints } = await visit(`?renderer=${name}`, keepContexts);
      await rendererIs(page, name);
      expect(await coloured(page)).toBeGreaterThan(5_000);
      const opened = await page.evaluate(
        () => (globalThis as unknown as { opened: unknown[] }).opened.length,
      );
      expect(opened).toBe(name === 'webgl' ? 1 : 0);
      expect(complaints).toEqual([]);
    }
  });

  it('are not left to a graphics card that is made of software', async () => {
    const { page } = await visit('');
    await rendererIs(page, 'canvas');
  });

  it('are drawn all the same where there is no WebGL', async () => {
    const { page, complaints } = await visit('?renderer=webgl', (fresh) =>
      fresh.addInitScript(() => {
        const { prototype } = HTMLCanvasElement;
        const real = Object.getOwnPropertyDescriptor(prototype, 'getContext')!.value as (
          ...asked: unknown[]
        ) => unknown;
        Object.defineProperty(prototype, 'getContext', {
          value(this: HTMLCanvasElement, ...asked: unknown[]) {
            return asked[0] === 'webgl2' ? null : real.apply(this, asked);
          },
        });
      }),
    );
    await rendererIs(page, 'canvas');
    expect(await coloured(page)).toBeGreaterThan(5_000);
    expect(complaints).toEqual([]);
  });

  it('are drawn all the same where the card does not take the program, which is told', async () => {
    const { page, complaints } = await visit('?renderer=webgl', (fresh) =>
      fresh.addInitScript(() => {
        const { prototype } = WebGL2RenderingContext;
        Object.defineProperty(prototype, 'getProgramParameter', { value: () => false });
      }),
    );
    await rendererIs(page, 'canvas');
    expect(await coloured(page)).toBeGreaterThan(5_000);
    await page.setViewportSize({ width: 900, height: 800 });
    await framesLater(page, 3);
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain('the program of the points');
  });

  it('do not go when the card is lost, and return to it when it is back', async () => {
    const { page, complaints } = await visit('?renderer=webgl', keepContexts);
    await rendererIs(page, 'webgl');
    const switchCard = (does: 'loseContext' | 'restoreContext'): Promise<void> =>
      page.evaluate((name) => {
        const kept = globalThis as unknown as {
          opened: WebGL2RenderingContext[];
          card?: WEBGL_lose_context;
        };
        kept.card ??= kept.opened[0]!.getExtension('WEBGL_lose_context')!;
        kept.card[name]();
      }, does);
    const before = await coloured(page);
    await switchCard('loseContext');
    await rendererIs(page, 'canvas');
    expect(Math.abs((await coloured(page)) / before - 1)).toBeLessThan(0.05);
    await switchCard('restoreContext');
    await rendererIs(page, 'webgl');
    expect(Math.abs((await coloured(page)) / before - 1)).toBeLessThan(0.05);
    expect(complaints).toEqual([]);
  });

  it('follow the size of the window on the card', async () => {
    const { page } = await visit('?renderer=webgl');
    await rendererIs(page, 'webgl');
    for (const [width, height] of [
      [700, 900],
      [1500, 820],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.waitForFunction(() => {
        const canvas = document.querySelector<HTMLCanvasElement>('#chart-base')!;
        return canvas.width === Math.round(canvas.getBoundingClientRect().width);
      });
      await framesLater(page, 2);
      expect(await coloured(page)).toBeGreaterThan(5_000);
    }
    await rendererIs(page, 'webgl');
  });
});
