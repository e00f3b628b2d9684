/**
 * Pictures of every state at three widths, compared with golden ones that a person has looked at.
 * `UPDATE_GOLDEN=1` writes them anew: look at each before it is committed.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { framesLater, hasChromium, launchChromium, watchedPage } from './browser.ts';
import { asGolden, compare, SHARE_ALIKE } from './golden/compare.ts';
import { hasGolden } from './golden/has-golden.ts';
import { addressOf, SCENES, type Scene, serverOf } from './golden/scenes.ts';
import { goOn, hide, standStill, standStillOn } from './golden/standing-time.ts';
import { buildPageIfNeeded, GOLDEN_DIR, PICTURES_DIR } from './page-files.ts';
import { StandIn } from './stand-in.ts';

const UPDATES = process.env.UPDATE_GOLDEN === '1';
/** A picture that is not alike is taken again: something may have been on its way. */
const TRIES = 5;
const FRAMES_BETWEEN = 10;
/** A busy machine takes long to draw a wall. */
const WITHIN_MS = 120_000;

interface Screen {
  readonly width: number;
  readonly height: number;
  /** Size of the picture: a wall is kept smaller than it is. */
  readonly scale: number;
}

const SCREENS: readonly Screen[] = [
  { width: 1280, height: 800, scale: 1 },
  { width: 3840, height: 2160, scale: 1 / 3 },
  { width: 360, height: 780, scale: 1 },
];

describe.skipIf(!hasChromium() || !hasGolden())('the page looks as it did', () => {
  let browser: Browser;
  /** Where pictures are compared. */
  let desk: Page;

  beforeAll(async () => {
    await buildPageIfNeeded();
    browser = await launchChromium();
    desk = await browser.newPage();
    await mkdir(PICTURES_DIR, { recursive: true });
    if (UPDATES) await mkdir(GOLDEN_DIR, { recursive: true });
    standStill();
  });
  afterAll(async () => {
    goOn();
    await browser?.close();
  });

  it.each(SCENES.map((scene) => [scene.name, scene] as const))(
    '%s',
    { timeout: WITHIN_MS },
    async (name, scene) => {
      const server = await StandIn.start(serverOf(scene));
      const { page } = await watchedPage(browser, { timezoneId: 'UTC', reducedMotion: 'reduce' });
      try {
        await page.setViewportSize(SCREENS[0]!);
        const session = await page.context().newCDPSession(page);
        await open(page, scene, server);
        const unlike: string[] = [];
        for (const screen of SCREENS) {
          await page.setViewportSize(screen);
          await framesLater(page, 3);
          await scene.settled?.(page);
          const take = (): Promise<Buffer> => photograph(page, session, screen);
          const file = `${name}-${screen.width}.png`;
          const problem = await (UPDATES ? write : problemOf)(desk, page, take, file);
          if (problem !== null) unlike.push(problem);
        }
        expect(unlike).toEqual([]);
      } finally {
        await page.context().close();
        if (!scene.serverEnds) await server.stop();
      }
    },
  );
});

async function open(page: Page, scene: Scene, server: StandIn): Promise<void> {
  await standStillOn(page);
  if (!scene.inSight) await hide(page);
  await scene.prepare?.(page, server);
  const host = scene.away ? `http://away.test:${server.port}/` : server.url;
  await page.goto(`${host}${addressOf(scene)}`);
  await scene.bring(page, server);
}

/** The whole page, scrolled or not. */
async function photograph(page: Page, session: CDPSession, screen: Screen): Promise<Buffer> {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  const { width, scale } = screen;
  const { data } = await session.send('Page.captureScreenshot', {
    captureBeyondViewport: height > screen.height,
    clip: { x: 0, y: 0, width, height, scale },
  });
  return Buffer.from(data, 'base64');
}

type Take = () => Promise<Buffer>;

/** What is wrong, with the files that show it; null where all is as it was. */
async function problemOf(desk: Page, page: Page, take: Take, file: string): Promise<string | null> {
  const actualFile = path.join(PICTURES_DIR, file);
  const goldenFile = path.join(GOLDEN_DIR, file);
  let actual = await take();
  if (!existsSync(goldenFile)) {
    await writeFile(actualFile, actual);
    return `no golden picture ${file}; now it looks like ${actualFile}`;
  }
  const golden = await readFile(goldenFile);
  let seen = await compare(desk, actual, golden);
  for (let left = TRIES; left > 0 && seen.differing > SHARE_ALIKE; left -= 1) {
    await framesLater(page, FRAMES_BETWEEN);
    actual = await take();
    seen = await compare(desk, actual, golden);
  }
  if (seen.differing <= SHARE_ALIKE) return null;
  const differenceFile = path.join(PICTURES_DIR, file.replace('.png', '-difference.png'));
  await writeFile(actualFile, actual);
  await writeFile(differenceFile, seen.difference);
  const percent = (seen.differing * 100).toFixed(2);
  return `${percent} % of ${file} differ: see ${actualFile} and ${differenceFile}`;
}

/** Keeps the picture as golden, once two in a row are the same. */
async function write(desk: Page, page: Page, take: Take, file: string): Promise<string | null> {
  let picture = await take();
  for (let left = TRIES; left > 0; left -= 1) {
    await framesLater(page, FRAMES_BETWEEN);
    const next = await take();
    if (next.equals(picture)) {
      await writeFile(path.join(GOLDEN_DIR, file), await asGolden(desk, picture));
      return null;
    }
    picture = next;
  }
  return `${file} does not come to rest`;
}
