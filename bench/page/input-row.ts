/** From a person's hand to the next picture, while 50,000 points are drawn. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { nowSec } from '../../test/e2e/samples.ts';
import { quantile } from '../fan-out-harness.ts';
import { type Finding, plainFinding, type Row } from '../table.ts';
import { crowdGreeting, nextHalfSecond } from './crowd.ts';
import { isFull, rendererOf } from './frames-row.ts';
import { absentFinding, launch, open, type Sight, serve } from './screens.ts';

const POINTS = 50_000;
const ANSWER_MS_MAX = 100;
const HALF_SECOND_MS = 500;
/** People do not wait for the picture, and no two of these fall into one frame. */
const BETWEEN_MS = 70;

/** By the script in the page itself, see `watchAnswers`. */
const TIMED_HERE = ['pointermove', 'wheel'];

interface Answer {
  readonly type: string;
  readonly tookMs: number;
}

/** How an input is made, and the events by which the page hears of it. */
interface Kind {
  readonly what: string;
  readonly types: readonly string[];
  readonly times: number;
  readonly act: (page: Page, box: Box, turn: number) => Promise<void>;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const MOVES: Kind = {
  what: 'pointer moves',
  types: ['pointermove'],
  times: 80,
  act: (page, { x, y, width, height }, turn) =>
    page.mouse.move(x + width * (0.1 + 0.8 * wave(turn, 37)), y + height * wave(turn, 13)),
};

const KINDS: readonly Kind[] = [
  MOVES,
  {
    what: 'wheel',
    types: ['wheel'],
    times: 60,
    async act(page, { x, y, width, height }, turn) {
      if (turn === 0) await page.mouse.move(x + width * 0.7, y + height / 2);
      await page.mouse.wheel(0, turn % 20 < 10 ? -60 : 60);
    },
  },
  {
    what: 'drag',
    types: ['pointermove'],
    times: 40,
    async act(page, { x, y, width, height }, turn) {
      if (turn === 0) await page.mouse.down();
      await page.mouse.move(x + width * (0.5 + 0.3 * wave(turn, 20)), y + height / 2);
      if (turn === 39) await page.mouse.up();
    },
  },
  {
    what: 'keys',
    types: ['keydown'],
    times: 60,
    async act(page, _box, turn) {
      if (turn === 0) await page.focus('#stage');
      const keys = ['ArrowLeft', '+', 'ArrowLeft', 'Shift+ArrowLeft', '-', 'ArrowRight', '0'];
      await page.keyboard.press(keys[turn % keys.length]!);
    },
  },
  {
    what: 'clicks on ranges and views',
    types: ['pointerdown', 'pointerup', 'click', 'keydown'],
    times: 24,
    async act(page, _box, turn) {
      const labels = page.locator('label:has(input[name="span"])');
      const count = await labels.count();
      if (count > 0 && turn % 6 < 4) await labels.nth((turn * 3) % count).click();
      else await page.click(turn % 2 === 0 ? '#link-heatmap' : '#link-price');
    },
  },
];

export function inputRow(name: string, sight: Sight): Row {
  return {
    name,
    about: `real input at ${POINTS} points, ${sight.renderer}: from the event to the next picture`,
    async run() {
      const browser = await launch();
      const server = await serve({ greeting: () => crowdGreeting(POINTS) });
      const { page } = await open(browser, server, sight, (to) => to.addInitScript(watchAnswers));
      await isFull(page, POINTS);
      const halves = setInterval(() => server.say(...nextHalfSecond(nowSec())), HALF_SECOND_MS);
      const findings = [
        plainFinding('in use', await rendererOf(page)),
        plainFinding('a bare page, pointer moves', await bareAnswers(browser)),
      ];
      try {
        const box = (await page.locator('#stage').boundingBox())!;
        for (const kind of KINDS) findings.push(judge(kind, await answersTo(page, kind, box)));
      } finally {
        clearInterval(halves);
      }
      return findings;
    },
  };
}

/** What the machine takes with nothing to draw, at this moment. */
async function bareAnswers(browser: Browser): Promise<string> {
  const page = await browser.newPage();
  await page.addInitScript(watchAnswers);
  await page.goto('about:blank');
  const box = { x: 0, y: 0, width: 600, height: 400 };
  const answers = await answersTo(page, MOVES, box);
  await page.close();
  return spread(answers);
}

async function answersTo(
  page: Page,
  { act, times, types }: Kind,
  box: Box,
): Promise<readonly Answer[]> {
  await page.evaluate(() => {
    (globalThis as unknown as { answers: Answer[] }).answers.length = 0;
  });
  for (let turn = 0; turn < times; turn += 1) {
    await act(page, box, turn);
    await delay(BETWEEN_MS);
  }
  // Entries of the browser come a moment after the picture.
  await delay(HALF_SECOND_MS);
  const answers = await page.evaluate(
    () => (globalThis as unknown as { answers: Answer[] }).answers,
  );
  return answers.filter(({ type }) => types.includes(type));
}

/**
 * Moves and wheels are timed here, from when the browser had them to the first task after the
 * frame; of the others the browser itself tells what was presented when (Event Timing).
 */
function watchAnswers(): void {
  const answers: Answer[] = [];
  Object.assign(globalThis, { answers });
  const { port1, port2 } = new MessageChannel();
  let waiting: { readonly type: string; readonly atMs: number }[] = [];
  port1.onmessage = () => {
    const nowMs = performance.now();
    for (const { type, atMs } of waiting) answers.push({ type, tookMs: nowMs - atMs });
    waiting = [];
  };
  for (const type of ['pointermove', 'wheel']) {
    addEventListener(
      type,
      ({ timeStamp }) => {
        if (waiting.length === 0) {
          requestAnimationFrame(() => port2.postMessage(null));
        }
        waiting.push({ type, atMs: timeStamp });
      },
      { capture: true, passive: true },
    );
  }
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) {
      answers.push({ type: name, tookMs: duration });
    }
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
}

function judge({ what, types, times }: Kind, answers: readonly Answer[]): Finding {
  const tookMs = answers.map((answer) => answer.tookMs);
  // Of these every one is told of, if the page heard it.
  const isTimedHere = TIMED_HERE.some((type) => types.includes(type));
  if (tookMs.length === 0 && isTimedHere) return absentFinding(what, `${times} made, none heard`);
  // Answers within a frame of 16 ms are not told of.
  if (tookMs.length === 0) return plainFinding(what, `${times} made, all within 16 ms`);
  return {
    what: `${what}, ${tookMs.length} events`,
    measured: spread(answers),
    bar: {
      text: `p98 ≤ ${ANSWER_MS_MAX} ms`,
      met: quantile(tookMs, 0.98) <= ANSWER_MS_MAX,
    },
  };
}

function spread(answers: readonly Answer[]): string {
  const tookMs = answers.map((answer) => answer.tookMs);
  const at = (share: number): string => quantile(tookMs, share).toFixed(0);
  return `p50 ${at(0.5)}, p98 ${at(0.98)}, max ${at(1)} ms`;
}

/** To and fro between 0 and 1. */
function wave(turn: number, period: number): number {
  return (1 + Math.sin((turn / period) * 2 * Math.PI)) / 2;
}
