/** Frames a second while every frame is drawn anew. */
import { setTimeout as delay } from 'node:timers/promises';
import type { CDPSession, Page } from 'playwright-core';
import { framesLater, textIs } from '../../test/e2e/browser.ts';
import { nowSec, price } from '../../test/e2e/samples.ts';
import type { StandIn } from '../../test/e2e/stand-in.ts';
import { quantile } from '../fan-out-harness.ts';
import { type Finding, plainFinding, type Row } from '../table.ts';
import { crowdGreeting, MIDDLE_USD, nextHalfSecond } from './crowd.ts';
import {
  absentFinding,
  browserCpuMs,
  launch,
  metricsOf,
  type Opened,
  open,
  type Sight,
  serve,
} from './screens.ts';
import { readWatch, resetWatch, type Watched, watchPage } from './watch.ts';

const DURATION_MS = 10_000;
const FLOOR_MS = 3_000;
const HALF_SECOND_MS = 500;
/** Less than half a frame, so that none is without a new price. */
const PRICE_EACH_MS = 6;
const TICK_MS = 1_000 / 60;
/** Frames that may be missed where the browser's own tick is the most there can be. */
const MISSED_SHARE_MAX = 0.01;

interface Wanted {
  readonly points: number;
  readonly sight: Sight;
  /** Frames a second; null for a row without a bar. */
  readonly leastFps: number | null;
}

/** How the picture is kept moving. */
type Drive = 'zoom' | 'prices';

export function framesRow(name: string, { points, sight, leastFps }: Wanted): Row {
  const { widthPx, heightPx, renderer } = sight;
  const about = `${points} points, ${renderer}, ${widthPx} x ${heightPx}`;
  return {
    name,
    about: `${about}: every frame drawn anew for ${DURATION_MS / 1_000} s, points twice a second`,
    async run() {
      const browser = await launch();
      const server = await serve({ greeting: () => crowdGreeting(points) });
      const opened = await open(browser, server, sight, (to) => to.addInitScript(watchPage));
      await isFull(opened.page, points);
      const floor = await browser.newPage({ viewport: { width: widthPx, height: heightPx } });
      await floor.addInitScript(watchPage);
      await floor.goto('about:blank');
      const findings = [plainFinding('in use', await rendererOf(opened.page))];
      for (const drive of ['zoom', 'prices'] as const) {
        const bare = missedShare(await bareFrames(floor));
        await opened.page.bringToFront();
        const taken = await drawnFrames(opened, server, drive);
        findings.push(...judge(drive, taken, bare, leastFps));
      }
      return findings;
    },
  };
}

/** Which implementation the page says that it uses. */
export function rendererOf(page: Page): Promise<string> {
  return page.evaluate(() => document.documentElement.dataset.renderer ?? 'canvas (says nothing)');
}

/** Waits until all points of the greeting are there and drawn, and the axis has come to rest. */
export async function isFull(page: Page, points: number): Promise<void> {
  const half = (points / 2).toLocaleString('en-US');
  for (const panel of ['mempool', 'confirmed']) {
    await textIs(page, `#${panel}-count`, new RegExp(`^${half} points$`));
  }
  await framesLater(page, 60);
}

/** What the machine misses with nothing to draw, at this moment. */
async function bareFrames(page: Page): Promise<Watched> {
  await page.bringToFront();
  await resetWatch(page);
  await delay(FLOOR_MS);
  return readWatch(page);
}

interface Taken {
  readonly watched: Watched;
  /** CPU time of the page's main thread, ms: what the machine does besides is not in it. */
  readonly threadMs: number;
  /** CPU time of all processes of the browser, ms. */
  readonly browserMs: number;
}

async function drawnFrames(
  { page, session }: Opened,
  server: StandIn,
  drive: Drive,
): Promise<Taken> {
  const halves = setInterval(() => server.say(...nextHalfSecond(nowSec())), HALF_SECOND_MS);
  const stop = drive === 'zoom' ? await zooming(page) : pricesFrom(server);
  try {
    await framesLater(page, 30);
    await resetWatch(page);
    const before = await cpuOf(page, session);
    await delay(DURATION_MS);
    const watched = await readWatch(page);
    const after = await cpuOf(page, session);
    return {
      watched,
      threadMs: after.threadMs - before.threadMs,
      browserMs: after.browserMs - before.browserMs,
    };
  } finally {
    clearInterval(halves);
    await stop();
  }
}

async function cpuOf(page: Page, session: CDPSession): Promise<Omit<Taken, 'watched'>> {
  const metrics = await metricsOf(session);
  const browserMs = await browserCpuMs(page.context().browser()!);
  return { threadMs: metrics.get('ThreadTime')! * 1_000, browserMs };
}

/** Zooms in and out a little, once a frame, as a pinch on a trackpad does. */
async function zooming(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(() => {
    const stage = document.querySelector('#stage')!;
    const turn = { frames: 0 };
    Object.assign(globalThis, { turn });
    const step = (): void => {
      const box = stage.getBoundingClientRect();
      stage.dispatchEvent(
        new WheelEvent('wheel', {
          deltaY: turn.frames % 60 < 30 ? -0.5 : 0.5,
          ctrlKey: true,
          clientX: box.left + box.width * 0.7,
          clientY: box.top + box.height / 2,
          bubbles: true,
          cancelable: true,
        }),
      );
      turn.frames += 1;
      if (turn.frames >= 0) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
  return () =>
    page.evaluate(() => {
      (globalThis as unknown as { turn: { frames: number } }).turn.frames =
        Number.NEGATIVE_INFINITY;
    });
}

/** Far more prices than any server sends: each changes the picture by its line. */
function pricesFrom(server: StandIn): () => Promise<void> {
  let count = 0;
  const timer = setInterval(() => {
    count += 1;
    server.say(price({ price: MIDDLE_USD + (count % 200) / 2 }));
  }, PRICE_EACH_MS);
  return async () => clearInterval(timer);
}

function judge(
  drive: Drive,
  { watched, threadMs, browserMs }: Taken,
  bareMissed: number,
  leastFps: number | null,
): readonly Finding[] {
  const { drawMs, longTaskMs, drawings, drawingsInFrameMax } = watched;
  const intervals = intervalsOf(watched);
  const seconds = intervals.reduce((sum, ms) => sum + ms, 0) / 1_000;
  const shareDrawn = drawings / (intervals.length + 1);
  const by = drive === 'zoom' ? 'zooming' : 'a price each 6 ms';
  if (shareDrawn < 0.1) return [absentFinding(by, 'this page does not draw for it')];
  const perSecond = (count: number): string => (count / seconds).toFixed(1);
  const missed = missedShare(watched);
  const missedText = `${(missed * 100).toFixed(1)} % missed (a bare page: ${(bareMissed * 100).toFixed(1)} %)`;
  const measured = `${perSecond(intervals.length)} frames/s, ${missedText}`;
  // At 60 Hz there is no more than 60: what counts is that hardly a tick goes by without a frame.
  const met =
    leastFps === 60 ? missed <= MISSED_SHARE_MAX : intervals.length / seconds >= (leastFps ?? 0);
  const bar = leastFps === null ? null : { text: `≥ ${leastFps}`, met };
  const ms = (values: readonly number[], share: number): string =>
    quantile(values, share).toFixed(1);
  return [
    { what: by, measured, bar },
    plainFinding(
      `${by}: drawn`,
      `${perSecond(drawings)}/s, at most ${drawingsInFrameMax} in a frame`,
    ),
    plainFinding(
      `${by}: between frames, p50 p99 max`,
      `${ms(intervals, 0.5)}, ${ms(intervals, 0.99)}, ${ms(intervals, 1)} ms`,
    ),
    plainFinding(
      `${by}: a drawing`,
      `script ${ms(drawMs, 0.5)} ms (p99 ${ms(drawMs, 0.99)}); CPU of the main thread ` +
        `${(threadMs / drawings).toFixed(1)} ms, of the browser ${(browserMs / drawings).toFixed(1)} ms`,
    ),
    plainFinding(`${by}: tasks over 50 ms`, `${longTaskMs.length}${longest(longTaskMs)}`),
  ];
}

function longest(taskMs: readonly number[]): string {
  return taskMs.length === 0 ? '' : `, longest ${Math.max(...taskMs).toFixed(0)} ms`;
}

function intervalsOf({ frameMs }: Watched): readonly number[] {
  return frameMs.slice(1).map((ms, i) => ms - frameMs[i]!);
}

/** Ticks of 60 Hz that went by without a frame, of all. */
function missedShare(watched: Watched): number {
  const ticks = intervalsOf(watched).map((ms) => Math.max(1, Math.round(ms / TICK_MS)));
  const all = ticks.reduce((sum, count) => sum + count, 0);
  return (all - ticks.length) / all;
}
