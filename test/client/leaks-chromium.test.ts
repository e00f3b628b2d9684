/** After `close()` nothing is left in a page: no socket, no listener, nothing of the client. */
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium, watchedPage } from '../e2e/browser.ts';
import { type RealServer, startServer } from '../e2e/real-server.ts';
import { type ClientPages, serveClient } from './client-page.ts';
import { heapCounts } from './heap-counts.ts';

const ROUNDS = 20;
/** V8 keeps the newest shapes of objects, an update's getters among them, and so who made it. */
const CLIENTS_KEPT_MAX = 2;
/** A port that nobody listens on. */
const NOBODY = 'ws://127.0.0.1:9';

describe.skipIf(!hasChromium())('in Chromium', () => {
  let pages: ClientPages;
  let server: RealServer;
  let browser: Browser;

  beforeAll(async () => {
    pages = await serveClient();
    const settings = { ALLOWED_ORIGINS: pages.origin, MEMPOOL_UPDATE_INTERVAL_MS: '100' };
    [browser, server] = await Promise.all([launchChromium(), startServer(0, settings)]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end('SIGKILL');
    await pages?.close();
  });

  async function openPage(): Promise<{ readonly page: Page; readonly session: CDPSession }> {
    const { page } = await watchedPage(browser);
    await page.goto(pages.url);
    await page.waitForFunction('window.ready');
    return { page, session: await page.context().newCDPSession(page) };
  }

  /** How many sockets of the page the server has. */
  async function connected(): Promise<unknown> {
    const health = (await (await fetch(`${server.url}health`)).json()) as {
      [name: string]: unknown;
    };
    return health.clients_connected;
  }

  test('closed clients leave nothing in the heap and no listener, whatever state they were in', async () => {
    const { page, session } = await openPage();
    const without = await heapCounts(session);
    const listenersWithout = await listeners(session);
    await page.evaluate(`watch(${JSON.stringify(server.url)}, ['BTCUSDT'])`);
    await page.waitForFunction('window.latest !== undefined');
    const its = ['window online', 'window offline', 'document visibilitychange'];
    expect(await listeners(session)).toEqual([...listenersWithout, ...its].toSorted());
    expect(await connected()).toBe(2);
    const open = await heapCounts(session);
    const parts = [...open.keys()].filter((name) => !without.has(name) && !isOfBrowser(name));
    expect(parts).toEqual(expect.arrayContaining(['WebSocket', 'Mark', 'Client']));

    await page.evaluate('finish()');
    expect(await listeners(session)).toEqual(listenersWithout);
    for (const rounds of [1, ROUNDS]) {
      for (const [state, url] of [
        ['live', server.url],
        ['connecting', server.url],
        ['waiting', NOBODY],
      ]) {
        await page.evaluate(`leave(${JSON.stringify(url)}, '${state}', ${rounds})`);
      }
      const left = async (): Promise<readonly string[]> => {
        const counts = await heapCounts(session);
        return parts.filter((name) => (counts.get(name) ?? 0) > CLIENTS_KEPT_MAX * open.get(name)!);
      };
      // The browser ends its sockets in its own time.
      await expect.poll(left, { timeout: 15_000 }).toEqual([]);
      await expect.poll(connected, { timeout: 15_000 }).toBe(0);
    }
    expect(await listeners(session)).toEqual(listenersWithout);
    await page.context().close();
  });
});

/** What listens on the window and the document. */
async function listeners(session: CDPSession): Promise<readonly string[]> {
  const found: string[] = [];
  for (const expression of ['window', 'document']) {
    const { result } = await session.send('Runtime.evaluate', { expression });
    const { listeners: all } = await session.send('DOMDebugger.getEventListeners', {
      objectId: result.objectId!,
    });
    found.push(...all.map(({ type }) => `${expression} ${type}`));
  }
  return found.toSorted();
}

/**
 * What comes with the first use of something and stays, once: such as `Event (prototype) / …`, or
 * the last event of all.
 */
function isOfBrowser(name: string): boolean {
  return /^system \/|\((?:prototype|internal cache)\) \/|^Navigator$|Event$|^DOMException$/.test(
    name,
  );
}
