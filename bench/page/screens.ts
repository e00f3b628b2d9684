/** The built page in the system's Chromium, before a stand-in of the server. */
import process from 'node:process';
import type { Browser, BrowserContextOptions, CDPSession, Page } from 'playwright-core';
import { launchChromium, watchedPage } from '../../test/e2e/browser.ts';
import { buildPageIfNeeded, PAGE_DIR } from '../../test/e2e/page-files.ts';
import { health } from '../../test/e2e/samples.ts';
import { StandIn, type StandInOptions } from '../../test/e2e/stand-in.ts';
import type { Finding } from '../table.ts';

/** Who draws the points; `chosen` leaves it to the page. */
export type Renderer = 'webgl' | 'canvas' | 'chosen';

export interface Sight {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly renderer: Renderer;
  /** What the address says is to be seen. */
  readonly hash: string;
}

export const LAPTOP: Sight = { widthPx: 1280, heightPx: 800, renderer: 'chosen', hash: '#/price' };
export const WALL: Sight = { ...LAPTOP, widthPx: 3840, heightPx: 2160 };

/** Another build of the page, to compare with: the folder with its index.html. */
const { PAGE_DIST } = process.env;

/** Where the page that is measured lies. */
export function pageDir(): string {
  return PAGE_DIST ?? PAGE_DIR;
}

/** That a page does not do what is measured: a missed bar, unless it is another build. */
export function absentFinding(what: string, measured: string): Finding {
  const bar = PAGE_DIST === undefined ? { text: 'to be measured', met: false } : null;
  return { what, measured, bar };
}

let closing: (() => Promise<unknown>)[] = [];

export async function launch(): Promise<Browser> {
  if (PAGE_DIST === undefined) await buildPageIfNeeded();
  const browser = await launchChromium();
  closing.push(() => browser.close());
  return browser;
}

export async function serve(options: StandInOptions = {}): Promise<StandIn> {
  const server = await StandIn.start({
    health: () => health(),
    pageDir: pageDir(),
    ...options,
  });
  closing.push(() => server.stop());
  return server;
}

export interface Opened {
  readonly page: Page;
  readonly session: CDPSession;
}

/** Opens the page and waits for nothing. @param prepare what is done before it is opened */
export async function open(
  browser: Browser,
  server: StandIn,
  { widthPx, heightPx, renderer, hash }: Sight,
  prepare: (page: Page) => Promise<unknown> = async () => {},
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const viewport = { width: widthPx, height: heightPx };
  const { page } = await watchedPage(browser, { viewport, ...options });
  await prepare(page);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const query = renderer === 'chosen' ? '' : `?renderer=${renderer}`;
  await page.goto(`${server.url}${query}${hash}`);
  return { page, session };
}

/** What the browser counts for a page (CDP Performance.getMetrics), by its names. */
export async function metricsOf(session: CDPSession): Promise<ReadonlyMap<string, number>> {
  const { metrics } = await session.send('Performance.getMetrics');
  return new Map(metrics.map(({ name, value }) => [name, value]));
}

/** User and system time of every process of the browser so far, ms. */
export async function browserCpuMs(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0) * 1_000;
}

/** Closes what was opened, the newest first. */
export async function closeAll(): Promise<void> {
  for (const close of closing.reverse()) await close();
  closing = [];
}
