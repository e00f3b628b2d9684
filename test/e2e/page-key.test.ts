/** The page and a server that asks for a key. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, launchChromium, lineIs, photograph, textIs, watchedPage } from './browser.ts';
import { buildPageIfNeeded } from './page-files.ts';
import { type RealServer, startServer } from './real-server.ts';

const KEY = 'a.key~of-the_tests';
const WITHIN_MS = 90_000;
const NO_POLICY_BROKEN = /content policy|uncaught/;

describe.skipIf(!hasChromium())('a server with keys', () => {
  let browser: Browser;
  let server: RealServer;
  let page: Page;
  let directory: string;
  let complaints: readonly string[];

  beforeAll(async () => {
    await buildPageIfNeeded();
    directory = mkdtempSync(path.join(tmpdir(), 'tidegauge-page-key-'));
    const file = path.join(directory, 'keys');
    writeFileSync(file, `page:${KEY}\n`);
    [browser, server] = await Promise.all([
      launchChromium(),
      startServer(0, { API_KEYS_FILE: file }),
    ]);
    ({ page, complaints } = await watchedPage(browser, { viewport: { width: 1280, height: 800 } }));
    page.setDefaultTimeout(WITHIN_MS);
    await page.goto(server.url);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end('SIGKILL');
    rmSync(directory, { recursive: true });
  });

  it('asks for one, in place of what cannot be shown', { timeout: WITHIN_MS }, async () => {
    await page.waitForSelector('#key:not([hidden])');
    await lineIs(page, 'key-needed');
    expect(await page.textContent('#key-title')).toBe('This server asks for a key');
    expect(await page.isVisible('#price')).toBe(false);
    expect(await page.isVisible('#forget-key')).toBe(false);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('key-input');
    expect(await page.getByLabel('Key or token').count()).toBe(1);
    await photograph(page, 'key-asked');
  });

  it('says that a wrong one is wrong', async () => {
    await page.keyboard.type('not-the-right-key');
    await page.keyboard.press('Enter');
    await textIs(page, '#key-problem', /^This key is not valid/);
    expect(await page.getAttribute('#key-input', 'aria-invalid')).toBe('true');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('key-input');
    await photograph(page, 'key-wrong');
  });

  it('shows all with the right one', { timeout: WITHIN_MS }, async () => {
    await page.keyboard.type(KEY);
    await page.keyboard.press('Enter');
    await lineIs(page, 'live');
    expect(await page.isVisible('#key')).toBe(false);
    expect(await page.isVisible('#price')).toBe(true);
    await textIs(page, '#stat-received', /^[1-9][\d,]*$/);
    await page.click('#link-heatmap');
    await page.waitForSelector('#heatmap:not([data-map="waiting"])');
    await page.waitForSelector('#heat-note', { state: 'hidden' });
    await photograph(page, 'key-right');
  });

  it('knows it at the next visit', { timeout: WITHIN_MS }, async () => {
    await page.goto(`${server.url}#/price`);
    await page.reload();
    await lineIs(page, 'live');
    expect(await page.isVisible('#key')).toBe(false);
  });

  it('forgets it when told to', { timeout: WITHIN_MS }, async () => {
    await page.click('#forget-key');
    await page.waitForSelector('#key:not([hidden])');
    await lineIs(page, 'key-needed');
    expect(await page.evaluate(() => localStorage.getItem('tidegauge.key'))).toBe(null);
    await page.reload();
    await page.waitForSelector('#key:not([hidden])');
  });

  it('after too many wrong ones says to wait', { timeout: WITHIN_MS }, async () => {
    for (let i = 0; i < 10; i++) {
      const tried = page.waitForResponse(/api\/v1\/price/);
      await page.fill('#key-input', `wrong-${i}`);
      await page.press('#key-input', 'Enter');
      await tried;
      await page.waitForSelector('#key-button:not([disabled])');
    }
    await textIs(page, '#key-problem', /^Too many wrong keys came from your address\. Wait/);
    await photograph(page, 'key-locked');
  });

  it('broke no rule of the page', () => {
    expect(complaints.filter((each) => NO_POLICY_BROKEN.test(each))).toEqual([]);
  });
});
