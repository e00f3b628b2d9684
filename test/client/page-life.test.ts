/** A page whose network goes and comes, and that nobody looks at for a while. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { hasChromium, launchChromium, watchedPage } from '../e2e/browser.ts';
import { type RealServer, startServer } from '../e2e/real-server.ts';
import { type ClientPages, serveClient } from './client-page.ts';
import { HostileServer, passTo } from './hostile-server.ts';

const IS_LIVE = 'window.latest?.isLive && said.at(-1).state === "live"';

interface Said {
  readonly state: string;
  readonly offline: boolean;
  readonly retryAtMs: number | null;
  readonly failures: number;
  /** What the browser said of its network at that moment. */
  readonly online: boolean;
  readonly atMs: number;
}

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

  /** A page that watches the price through a network that the test can cut. */
  async function watching(): Promise<{ readonly page: Page; readonly network: HostileServer }> {
    const network = await HostileServer.start(passTo(server.port));
    const { page } = await watchedPage(browser);
    onTestFinished(() => page.context().close());
    // The longest waits, so that whatever is early is so for a reason.
    await page.addInitScript('Math.random = () => 0.999');
    await page.goto(pages.url);
    await page.waitForFunction('window.ready');
    // Not this machine's own name: without a network that is out of reach.
    const url = network.url.replace('127.0.0.1', 'away.test');
    await page.evaluate(`watch(${JSON.stringify(url)}, [])`);
    await page.waitForFunction(IS_LIVE);
    return { page, network };
  }

  test('offline nothing is live or tried, and back online it tries at once', async () => {
    const { page, network } = await watching();
    const dead = { onConnect: (): void => {} };
    const passage = network.behaviour as ReturnType<typeof passTo>;
    passage.isStalled = true;
    network.behaviour = dead;
    await page.context().setOffline(true);
    await page.waitForFunction('said.at(-1).offline');
    expect(await page.evaluate('window.latest.isLive')).toBe(false);
    const away = (await page.evaluate('said.at(-1)')) as Said;
    expect(away).toMatchObject({ state: 'reconnecting', online: false });
    network.behaviour = passTo(server.port);
    await page.context().setOffline(false);
    await page.waitForFunction(IS_LIVE);
    const said = (await page.evaluate('said')) as Said[];
    for (const { state, offline } of said) expect([state, offline]).not.toEqual(['live', true]);
    const since = said.slice(said.findIndex(({ online }) => !online));
    expect([...new Set(since.map(({ state }) => state))]).toEqual(['reconnecting', 'live']);
    expect(since.at(-1)!.failures).toBe(away.failures);
  });

  test('shown again it tries at once, and does not wait for its turn', async () => {
    const { page, network } = await watching();
    await hide(page, true);
    network.behaviour = { onConnect: (socket) => socket.resetAndDestroy() };
    network.cut();
    await page.waitForFunction('said.at(-1).retryAtMs !== null');
    const waiting = (await page.evaluate('said.at(-1)')) as Said;
    network.behaviour = passTo(server.port);
    await hide(page, false);
    await page.waitForFunction(IS_LIVE);
    const live = (await page.evaluate('said.at(-1)')) as Said;
    expect(live.atMs).toBeLessThan(waiting.retryAtMs!);
  });
});

/** Chromium without a screen shows every page: it is told otherwise. */
async function hide(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate(
    (state) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, value: state });
      document.dispatchEvent(new Event('visibilitychange'));
    },
    isHidden ? 'hidden' : 'visible',
  );
}
