/** How much the page moves under a reader's eyes while it loads and in its first minute. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { greeting, hello, nowSec, price, warmingUp } from '../../test/e2e/samples.ts';
import type { StandIn } from '../../test/e2e/stand-in.ts';
import type { Finding, Row } from '../table.ts';
import { nextHalfSecond } from './crowd.ts';
import { LAPTOP, launch, open, type Sight, serve } from './screens.ts';

const SHIFT_MAX = 0.02;
const MINUTE_MS = 60_000;
const WARM_AFTER_MS = 6_000;
/** A price of one more digit. */
const MORE_DIGITS_AFTER_MS = 30_000;
const HALF_SECOND_MS = 500;
const SCREENS = [
  [360, 740],
  [1280, 800],
  [3840, 2160],
] as const;
const HASHES = ['#/price', '#/heatmap/BTCUSDT/1d'] as const;

export function shiftRow(): Row {
  return {
    name: 'shift',
    about: 'a server that warms up for 6 s; then its first minute; each view on three screens',
    async run() {
      const browser = await launch();
      const server = await serve({ greeting: () => [hello(), warmingUp(400)] });
      const opened = await Promise.all(sights().map((sight) => watched(browser, server, sight)));
      await liveAMinute(server);
      return Promise.all(opened.map(shiftsOf));
    },
  };
}

function sights(): readonly Sight[] {
  return SCREENS.flatMap(([widthPx, heightPx]) =>
    HASHES.map((hash) => ({ ...LAPTOP, widthPx, heightPx, hash })),
  );
}

interface Watched {
  readonly page: Page;
  readonly sight: Sight;
}

async function watched(browser: Browser, server: StandIn, sight: Sight): Promise<Watched> {
  const { page } = await open(browser, server, sight, (to) => to.addInitScript(watchShifts));
  return { page, sight };
}

function watchShifts(): void {
  const shifts: { readonly value: number; readonly what: readonly string[] }[] = [];
  Object.assign(globalThis, { shifts });
  interface Shift extends PerformanceEntry {
    readonly value: number;
    readonly sources: readonly { readonly node: Node | null }[];
  }
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries() as Shift[]) {
      const what = sources.map(({ node }) =>
        node instanceof Element ? node.id || node.className : (node?.nodeName ?? 'gone'),
      );
      shifts.push({ value, what });
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

async function liveAMinute(server: StandIn): Promise<void> {
  const startMs = performance.now();
  await delay(WARM_AFTER_MS);
  server.say(...greeting().slice(1));
  for (let n = 1; performance.now() - startMs < MINUTE_MS; n += 1) {
    await delay(HALF_SECOND_MS);
    server.say(...nextHalfSecond(nowSec()));
    if (performance.now() - startMs > MORE_DIGITS_AFTER_MS) {
      server.say(price({ price: 100_010, low: 99_800, high: 100_240 }));
    }
    if (n % 2 === 0) server.sayHeatmap(server.heatmap.next('BTCUSDT', 1 + n / 1_000));
  }
}

async function shiftsOf({ page, sight }: Watched): Promise<Finding> {
  const shifts = await page.evaluate(
    () =>
      (globalThis as unknown as { shifts: { readonly value: number; readonly what: string[] }[] })
        .shifts,
  );
  const view = sight.hash.split('/')[1];
  const sum = shifts.reduce((all, { value }) => all + value, 0);
  const named = [...new Set(shifts.flatMap(({ what }) => what))].join(', ');
  const what = `${view} at ${sight.widthPx} px${named && `, of ${named}`}`;
  const bar = { text: `≤ ${SHIFT_MAX}`, met: sum <= SHIFT_MAX };
  return { what, measured: sum.toFixed(4), bar };
}
