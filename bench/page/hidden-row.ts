/** A page that nobody sees: nothing is drawn, and on return all that is new at once. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { framesLater } from '../../test/e2e/browser.ts';
import { nowSec } from '../../test/e2e/samples.ts';
import type { StandIn } from '../../test/e2e/stand-in.ts';
import { type Finding, noneFinding, type Row } from '../table.ts';
import { crowdGreeting, nextHalfSecond } from './crowd.ts';
import { isFull } from './frames-row.ts';
import { LAPTOP, launch, open, serve } from './screens.ts';
import { readWatch, resetWatch, watchPage } from './watch.ts';

const POINTS = 2_000;
const UPDATES = 40;
const EACH_MS = 100;

/** Headless Chromium shows every tab, so that the page is told that it is hidden. */
export function hiddenRow(): Row {
  return {
    name: 'hidden',
    about: `${UPDATES} updates while the page is hidden, and its return`,
    async run() {
      const browser = await launch();
      const findings: Finding[] = [];
      for (const [view, hash] of [
        ['price', '#/price'],
        ['heatmap', '#/heatmap/BTCUSDT/1d'],
      ] as const) {
        const server = await serve({ greeting: () => crowdGreeting(POINTS) });
        const { page } = await open(browser, server, { ...LAPTOP, hash }, (to) =>
          to.addInitScript(watchPage),
        );
        if (view === 'price') await isFull(page, POINTS);
        else await page.waitForSelector('#heatmap[data-map="there"]');
        await framesLater(page, 60);
        findings.push(...(await leaveAndReturn(page, server, view)));
      }
      return findings;
    },
  };
}

async function leaveAndReturn(
  page: Page,
  server: StandIn,
  view: string,
): Promise<readonly Finding[]> {
  await setVisibility(page, 'hidden');
  await framesLater(page, 3);
  await resetWatch(page);
  for (let i = 0; i < UPDATES; i += 1) {
    server.say(...nextHalfSecond(nowSec()));
    server.sayHeatmap(server.heatmap.next('BTCUSDT', 1 + i / 100));
    await delay(EACH_MS);
  }
  const away = await readWatch(page);
  await setVisibility(page, 'visible');
  await framesLater(page, 10);
  const back = await readWatch(page);
  const onReturn = back.drawings - away.drawings;
  return [
    noneFinding(`${view}: drawings while hidden`, away.drawings + away.glDraws),
    {
      what: `${view}: drawings in ten frames after the return`,
      measured: String(onReturn),
      bar: { text: '1', met: onReturn === 1 },
    },
  ];
}

function setVisibility(page: Page, state: DocumentVisibilityState): Promise<void> {
  return page.evaluate((value) => {
    Object.defineProperty(document, 'visibilityState', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}
