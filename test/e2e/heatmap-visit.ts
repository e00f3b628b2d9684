/** Opens the page's heatmap against a stand-in of the server, and looks at it. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { framesLater, type WatchedPage, watchedPage } from './browser.ts';
import { greeting, health } from './samples.ts';
import { StandIn, type StandInOptions } from './stand-in.ts';

/** What was opened, to be closed after each test, the newest first. */
export class Visits {
  readonly #browser: () => Browser;
  #closing: (() => Promise<void>)[] = [];

  constructor(browser: () => Browser) {
    this.#browser = browser;
  }

  async serve(options: StandInOptions = {}): Promise<StandIn> {
    const server = await StandIn.start({
      greeting: () => greeting(),
      health: () => health(),
      ...options,
    });
    this.#closing.push(() => server.stop());
    return server;
  }

  /** @param hash what the address says is to be seen */
  async open(
    url: string,
    hash: string,
    options: BrowserContextOptions = {},
    prepare?: (page: Page) => Promise<void>,
  ): Promise<WatchedPage> {
    const viewport = { width: 1280, height: 800 };
    const watched = await watchedPage(this.#browser(), { viewport, ...options });
    this.#closing.push(() => watched.page.context().close());
    await prepare?.(watched.page);
    await watched.page.goto(`${url}${hash}`);
    return watched;
  }

  async close(): Promise<void> {
    for (const close of this.#closing.reverse()) await close();
    this.#closing = [];
  }
}

/** Waits until the line of the map is in the state; its name is that of `HeatStatus`. */
export async function mapLineIs(page: Page, kind: string): Promise<void> {
  await page.waitForSelector(`#heat-line[data-kind="${kind}"]`);
}

/** Waits until the map is drawn and its axis has come to rest. */
export async function mapIsThere(page: Page): Promise<void> {
  await page.waitForSelector('#heatmap[data-map="there"]');
  await mapLineIs(page, 'live');
  await framesLater(page, 3);
}

export interface Hues {
  readonly blue: number;
  readonly orange: number;
}

/** How many pixels of the map have the hue, above and below the middle of its height. */
export function mapHues(page: Page): Promise<{ above: Hues; below: Hues }> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('#heat-base')!;
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < data.length; i += 4) {
      const place = (i / 4 / width) * 2 < height ? 0 : 2;
      const [red, , blue] = [data[i]!, data[i + 1]!, data[i + 2]!];
      if (blue > red + 30) counts[place]! += 1;
      if (red > blue + 30) counts[place + 1]! += 1;
    }
    const [blueAbove, orangeAbove, blueBelow, orangeBelow] = counts as [
      number,
      number,
      number,
      number,
    ];
    return {
      above: { blue: blueAbove, orange: orangeAbove },
      below: { blue: blueBelow, orange: orangeBelow },
    };
  });
}
