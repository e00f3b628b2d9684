/** What every file of tests of the page sets up, and takes down again. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { launchChromium } from './browser.ts';
import { buildPageIfNeeded } from './page-files.ts';
import { Visits } from './visits.ts';

export interface PageSuite {
  /** One for all tests; there once they run. */
  readonly browser: Browser;
  /** Pages and servers that are closed after each test. */
  readonly visits: Visits;
  /** What else is to be closed after the test, the last one first. */
  afterwards(...closing: (() => Promise<void>)[]): void;
}

/** For the suite that is being described: builds the page where that is needed. */
export function pageSuite(): PageSuite {
  let browser: Browser | undefined;
  let closing: (() => Promise<void>)[] = [];
  const running = (): Browser => {
    if (!browser) throw new Error('the browser is there once the tests run');
    return browser;
  };
  const visits = new Visits(running);
  beforeAll(async () => {
    await buildPageIfNeeded();
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    await visits.close();
    for (const close of closing.reverse()) await close();
    closing = [];
  });
  return {
    get browser() {
      return running();
    },
    visits,
    afterwards: (...more) => void closing.push(...more),
  };
}
