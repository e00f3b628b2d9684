/** Pages and stand-ins of a server that a test opens, and that are closed after it. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type WatchedPage, watchedPage } from './browser.ts';
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
