/** Zooming and panning, as the session asks for what is seen. */
import { beforeEach, expect, it } from 'vitest';
import { HeatmapSession } from '../../src/heatmap-session.ts';
import { Heatmap } from '../../src/model/heatmap/heatmap.ts';
import type { MapHistory } from '../../src/model/heatmap/map-history.ts';
import type { RestAnswer } from '../../src/rest/ask-rest.ts';
import { FakeClock } from '../fake-clock.ts';
import { FakeTidegauge } from '../fake-tidegauge.ts';
import { frontMap, mapUpdate } from './samples.ts';

/** What the clock of these tests begins at: a whole hour. */
const START_SEC = 1_767_225_600;

interface Question {
  readonly path: string;
  readonly signal: AbortSignal;
  answer(answer: RestAnswer): void;
}

let clock: FakeClock;
let tide: FakeTidegauge;
let state: Heatmap;
let session: HeatmapSession;
let questions: Question[];

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const pastNow = (): MapHistory | undefined => frontMap(state, clock.nowMs());
const iso = (timeSec: number): string => new Date(timeSec * 1000).toISOString().replace('.000', '');

/** Answers the newest question whose path begins so. */
async function answer(start: string, body: unknown): Promise<void> {
  questions.findLast(({ path }) => path.startsWith(start))!.answer({ kind: 'ok', body });
  await settled();
}
async function answerHistory(...endsSec: readonly number[]): Promise<void> {
  const data = endsSec.map((timeSec) => ({ timestamp: iso(timeSec), levels: [] }));
  await answer('liquidations/', { data, meta: { price_bin_size: 2 } });
  const kline = { open: 1, high: 1, low: 1, close: 1 };
  await answer('api/v1/klines/', { klines: endsSec.map((time) => ({ time, ...kline })) });
}
function say(symbol: string, timeSec: number): void {
  tide.maps.at(-1)!.say(mapUpdate({ symbol, asOfMs: timeSec * 1000 }));
}

beforeEach(async () => {
  clock = new FakeClock();
  tide = new FakeTidegauge();
  state = new Heatmap();
  questions = [];
  const askRest = (path: string, signal: AbortSignal): Promise<RestAnswer> =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
      questions.push({ path, signal, answer: resolve });
    });
  session = new HeatmapSession({ clock, random: () => 0.5, askRest }, state, () => {});
  session.join(tide);
  session.setColumnsMax(64);
  session.setShown(true);
  const market = { symbol: 'BTCUSDT', venues: ['v'], interval: '5m' };
  await answer('api/v1/symbols', { symbols: [market] });
  tide.stand('heatmap', { state: 'live' });
  await answerAll();
});

const zoomTo = (spanSec: number, endSec: number | null = null): void =>
  session.choose({ symbol: null, range: '1d', zoom: { spanSec, endSec } });
const asked = (): readonly string[] =>
  questions.map(({ path }) => decodeURIComponent(path)).filter((path) => path.startsWith('l'));
/** As a server does that knows everything: each column and candle of the question. */
async function answerAll(): Promise<void> {
  const path = asked().at(-1)!;
  const at = (name: string): number =>
    Date.parse(new RegExp(`${name}=([^&]+)`).exec(path)![1]!) / 1_000;
  const interval = /interval=(\w+)/.exec(path)![1]!;
  const sec = Number.parseInt(interval, 10) * (interval.endsWith('m') ? 60 : 3_600);
  const ends: number[] = [];
  for (let end = (Math.floor(at('start_time') / sec) + 1) * sec; end <= at('end_time'); end += sec)
    ends.push(end);
  await answerHistory(...ends);
}

it('shows what is there at once, and asks for finer steps when the hand rests', async () => {
  zoomTo(6 * 3_600);
  expect(pastNow()?.intervalSec).toBe(1_800);
  expect(asked()).toHaveLength(1);
  clock.pass(250);
  expect(asked()).toHaveLength(2);
  // A quarter of the window beyond its beginning, and never what is still to come.
  expect(asked()[1]).toContain(
    `interval=15m&start_time=${iso(START_SEC - 7.25 * 3_600)}&end_time=${iso(START_SEC + 1)}`,
  );
  expect(pastNow()?.intervalSec).toBe(1_800);
  await answerAll();
  expect(pastNow()?.intervalSec).toBe(900);
});

it('asks once for a gesture of two hundred steps', () => {
  for (let i = 0; i < 200; i += 1) {
    zoomTo(20 * 3_600 - i * 300, START_SEC - i * 60);
    clock.pass(16);
    session.tick();
  }
  expect(asked()).toHaveLength(1);
  clock.pass(250);
  expect(asked()).toHaveLength(2);
});

it('goes back to the range, and to where it was, without a question', async () => {
  zoomTo(6 * 3_600);
  clock.pass(250);
  await answerAll();
  session.choose({ symbol: null, range: '1d', zoom: null });
  clock.pass(1_000);
  expect([asked().length, pastNow()?.intervalSec]).toEqual([2, 1_800]);
  zoomTo(5.5 * 3_600);
  clock.pass(1_000);
  expect([asked().length, pastNow()?.intervalSec]).toEqual([2, 900]);
});

it('drops what was asked for a window that was left', async () => {
  zoomTo(6 * 3_600, START_SEC - 40_000);
  clock.pass(250);
  const [map, candles] = questions.slice(-2);
  zoomTo(6 * 3_600, START_SEC - 80 * 86_400);
  expect([map!.signal.aborted, candles!.signal.aborted]).toEqual([true, true]);
  map!.answer({ kind: 'ok', body: { data: [], meta: { price_bin_size: 2 } } });
  candles!.answer({ kind: 'ok', body: { klines: [] } });
  await settled();
  expect([state.maps.count, state.historyLoad.kind]).toEqual([1, 'idle']);
  clock.pass(250);
  await answerAll();
  expect(state.maps.count).toBe(2);
});

it('goes on with a question that is of use where the hand is now', () => {
  zoomTo(6 * 3_600, START_SEC - 40_000);
  clock.pass(250);
  const before = asked().length;
  zoomTo(6 * 3_600, START_SEC - 41_000);
  clock.pass(250);
  expect(asked()).toHaveLength(before);
  expect(questions.at(-1)!.signal.aborted).toBe(false);
});

it('is moved on by what closes, if it ends now, and else stands still', async () => {
  zoomTo(3_600);
  clock.pass(250);
  await answerAll();
  const followed = asked().length;
  clock.pass(304_000);
  session.tick();
  expect(asked()).toHaveLength(followed + 1);
  expect(asked().at(-1)).toContain('price_bin_size=2');
  await answerAll();
  zoomTo(3_600, START_SEC - 7_200);
  clock.pass(250);
  await answerAll();
  const [past, stood] = [[pastNow(), pastNow()?.candles], asked().length];
  for (let i = 0; i < 20; i += 1) {
    clock.pass(304_000);
    say('BTCUSDT', START_SEC + i * 304);
    session.tick();
  }
  expect(asked()).toHaveLength(stood);
  expect([pastNow(), pastNow()?.candles]).toEqual(past);
});

it('asks for the whole of a window where the server does not join', async () => {
  zoomTo(3_600);
  clock.pass(250);
  await answerAll();
  const refuse = async (): Promise<void> => {
    questions.at(-2)!.answer({
      kind: 'problem',
      message: 'no such bins',
      passing: false,
      retryAfterMs: null,
    });
    questions.at(-1)!.answer({ kind: 'ok', body: { klines: [] } });
    await settled();
  };
  clock.pass(304_000);
  session.tick();
  expect(asked().at(-1)).toContain('price_bin_size=2');
  const before = asked().length;
  await refuse();
  expect(asked()).toHaveLength(before + 1);
  expect(asked().at(-1)).not.toContain('price_bin_size');
  expect(asked().at(-1)).toContain(`start_time=${iso(START_SEC - 3_900)}`);
  // What is refused as a whole is a matter for a person.
  await refuse();
  expect(asked()).toHaveLength(before + 1);
  expect(state.historyLoad).toMatchObject({ kind: 'failed', retryAtMs: null });
});

it('holds no more after eight hours and 50,000 maps', async () => {
  zoomTo(3_600);
  const sizes: number[] = [];
  for (let i = 0; i < 50_000; i += 1) {
    clock.pass(576);
    say('BTCUSDT', Math.floor(clock.nowMs() / 1_000));
    if (i % 500 > 0) continue;
    session.tick();
    if (state.historyLoad.kind === 'loading') await answerAll();
    sizes.push(state.maps.columns.length + pastNow()!.candles.length);
  }
  expect(state.maps.count).toBe(2);
  expect(Math.max(...sizes)).toBeLessThan(100);
});
