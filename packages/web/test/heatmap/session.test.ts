import { TidegaugeError } from '@tidegauge/client';
import { beforeEach, describe, expect, it } from 'vitest';
import { HeatmapSession } from '../../src/heatmap-session.ts';
import { Heatmap } from '../../src/model/heatmap/heatmap.ts';
import type { MapHistory } from '../../src/model/heatmap/map-history.ts';
import type { RestAnswer } from '../../src/rest/ask-rest.ts';
import { FakeClock } from '../fake-clock.ts';
import { type FakeHeatmapSubscription, FakeTidegauge } from '../fake-tidegauge.ts';
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
const subscription = (): FakeHeatmapSubscription => tide.maps.at(-1)!;
const kindOf = (): string => state.status(clock.nowMs()).kind;
const pastNow = (): MapHistory | undefined => frontMap(state, clock.nowMs());
const iso = (timeSec: number): string => new Date(timeSec * 1000).toISOString().replace('.000', '');

beforeEach(() => {
  clock = new FakeClock();
  tide = new FakeTidegauge();
  state = new Heatmap();
  questions = [];
  session = new HeatmapSession(
    {
      clock,
      random: () => 0.5,
      askRest: (path, signal) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
          questions.push({ path, signal, answer: resolve });
        }),
    },
    state,
    () => {},
  );
  session.join(tide);
});

/** Answers the newest question whose path begins so. */
async function answer(start: string, body: unknown): Promise<void> {
  questions.findLast(({ path }) => path.startsWith(start))!.answer({ kind: 'ok', body });
  await settled();
}
const symbols = (...names: string[]) => ({
  symbols: names.map((symbol) => ({ symbol, venues: ['v'], interval: '5m', bucket_size: 1 })),
});
async function answerHistory(...endsSec: readonly number[]): Promise<void> {
  const data = endsSec.map((timeSec) => ({ timestamp: iso(timeSec), levels: [] }));
  await answer('liquidations/', { data, meta: { price_bin_size: 2 } });
  await answer('api/v1/klines/', { klines: [] });
}
function say(symbol: string, timeSec = START_SEC): void {
  subscription().say(mapUpdate({ symbol, asOfMs: timeSec * 1000 }));
}
/** Shown, with the markets known, and connected. */
async function shown(): Promise<void> {
  session.setShown(true);
  await answer('api/v1/symbols', symbols('BTCUSDT', 'ETHUSDT'));
  tide.stand('heatmap', { state: 'live' });
}

describe('the subscription', () => {
  it('is there only while the map is shown', async () => {
    expect(tide.maps).toHaveLength(0);
    await shown();
    expect(tide.maps).toHaveLength(1);
    session.setShown(false);
    expect([subscription().closed, clock.pending]).toEqual([true, 0]);
    expect(questions.filter(({ path }) => path.startsWith('l'))[0]!.signal.aborted).toBe(true);
    session.setShown(true);
    expect([tide.maps.length, subscription().closed]).toEqual([2, false]);
  });

  it('is to the market that is shown, as soon as that is known', async () => {
    session.setShown(true);
    expect(tide.maps).toHaveLength(0);
    await answer('api/v1/symbols', symbols('BTCUSDT', 'ETHUSDT'));
    expect(subscription()).toMatchObject({ symbols: ['BTCUSDT'], interval: 1 });
  });

  it('tells that there is no map yet once the server has answered', async () => {
    await shown();
    expect(kindOf()).toBe('connecting');
    subscription().answer();
    await settled();
    expect(kindOf()).toBe('no-data');
    say('BTCUSDT');
    expect(kindOf()).toBe('live');
  });

  it('leaves one market for the other, whose answer is another', async () => {
    await shown();
    const answerFirst = subscription().answer;
    session.choose({ symbol: 'ETHUSDT', range: '1d', zoom: null });
    expect(tide.maps).toHaveLength(1);
    expect(subscription().symbols).toEqual(['ETHUSDT']);
    answerFirst();
    await settled();
    expect(kindOf()).toBe('connecting');
    subscription().answer();
    await settled();
    expect(kindOf()).toBe('no-data');
  });

  it('does not vouch for the map of the last visit before the server has answered', async () => {
    await shown();
    say('BTCUSDT');
    session.setShown(false);
    session.setShown(true);
    expect([state.snapshot?.symbol, kindOf()]).toEqual(['BTCUSDT', 'connecting']);
    subscription().answer();
    await settled();
    expect(kindOf()).toBe('live');
  });

  it('tells rarely while nobody looks, and is the same one all the time', async () => {
    await shown();
    session.setVisible(false);
    expect(subscription().interval).toBe(30);
    session.setVisible(true);
    expect(subscription().interval).toBe(1);
    expect(tide.maps.map(({ closed }) => closed)).toEqual([false]);
  });

  it('is not made for a page that nobody sees while another view is shown', () => {
    session.setVisible(false);
    session.setVisible(true);
    expect(tide.maps).toEqual([]);
  });

  it('is to nothing that the server does not carry', async () => {
    session.choose({ symbol: 'PEPE', range: '1d', zoom: null });
    await shown();
    expect(tide.maps).toEqual([]);
    expect(questions.map(({ path }) => path)).toEqual(['api/v1/symbols']);
    session.choose({ symbol: 'ETHUSDT', range: '1d', zoom: null });
    expect(subscription().symbols).toEqual(['ETHUSDT']);
    session.choose({ symbol: 'PEPE', range: '1d', zoom: null });
    expect(subscription().closed).toBe(true);
  });

  it('to what the server does not carry after all says so', async () => {
    await shown();
    const refused = (symbol: string): void =>
      tide.emit('error', new TidegaugeError('INVALID_SYMBOL', 'no such market', { symbol }));
    refused('ETHUSDT');
    expect(kindOf()).toBe('connecting');
    refused('BTCUSDT');
    expect(kindOf()).toBe('unknown-symbol');
  });

  it('is made anew with another client, as after another key', async () => {
    await shown();
    session.setShown(false);
    tide = new FakeTidegauge();
    session.join(tide);
    expect(tide.maps).toEqual([]);
    session.setShown(true);
    expect(subscription().symbols).toEqual(['BTCUSDT']);
  });

  it('takes warnings of its own feed', async () => {
    await shown();
    say('BTCUSDT');
    tide.warn('mempool', 'SOURCE_STALE', START_SEC * 1000);
    expect(kindOf()).toBe('live');
    tide.warn('heatmap', 'SOURCE_STALE', START_SEC * 1000);
    expect(kindOf()).toBe('stale');
  });
});

describe('the history', () => {
  it('is asked for as far back as is shown, in columns that the screen has room for', async () => {
    session.setColumnsMax(64);
    await shown();
    expect(questions.slice(1).map(({ path }) => decodeURIComponent(path))).toEqual([
      `liquidations/heatmap-timeseries?symbol=BTCUSDT&interval=30m` +
        `&start_time=${iso(START_SEC - 86_400)}&end_time=${iso(START_SEC)}`,
      `api/v1/klines/BTCUSDT?interval=30m&from=${iso(START_SEC - 86_400)}&to=${iso(START_SEC)}`,
    ]);
    await answerHistory(START_SEC - 1_800, START_SEC);
    expect(pastNow()?.columns).toHaveLength(2);
    expect(state.historyLoad.kind).toBe('loaded');
  });

  it('is asked for again from its end on once a candle has closed', async () => {
    session.choose({ symbol: null, range: '12h', zoom: null });
    await shown();
    await answerHistory(START_SEC - 42_900, START_SEC);
    const before = questions.length;
    clock.pass(3_900);
    session.tick();
    expect(questions).toHaveLength(before);
    clock.pass(300_100);
    session.tick();
    session.tick();
    expect(questions).toHaveLength(before + 2);
    expect(decodeURIComponent(questions[before]!.path)).toContain(
      `start_time=${iso(START_SEC - 600)}&end_time=${iso(START_SEC + 304)}`,
    );
    await answerHistory(START_SEC, START_SEC + 300);
    expect(pastNow()?.columns.map(({ timeSec }) => timeSec)).toEqual([START_SEC, START_SEC + 300]);
  });

  it('that begins late is asked for again, soon and then less often, until it is whole', async () => {
    session.choose({ symbol: null, range: '12h', zoom: null });
    await shown();
    const waits: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      await answerHistory(...(i < 2 ? [] : [START_SEC - 600]));
      const [before, fromMs] = [questions.length, clock.nowMs()];
      while (questions.length === before) {
        clock.pass(500);
        session.tick();
      }
      waits.push((clock.nowMs() - fromMs) / 1_000);
      expect(decodeURIComponent(questions.at(-1)!.path)).toContain(
        `from=${iso(START_SEC + (clock.nowMs() / 1_000 > START_SEC ? 300 : 0) - 43_200)}`,
      );
    }
    expect(waits).toEqual([2, 4, 8, 16]);
    await answerHistory(START_SEC - 42_900, START_SEC);
    const before = questions.length;
    clock.pass(120_000);
    session.tick();
    expect(questions).toHaveLength(before);
  });

  it('is not asked for while nobody looks, and then at once', async () => {
    session.choose({ symbol: null, range: '12h', zoom: null });
    await shown();
    await answerHistory(START_SEC);
    const before = questions.length;
    session.setVisible(false);
    clock.pass(7_200_000);
    session.tick();
    expect(questions).toHaveLength(before);
    session.setVisible(true);
    session.tick();
    expect(questions).toHaveLength(before + 2);
  });

  it('is asked for back from where the data ends, and then not again', async () => {
    session.choose({ symbol: null, range: '12h', zoom: null });
    await shown();
    const [endedSec, before] = [START_SEC - 30 * 86_400 + 100, questions.length];
    say('BTCUSDT', endedSec);
    expect(questions[before - 1]!.signal.aborted).toBe(true);
    expect(questions.slice(before).map(({ path }) => decodeURIComponent(path))).toEqual([
      `liquidations/heatmap-timeseries?symbol=BTCUSDT&interval=5m` +
        `&start_time=${iso(endedSec + 200 - 43_200)}&end_time=${iso(endedSec)}`,
      `api/v1/klines/BTCUSDT?interval=5m&from=${iso(endedSec + 200 - 43_200)}&to=${iso(endedSec)}`,
    ]);
    // Such a history may well begin in the middle of the range: no more comes.
    await answerHistory(endedSec - 3_700, endedSec - 100);
    for (let i = 0; i < 1_000; i += 1) {
      clock.pass(2_000);
      session.tick();
    }
    expect(questions).toHaveLength(before + 2);
    expect(pastNow()?.columns).toHaveLength(2);
  });

  it('follows now again when the data does', async () => {
    session.choose({ symbol: null, range: '12h', zoom: null });
    await shown();
    say('BTCUSDT', START_SEC - 30 * 86_400);
    await answerHistory(START_SEC - 30 * 86_400);
    const before = questions.length;
    say('BTCUSDT');
    session.tick();
    expect(questions).toHaveLength(before + 2);
    expect(decodeURIComponent(questions[before]!.path)).toContain(
      `start_time=${iso(START_SEC - 43_200)}&end_time=${iso(START_SEC)}`,
    );
  });

  it('goes back to the end of the data when none has come for long', async () => {
    session.choose({ symbol: null, range: '12h', zoom: null });
    await shown();
    say('BTCUSDT');
    await answerHistory(START_SEC - 42_900, START_SEC);
    // Something is asked for meanwhile, and nothing comes.
    clock.pass(600_000);
    session.tick();
    await answerHistory();
    const before = questions.length;
    clock.pass(421_000);
    session.tick();
    session.tick();
    expect(questions).toHaveLength(before + 2);
    expect(decodeURIComponent(questions[before]!.path)).toContain(
      `start_time=${iso(START_SEC - 43_200)}&`,
    );
  });

  it('is loaded anew for another range, and what is under way is called off', async () => {
    await shown();
    const [map] = questions.filter(({ path }) => path.startsWith('liquidations/'));
    session.choose({ symbol: null, range: '7d', zoom: null });
    expect(map!.signal.aborted).toBe(true);
    expect(questions.at(-1)!.path).toContain('interval=30m');
  });

  it('comes whole or not at all, and is tried again', async () => {
    await shown();
    questions
      .findLast(({ path }) => path.startsWith('api/v1/klines/'))!
      .answer({
        kind: 'problem',
        message: 'busy',
        passing: true,
        retryAfterMs: 500,
      });
    await answer('liquidations/', { data: [], meta: { price_bin_size: null } });
    expect(state.historyLoad).toMatchObject({ kind: 'failed', message: 'busy' });
    clock.pass(500);
    expect(state.historyLoad.kind).toBe('loading');
    await answerHistory(START_SEC);
    expect(pastNow()?.columns).toHaveLength(1);
  });

  it('that cannot be read waits for a person', async () => {
    await shown();
    await answer('liquidations/', { rubbish: true });
    await answer('api/v1/klines/', { klines: [] });
    expect(state.historyLoad).toMatchObject({ kind: 'failed', retryAtMs: null });
    session.retry();
    expect(state.historyLoad.kind).toBe('loading');
  });
});

describe('another try, which a person asks for,', () => {
  const pathsSince = (before: number): readonly string[] =>
    questions.slice(before).map(({ path }) => path.split(/[/?]/)[2]!);

  it('asks for the markets where there is none', async () => {
    for (const symbol of [null, 'PEPE']) {
      session.setShown(false);
      session.choose({ symbol, range: '1d', zoom: null });
      session.setShown(true);
      await answer('api/v1/symbols', symbols());
      const before = questions.length;
      session.retry();
      session.retry();
      expect(pathsSince(before)).toEqual(['symbols']);
    }
    await answer('api/v1/symbols', symbols('PEPE'));
    expect(state.market?.symbol).toBe('PEPE');
  });

  it('asks for the past up to the end of now where there is none', async () => {
    session.choose({ symbol: null, range: '12h', zoom: null });
    await shown();
    subscription().answer();
    await answerHistory();
    clock.pass(600);
    const before = questions.length;
    session.retry();
    session.retry();
    expect([kindOf(), questions.length]).toEqual(['no-data', before + 2]);
    clock.pass(300_000);
    await answerHistory();
    session.retry();
    expect(decodeURIComponent(questions.at(-1)!.path)).toContain(`&to=${iso(START_SEC + 301)}`);
    await answerHistory(START_SEC);
    expect(pastNow()?.columns).toHaveLength(1);
  });

  it('asks for a window of which nothing is known', async () => {
    await shown();
    await answerHistory(START_SEC);
    const zoom = { spanSec: 7_200, endSec: START_SEC - 10 * 86_400 };
    session.choose({ symbol: null, range: '1d', zoom });
    clock.pass(250);
    await answerHistory();
    const before = questions.length;
    session.retry();
    expect(questions).toHaveLength(before + 2);
    expect(questions[before]!.path).toBe(questions[before - 2]!.path);
  });

  it('asks for nothing that is here, nor while the map is hidden', async () => {
    await shown();
    await answerHistory(START_SEC - 84_600, START_SEC);
    const before = questions.length;
    session.retry();
    session.setShown(false);
    session.retry();
    expect(questions).toHaveLength(before);
  });
});

describe('the markets', () => {
  it('are asked for again when the server is back; the same ones change nothing', async () => {
    await shown();
    say('BTCUSDT');
    const before = questions.length;
    tide.stand('heatmap', { state: 'slow' });
    expect(questions).toHaveLength(before);
    tide.stand('heatmap', { state: 'reconnecting', failures: 1 });
    tide.stand('heatmap', { state: 'live' });
    tide.stand('heatmap', { state: 'slow' });
    expect(questions).toHaveLength(before + 1);
    await answer('api/v1/symbols', symbols('BTCUSDT', 'SOLUSDT'));
    expect(state.snapshot?.symbol).toBe('BTCUSDT');
    expect(state.markets?.map(({ symbol }) => symbol)).toEqual(['BTCUSDT', 'SOLUSDT']);
    tide.stand('heatmap', { state: 'live' });
    expect(questions).toHaveLength(before + 1);
  });

  it('are asked for again also while there is no line of the map', async () => {
    session.choose({ symbol: 'PEPE', range: '1d', zoom: null });
    await shown();
    tide.stand('mempool', { state: 'reconnecting', failures: 1 });
    tide.stand('mempool', { state: 'polling', failures: 3 });
    await answer('api/v1/symbols', symbols('PEPE'));
    expect(subscription().symbols).toEqual(['PEPE']);
  });

  it('that do not come are tried again, or when a person asks', async () => {
    session.setShown(true);
    questions[0]!.answer({ kind: 'problem', message: 'x', passing: false, retryAfterMs: null });
    await settled();
    expect(state.marketsLoad).toMatchObject({ kind: 'failed', retryAtMs: null });
    session.retry();
    await answer('api/v1/symbols', symbols('BTCUSDT'));
    expect(state.market?.symbol).toBe('BTCUSDT');
  });

  it('are no reason to try a line again that is well', async () => {
    await shown();
    session.retry();
    expect(tide.retries).toBe(0);
    tide.stand('heatmap', { state: 'closed' });
    session.retry();
    expect(tide.retries).toBe(1);
  });
});
