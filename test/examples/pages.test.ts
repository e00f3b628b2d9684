/** The examples that are pages, in Chromium, on an origin of their own. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  hasChromium,
  launchChromium,
  textIs,
  type WatchedPage,
  watchedPage,
} from '../e2e/browser.ts';
import { type RealServer, startServer } from '../e2e/real-server.ts';
import { importScript, ROOT } from '../package/installed-client.ts';
import { type PageServer, servePages } from '../package/page-server.ts';
import { Gate } from './gate.ts';
import { EXAMPLES_DIR } from './runtimes.ts';

const TIMEOUT_MS = 90_000;
const MINIFIED = path.join(ROOT, 'packages', 'client', 'dist', 'tidegauge.min.js');

const PAGES = [
  {
    name: 'bare-websocket',
    element: '#price',
    live: /^\$[\d.]+ \([\d.]+ to [\d.]+\), live, DEMO$/,
    stale: /^stale: 1006 nothing came for 15 s$/,
  },
  {
    name: 'sdk',
    element: 'p',
    live: /^\$[\d.]+ DEMO live$/,
    stale: /^\$[\d.]+ DEMO \d+ s old$/,
  },
] as const;

describe.skipIf(!hasChromium())('example pages', { timeout: TIMEOUT_MS }, () => {
  let directory: string;
  let pages: PageServer;
  let browser: Browser;

  beforeAll(async () => {
    const { buildClient } = (await importScript('build-client.mjs')) as {
      readonly buildClient: (nodePath: string) => Promise<void>;
    };
    await buildClient(process.execPath);
    directory = mkdtempSync(path.join(tmpdir(), 'tidegauge-'));
    for (const { name } of PAGES) {
      copyFileSync(
        path.join(EXAMPLES_DIR, name, 'index.html'),
        path.join(directory, `${name}.html`),
      );
    }
    copyFileSync(MINIFIED, path.join(directory, 'tidegauge.min.js'));
    [pages, browser] = await Promise.all([servePages(directory), launchChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await pages?.close();
    rmSync(directory, { recursive: true });
  });

  async function startOpenServer(port = 0): Promise<RealServer> {
    const server = await startServer(port, { DRAIN_SECONDS: '1', ALLOWED_ORIGINS: pages.origin });
    onTestFinished(() => server.end('SIGKILL'));
    return server;
  }

  async function openAll(serverUrl: string): Promise<WatchedPage[]> {
    const opened = await Promise.all(PAGES.map(() => watchedPage(browser)));
    onTestFinished(async () => {
      await Promise.all(opened.map(({ page }) => page.context().close()));
    });
    for (const [index, { page }] of opened.entries()) {
      page.setDefaultTimeout(TIMEOUT_MS);
      await page.goto(`${pages.origin}/${PAGES[index]!.name}.html?server=${serverUrl}`);
    }
    return opened;
  }

  test('live, silent, live, restarted, live', async () => {
    const server = await startOpenServer();
    const gate = await Gate.open(server.port);
    onTestFinished(() => gate.close());
    const opened = await openAll(gate.url);
    const all = (state: 'live' | 'stale'): Promise<unknown> =>
      Promise.all(
        PAGES.map((each, index) => textIs(opened[index]!.page, each.element, each[state])),
      );
    await all('live');
    gate.shut();
    await all('stale');
    gate.reopen();
    await all('live');
    const next = await startOpenServer();
    gate.port = next.port;
    await server.end('SIGTERM');
    await expect.poll(() => clientsOf(next), { timeout: TIMEOUT_MS }).toBe(PAGES.length);
    await all('live');
    const uncaught = opened.flatMap(({ complaints }) => complaints).filter(isUncaught);
    expect(uncaught).toEqual([]);
  });

  test('twenty lines: live, restarted, live, silent, live', async () => {
    const server = await startOpenServer();
    const file = path.join(EXAMPLES_DIR, 'bare-websocket', 'twenty-lines.html');
    const gate = await Gate.open(server.port);
    onTestFinished(() => gate.close());
    const text = readFileSync(file, 'utf8')
      .replace('ws://localhost:8000', gate.url)
      .replace('Math.random() * 30_000', '500');
    writeFileSync(path.join(directory, 'twenty-lines.html'), text);
    const { page } = await watchedPage(browser);
    onTestFinished(() => page.context().close());
    page.setDefaultTimeout(TIMEOUT_MS);
    await page.goto(`${pages.origin}/twenty-lines.html`);
    await textIs(page, '#price', /^\$[\d.]+, live, DEMO$/);
    const next = await startOpenServer();
    gate.port = next.port;
    const closed = textIs(page, '#price', /^not live: 1012 reconnect after \d+ ms$/);
    await Promise.all([closed, server.end('SIGTERM')]);
    await textIs(page, '#price', /^\$[\d.]+, live, DEMO$/);
    gate.shut();
    await textIs(page, '#price', /^not live: nothing comes$/);
    gate.reopen();
    await textIs(page, '#price', /^\$[\d.]+, live, DEMO$/);
  });
});

async function clientsOf(server: RealServer): Promise<number> {
  const health = await (await fetch(`${server.url}health`)).json();
  return (health as { readonly clients_connected: number }).clients_connected;
}

/** A line that cannot be had is on the console too, and belongs there. */
function isUncaught(complaint: string): boolean {
  return complaint.startsWith('uncaught');
}
