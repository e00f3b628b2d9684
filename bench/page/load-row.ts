/** The first load: what is sent, and when something is to be seen, each time by a new browser. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { greeting } from '../../test/e2e/samples.ts';
import { quantile } from '../fan-out-harness.ts';
import { type Finding, mostFinding, plainFinding, type Row } from '../table.ts';
import { closeAll, LAPTOP, launch, open, pageDir, serve } from './screens.ts';

const LOADS = 9;
const BYTES_MAX = 60 * 1024;
const PAINT_MS_MAX = 1_000;

/** Moments of one load, ms since it began. */
interface Load {
  readonly paintMs: number;
  readonly contentMs: number;
  readonly priceMs: number;
}

export function loadRow(): Row {
  return {
    name: 'load',
    about: `the page is opened ${LOADS} times, each time by a new browser with an empty profile`,
    async run() {
      const loads: Load[] = [];
      for (let i = 0; i < LOADS; i += 1) {
        loads.push(await oneLoad());
        await closeAll();
      }
      return [
        mostFinding('all that is sent, gzip -9', await gzipBytes(pageDir()), BYTES_MAX, 'bytes'),
        paint('first paint', loads, 'paintMs'),
        paint('first contentful paint', loads, 'contentMs'),
        plainFinding('the first price', spread(loads.map(({ priceMs }) => priceMs))),
      ];
    },
  };
}

async function oneLoad(): Promise<Load> {
  const browser = await launch();
  const server = await serve({ greeting: () => greeting() });
  const { page } = await open(browser, server, LAPTOP, (to) => to.addInitScript(watchFirstPrice));
  return momentsOf(page);
}

function watchFirstPrice(): void {
  const look = (): void => {
    if (document.querySelector('#hero[data-price="live"]')) {
      Object.assign(globalThis, { firstPriceMs: performance.now() });
    } else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function momentsOf(page: Page): Promise<Load> {
  await page.waitForFunction(() => 'firstPriceMs' in globalThis);
  return page.evaluate(() => {
    const at = (name: string): number => performance.getEntriesByName(name)[0]?.startTime ?? 0;
    const { firstPriceMs } = globalThis as unknown as { firstPriceMs: number };
    return {
      paintMs: at('first-paint'),
      contentMs: at('first-contentful-paint'),
      priceMs: firstPriceMs,
    };
  });
}

function paint(what: string, loads: readonly Load[], moment: 'paintMs' | 'contentMs'): Finding {
  const timesMs = loads.map((load) => load[moment]);
  const met = quantile(timesMs, 0.5) <= PAINT_MS_MAX;
  return { what, measured: spread(timesMs), bar: { text: `≤ ${PAINT_MS_MAX} ms`, met } };
}

function spread(timesMs: readonly number[]): string {
  const at = (share: number): string => quantile(timesMs, share).toFixed(0);
  return `median ${at(0.5)} ms, ${at(0)} to ${at(1)}`;
}

async function gzipBytes(dir: string): Promise<number> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = files.map(async ({ parentPath, name }) => {
    return gzipSync(await readFile(path.join(parentPath, name)), { level: 9 }).length;
  });
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}
