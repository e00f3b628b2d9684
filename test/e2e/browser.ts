/** The system's Chromium for tests, and a watch over everything a page must not do. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { PICTURES_DIR } from './page-files.ts';

const CHROMIUM = '/usr/bin/chromium';
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A name that is not this machine's, for what only happens away from it.
  '--host-resolver-rules=MAP away.test 127.0.0.1',
];

/**
 * Whether browser tests can run. Without Chromium they are skipped with a notice; under CI=true
 * its absence is a failure.
 */
export function hasChromium(): boolean {
  if (existsSync(CHROMIUM)) return true;
  const message = `${CHROMIUM} is missing (on Debian: sudo apt-get install -y chromium)`;
  if (process.env.CI === 'true') throw new Error(message);
  console.warn(`tests of the page in a browser are skipped: ${message}`);
  return false;
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: ARGS });
}

export interface WatchedPage {
  readonly page: Page;
  /** Errors on the console, uncaught errors, breaches of the content policy. */
  readonly complaints: readonly string[];
  /** Hosts that were asked for anything, WebSockets included. */
  readonly hosts: ReadonlySet<string>;
}

/** Opens a page of its own context and keeps account of what it does from its first request. */
export async function watchedPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ locale: 'en-US', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  page.on('websocket', (socket) => hosts.add(new URL(socket.url()).host));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      console.error(`content policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  return { page, complaints, hosts };
}

/** Saves what the page looks like now. */
export async function photograph(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(PICTURES_DIR, `${name}.png`), fullPage: true });
}

/** Waits until the line is in the state; its name is that of `LineStatus`. */
export async function lineIs(page: Page, kind: string): Promise<void> {
  await page.waitForSelector(`#line[data-kind="${kind}"]`);
}

/** Waits until an element has a text that fits. */
export async function textIs(page: Page, selector: string, wanted: RegExp): Promise<void> {
  await page.waitForFunction(
    ([css, source]) => new RegExp(source).test(document.querySelector(css)?.textContent ?? ''),
    [selector, wanted.source] as const,
  );
}

/** Waits until the page was drawn some more times. */
export async function framesLater(page: Page, count: number): Promise<void> {
  await page.evaluate(
    (wanted) =>
      new Promise<void>((resolve) => {
        const step = (left: number): void => {
          if (left === 0) resolve();
          else requestAnimationFrame(() => step(left - 1));
        };
        step(wanted);
      }),
    count,
  );
}
