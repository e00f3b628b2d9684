/** The page in every state that a server can bring it into, said by a stand-in for the server. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import {
  framesLater,
  hasChromium,
  lineIs,
  photograph,
  textIs,
  type WatchedPage,
  watchedPage,
} from './browser.ts';
import { pageSuite } from './page-suite.ts';
import {
  blocks,
  confirmed,
  greeting,
  health,
  hello,
  nowSec,
  price,
  transactions,
  warmingUp,
  warning,
} from './samples.ts';
import { StandIn, type StandInOptions } from './stand-in.ts';

describe.skipIf(!hasChromium())('the page', () => {
  const suite = pageSuite();

  async function serve(options: StandInOptions): Promise<StandIn> {
    const server = await StandIn.start({ health: () => health(), ...options });
    suite.afterwards(() => server.stop());
    return server;
  }

  async function visit(url: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const watched = await watchedPage(suite.browser, {
      viewport: { width: 1280, height: 800 },
      ...options,
    });
    suite.afterwards(() => watched.page.context().close());
    await watched.page.goto(url);
    return watched;
  }

  /** A page that got all that a healthy server says first. */
  async function live(): Promise<{ server: StandIn; page: Page; watched: WatchedPage }> {
    const server = await serve({ greeting: () => greeting() });
    const watched = await visit(server.url);
    await lineIs(watched.page, 'live');
    return { server, page: watched.page, watched };
  }

  const text = (page: Page, selector: string): Promise<string | null> => page.textContent(selector);
  const heroIs = (page: Page): Promise<string | null> => page.getAttribute('#hero', 'data-price');
  const noHarm = ({ complaints, hosts }: WatchedPage, server: StandIn): void => {
    expect(complaints).toEqual([]);
    expect([...hosts]).toEqual([`127.0.0.1:${server.port}`]);
  };

  it('has its shape before any message', async () => {
    const server = await serve({});
    const watched = await visit(server.url);
    await lineIs(watched.page, 'connecting');
    expect(await text(watched.page, '#price')).toBe('–');
    expect(await heroIs(watched.page)).toBe('waiting');
    expect(await text(watched.page, '#price-note')).toBe('Connecting…');
    expect(await watched.page.isVisible('#mempool-note')).toBe(true);
    await photograph(watched.page, 'before-any-message');
    noHarm(watched, server);
  });

  it('waits for mempool data, and says what the node lacks', async () => {
    const detail = 'no answer from tcp://127.0.0.1:28332; is zmqpubrawtx set?';
    const source = { ...health().sources.zmq!, state: 'lost', detail } as const;
    const server = await serve({
      greeting: () => [hello(), warmingUp(0), transactions(1, [], 'e')],
      health: () => health({ mempool_active_txs: 0, sources: { zmq: source } }),
    });
    const { page } = await visit(server.url);
    await lineIs(page, 'warming-up');
    await textIs(page, '#price-note', /^Waiting for mempool data$/);
    await textIs(page, '#notice-text', /^zmq: no answer from tcp/);
    expect(await text(page, '#stat-node')).toBe('zmq lost');
    expect(await heroIs(page)).toBe('none');
    await photograph(page, 'waiting');
  });

  it('warms up with its progress', async () => {
    const server = await serve({
      greeting: () => [hello(), warmingUp(312)],
      health: () => health({ mempool_active_txs: 300 }),
    });
    const { page } = await visit(server.url);
    await textIs(page, '#price-note', /^Warming up: 312 amounts so far$/);
    expect(await text(page, '#line-text')).toBe('Connected, warming up');
    server.say(warmingUp(1313));
    await textIs(page, '#price-note', /1,313/);
    await photograph(page, 'warming-up');
  });

  it('shows the live price with all that belongs to it', async () => {
    const { server, page, watched } = await live();
    expect(await text(page, '#price')).toBe('$87,413');
    expect(await text(page, '#interval')).toBe('$87,210 – $87,604');
    expect(await text(page, '#confidence')).toBe('94%');
    expect(await page.getAttribute('#confidence-meter', 'aria-valuenow')).toBe('94');
    expect(await text(page, '#line-text')).toBe('Live');
    expect(await heroIs(page)).toBe('live');
    expect(await page.isVisible('#demo')).toBe(false);
    await textIs(page, '#mempool-count', /^4,309 points$/);
    await textIs(page, '#confirmed-count', /^9,000 points$/);
    await textIs(page, '#stat-received', /^12,543$/);
    expect(await text(page, '#stat-filtered')).toBe('8,234');
    expect(await text(page, '#stat-active')).toBe('4,309');
    expect(await text(page, '#stat-node')).toBe('connected');
    expect(await text(page, '#stat-block')).toBe('930,123');
    expect(await text(page, '#stat-block-age')).toMatch(/^4 min \d+ s ago$/);
    expect(await text(page, '#stat-uptime')).toBe('2 h 15 min');
    expect(await page.title()).toBe('$87,413 · Tidegauge');
    expect(server.received).toEqual([
      { subscribe: 'price', resume: {} },
      { subscribe: 'transactions', resume: {} },
      { subscribe: 'confirmed', resume: {} },
      { type: 'ping', timestamp: 1 },
    ]);
    // Nothing that something in between could take away is offered without need.
    expect(server.offered).toEqual(['']);
    await photograph(page, 'live');
    noHarm(watched, server);
  });

  it('reads the line and the price out, once', async () => {
    const { server, page } = await live();
    await textIs(page, '#say-price', /^Price \$87,413$/);
    server.say(price({ price: 90_000, low: 89_000, high: 91_000 }));
    await textIs(page, '#price', /^\$90,000$/);
    await textIs(page, '#say-line', /^Live$/);
    expect(await text(page, '#say-price')).toBe('Price $87,413');
    expect(await page.getAttribute('#say-line', 'aria-live')).toBe('polite');
    expect(await page.getAttribute('#say-price', 'aria-live')).toBe('polite');
  });

  it('cannot be mistaken when the data is made up', async () => {
    const server = await serve({ greeting: () => greeting(true) });
    const { page } = await visit(server.url);
    await lineIs(page, 'live');
    expect(await page.isVisible('#demo')).toBe(true);
    expect(await text(page, '#demo')).toBe('DEMO made-up data');
    expect(await page.title()).toBe('DEMO $87,413 · Tidegauge');
    await textIs(page, '#say-price', /^Demo price/);
    await photograph(page, 'demo');
    server.say(price());
    await page.waitForSelector('#demo', { state: 'hidden' });
  });

  it('warns of low confidence', async () => {
    const { server, page } = await live();
    server.say(price({ confidence: 0.31, low: 85_900, high: 88_900 }));
    await textIs(page, '#confidence-word', /^low confidence$/);
    expect(await page.getAttribute('#confidence-meter', 'data-level')).toBe('low');
    expect(await page.getAttribute('#confidence-meter', 'aria-valuetext')).toContain('low');
    await photograph(page, 'low-confidence');
    server.say(price({ confidence: 0.5 }));
    await textIs(page, '#confidence-word', /^$/);
  });

  it('greys the price of a lost source and says since when', async () => {
    const { server, page } = await live();
    const since = Date.UTC(2026, 0, 5, 10, 0, 5) / 1000;
    server.say(price({ status: 'stale' }), warning('SOURCE_STALE', { source: 'zmq', since }));
    await textIs(page, '#line-text', /^Source stale since 10:00:05 UTC$/);
    expect(await page.getAttribute('#line', 'data-tone')).toBe('stale');
    expect(await heroIs(page)).toBe('old');
    expect(await page.title()).toBe('Tidegauge');
    await photograph(page, 'stale');
    server.say(price());
    await lineIs(page, 'live');
    expect(await heroIs(page)).toBe('live');
  });

  it('says that the connection is slow', async () => {
    const { server, page } = await live();
    server.say(warning('SLOW_CONSUMER', { dropped_messages: 4 }));
    await lineIs(page, 'slow');
    expect(await text(page, '#line-text')).toBe('Connection slow, updates may be missing');
    expect(await page.getAttribute('#line', 'data-tone')).toBe('slow');
    await photograph(page, 'slow');
  });

  it('greys the price when no update came for 5 s', async () => {
    const { server, page } = await live();
    await lineIs(page, 'silent');
    expect(await text(page, '#line-text')).toMatch(/^No updates for \d+ s$/);
    expect(await heroIs(page)).toBe('old');
    await photograph(page, 'silent');
    server.say(price());
    await lineIs(page, 'live');
  });

  it('counts down, greys the price, and comes back by itself when the server does', async () => {
    const { server, page, watched } = await live();
    const { port } = server;
    server.closeAll(1012, 'reconnect after 3000 ms');
    await textIs(page, '#line-text', /^Reconnecting in 3 s$/);
    await textIs(page, '#line-text', /^Reconnecting in 1 s$/);
    expect(await heroIs(page)).toBe('old');
    expect(await page.getAttribute('#line', 'data-tone')).toBe('wait');
    await photograph(page, 'reconnecting');
    await lineIs(page, 'live');
    expect(server.connections).toBe(2);
    noHarm(watched, server);

    await server.stop();
    await lineIs(page, 'reconnecting');
    expect(await page.getAttribute('#stats', 'data-fresh')).toBe('false');
    await serve({ port, greeting: () => greeting() });
    await lineIs(page, 'live');
    expect(await heroIs(page)).toBe('live');
    const refused = /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/;
    expect(watched.complaints.filter((complaint) => !refused.test(complaint))).toEqual([]);
  });

  it('stays away when told to, says so, and tries again at the push of a button', async () => {
    const { server, page } = await live();
    server.closeAll(4500, 'ten errors within 10 s');
    await lineIs(page, 'refused');
    expect(await page.getAttribute('#line', 'data-tone')).toBe('lost');
    expect(await text(page, '#notice-text')).toContain('4500: ten errors within 10 s');
    await photograph(page, 'refused');
    expect(server.connections).toBe(1);
    await page.getByRole('button', { name: 'Connect again' }).press('Enter');
    await lineIs(page, 'live');
    expect(server.connections).toBe(2);
    expect(await page.isVisible('#notice')).toBe(false);
  });

  it('asks for another key when its own has ended, and for nothing else meanwhile', async () => {
    const { server, page, watched } = await live();
    server.closeAll(4501, 'the token has expired');
    await lineIs(page, 'key-needed');
    expect(await page.isVisible('#key')).toBe(true);
    expect(await page.isVisible('#price')).toBe(false);
    await page.evaluate(() => void dispatchEvent(new Event('online')));
    await framesLater(page, 5);
    expect(server.connections).toBe(1);
    await page.fill('#key-input', 'another.key');
    await page.press('#key-input', 'Enter');
    await lineIs(page, 'live');
    expect(server.offered.at(-1)).toBe('tidegauge.v1, tidegauge.auth.another.key');
    expect(server.connections).toBe(2);
    // The stand-in knows nothing of the question that a key is tried with.
    const untold = /404/;
    expect(watched.complaints.filter((complaint) => !untold.test(complaint))).toEqual([]);
  });

  it('says when the server speaks a newer protocol, and offers to load the newer page', async () => {
    const server = await serve({
      greeting: () => [hello({ protocol: 2 }), ...greeting().slice(1)],
    });
    const { page } = await visit(server.url);
    await lineIs(page, 'refused');
    expect(await text(page, '#notice-text')).toContain('protocol 2');
    await photograph(page, 'newer-protocol');
    const loaded = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Reload the page' }).press('Enter');
    await loaded;
  });

  it('says that the server is another version, until that is put away', async () => {
    let version = '0.2.0';
    const server = await serve({ greeting: () => greeting(), health: () => health({ version }) });
    const { page } = await visit(server.url);
    await textIs(page, '#notice-text', /^The server now runs 0\.2\.0; this page is 0\.1\.0\.$/);
    await photograph(page, 'newer-server');
    await page.getByRole('button', { name: 'Not now' }).press('Enter');
    await page.waitForSelector('#notice', { state: 'hidden' });
    await page.reload();
    await textIs(page, '#stat-uptime', /h/);
    expect(await page.isVisible('#notice')).toBe(false);

    version = '0.0.9';
    await page.reload();
    await textIs(page, '#notice-text', /^The server runs 0\.0\.9, which is older than this page/);
    const loaded = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Reload the page' }).press('Enter');
    await loaded;
  });

  it('is not broken by messages that are', async () => {
    const { server, page, watched } = await live();
    server.say('{', 'null', '[]', '""', { type: 'weather' }, { type: 'price_update' });
    server.say({ type: 'price_update', data: { price: '9', confidence: {}, timestamp: [] } });
    server.say({ type: 'transactions', seq: 8, data: { points: [[1], null, ['x', 'y']] } });
    server.say({ type: 'confirmed_update', data: 7 }, { type: 'warning' }, { type: 'error' });
    server.say(price({ price: 91_000, low: 90_000, high: 92_000 }));
    await textIs(page, '#price', /^\$91,000$/);
    expect(await text(page, '#line-text')).toBe('Live');
    noHarm(watched, server);
  });

  it('asks for the points again when some are missing', async () => {
    const { server, page } = await live();
    server.say(transactions(9, [[nowSec(), 87_000]]));
    await expect
      .poll(() => server.received.slice(4))
      .toEqual([
        { unsubscribe: 'transactions' },
        { subscribe: 'transactions', resume: {} },
        { type: 'ping', timestamp: 2 },
      ]);
    server.say(transactions(10, [[nowSec(), 87_000]], 'e1'));
    await textIs(page, '#mempool-count', /^1 point$/);
  });

  it('lets blocks come and go', async () => {
    const { server, page } = await live();
    server.say(confirmed(blocks(500, 2), { block_height: 930_124, block_time: nowSec() }));
    await textIs(page, '#confirmed-count', /^500 points$/);
    await textIs(page, '#stat-block', /^930,124$/);
    expect(await text(page, '#stat-block-age')).toMatch(/^[0-5] s ago$/);
  });

  it('waits for the network of the device, unless the server is this very machine', async () => {
    const server = await serve({ greeting: () => greeting() });
    const away = await visit(`http://away.test:${server.port}/`);
    await lineIs(away.page, 'live');
    await away.page.context().setOffline(true);
    server.closeAll(1012, 'reconnect after 100 ms');
    await lineIs(away.page, 'offline');
    expect(await text(away.page, '#line-text')).toBe('Disconnected: this device is offline');
    await photograph(away.page, 'offline');
    await away.page.context().setOffline(false);
    await lineIs(away.page, 'live');
  });
});
