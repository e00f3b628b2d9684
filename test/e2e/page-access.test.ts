/** Who uses the page without a mouse, or without seeing it, is kept out of nothing. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasChromium, lineIs, textIs } from './browser.ts';
import { mapIsThere, mapLineIs } from './heatmap-visit.ts';
import { pageSuite } from './page-suite.ts';
import { greeting, health, hello, nowSec, price, warmingUp, warning } from './samples.ts';
import type { StandIn, StandInOptions } from './stand-in.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SCREENS = [
  { width: 360, height: 780 },
  { width: 1280, height: 800 },
] as const;

declare global {
  interface Window {
    readonly axe: typeof axe;
  }
}

interface State {
  readonly name: string;
  readonly address: string;
  readonly options?: StandInOptions;
  /** Brings the page there. */
  readonly reach: (page: Page, server: StandIn) => Promise<void>;
}

const STATES: readonly State[] = [
  {
    name: 'connecting',
    address: '#/price',
    options: { greeting: () => [] },
    reach: (page) => lineIs(page, 'connecting'),
  },
  {
    name: 'warming up, with a source that is not there',
    address: '#/price',
    options: {
      greeting: () => [hello(), warmingUp(312)],
      health: () => {
        const source = { ...health().sources.zmq!, state: 'lost', detail: 'no answer' } as const;
        return health({ sources: { zmq: source } });
      },
    },
    reach: (page) => page.waitForSelector('#notice:not([hidden])').then(() => undefined),
  },
  { name: 'live', address: '#/price', reach: (page) => lineIs(page, 'live') },
  {
    name: 'a demo of low confidence',
    address: '#/price',
    options: { greeting: () => [...greeting(true), price({ confidence: 0.3 }, true)] },
    reach: (page) => textIs(page, '#confidence-word', /low/),
  },
  {
    name: 'stale',
    address: '#/price',
    reach: async (page, server) => {
      await lineIs(page, 'live');
      server.say(price({ status: 'stale' }), warning('SOURCE_STALE', { since: nowSec() - 60 }));
      await lineIs(page, 'stale');
    },
  },
  {
    name: 'slow',
    address: '#/price',
    reach: async (page, server) => {
      await lineIs(page, 'live');
      server.say(warning('SLOW_CONSUMER', { dropped_messages: 4 }));
      await lineIs(page, 'slow');
    },
  },
  {
    name: 'refused',
    address: '#/price',
    reach: async (page, server) => {
      await lineIs(page, 'live');
      server.closeAll(4500, 'ten errors within 10 s');
      await lineIs(page, 'refused');
    },
  },
  {
    name: 'asking for a key',
    address: '#/price',
    reach: async (page, server) => {
      await lineIs(page, 'live');
      server.closeAll(4501, 'the token has expired');
      await lineIs(page, 'key-needed');
    },
  },
  {
    name: 'of another version than the server',
    address: '#/price',
    options: { health: () => health({ version: '0.2.0' }) },
    reach: (page) => page.waitForSelector('#notice-put-away').then(() => undefined),
  },
  { name: 'the map', address: '#/heatmap', reach: (page) => mapIsThere(page) },
  {
    name: 'the map of a demo, reconnecting',
    address: '#/heatmap',
    options: { greeting: () => greeting(true), heatmap: { demo: true } },
    reach: async (page, server) => {
      await mapIsThere(page);
      server.closeHeatmap(1012, 'reconnect after 30000 ms');
      await mapLineIs(page, 'reconnecting');
    },
  },
  {
    name: 'the list of markets',
    address: '#/heatmap',
    reach: async (page) => {
      await mapIsThere(page);
      await page.focus('#heat-symbol');
      await page.keyboard.press('ArrowDown');
      await page.waitForSelector('#heat-symbols:not([hidden])');
    },
  },
  {
    name: 'an unknown market',
    address: '#/heatmap/NONEUSDT/1d',
    reach: (page) => mapLineIs(page, 'unknown-symbol'),
  },
  { name: 'the price embedded', address: '?embed=price', reach: (page) => lineIs(page, 'live') },
  { name: 'the map embedded', address: '?embed=heatmap', reach: (page) => lineIs(page, 'live') },
  {
    name: 'an embedded page that needs a key',
    address: '?embed=price',
    reach: async (page, server) => {
      await lineIs(page, 'live');
      server.closeAll(4501, 'the token has expired');
      await lineIs(page, 'key-needed');
    },
  },
];

/** What stands in somebody's way, with the element and the reason; see the rules of axe-core. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations.flatMap(({ id, impact, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${impact} ${id}: ${html} ${failureSummary}`),
    );
  });
}

/** Where Tab leads, from the top on, until it comes round. Each stop shows that it is one. */
async function walk(page: Page): Promise<readonly string[]> {
  const stops: string[] = [];
  for (let i = 0; i < 60; i += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const focused = document.activeElement;
      if (!(focused instanceof HTMLElement) || focused === document.body) return null;
      const shown = focused.matches('.ranges *, [name]') ? focused.nextElementSibling : focused;
      const { outlineStyle } = getComputedStyle(shown ?? focused);
      const seen = outlineStyle !== 'none' && focused.matches(':focus-visible');
      return `${focused.id || focused.getAttribute('name')}${seen ? '' : ' (not seen)'}`;
    });
    if (stop === null || stops.includes(stop)) break;
    stops.push(stop);
  }
  return stops;
}

describe.skipIf(!hasChromium())('the page', () => {
  const { visits } = pageSuite();

  it.each(STATES)('keeps nobody out: $name', async ({ address, options, reach }) => {
    const server = await visits.serve(options);
    for (const viewport of SCREENS) {
      const { page } = await visits.open(server.url, address, { viewport });
      await reach(page, server);
      expect(await findings(page)).toEqual([]);
      await page.context().close();
    }
  });

  it('leads by keyboard to all there is of the price', async () => {
    const server = await visits.serve({ health: () => health({ version: '0.2.0' }) });
    const { page } = await visits.open(server.url, '#/price');
    await page.waitForSelector('#notice-put-away');
    const stops = await walk(page);
    expect(stops.filter((stop) => stop.endsWith('(not seen)'))).toEqual([]);
    const wanted = ['link-price', 'link-heatmap', 'save-price', 'stage', 'notice-button'];
    expect(stops).toEqual(expect.arrayContaining([...wanted, 'notice-put-away']));
    await page.focus('#notice-put-away');
    await page.keyboard.press('Escape');
    await page.waitForSelector('#notice', { state: 'hidden' });
  });

  it('leads by keyboard to all there is of the map, and out of the list again', async () => {
    const server = await visits.serve();
    const { page } = await visits.open(server.url, '#/heatmap');
    await mapIsThere(page);
    const stops = await walk(page);
    expect(stops.filter((stop) => stop.endsWith('(not seen)'))).toEqual([]);
    const wanted = ['link-price', 'heat-symbol', 'range', 'save-heatmap', 'heat-stage'];
    expect(stops).toEqual(expect.arrayContaining([...wanted, 'heat-threshold']));
    await page.focus('#heat-symbol');
    await page.keyboard.press('ArrowDown');
    await page.waitForSelector('#heat-symbols:not([hidden])');
    await page.keyboard.press('Escape');
    await page.waitForSelector('#heat-symbols', { state: 'hidden' });
  });
});
