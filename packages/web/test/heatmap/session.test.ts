import { beforeEach, describe, expect, it } from 'vitest';
import { HeatmapSession } from '../../src/heatmap-session.ts';
import type { RestAnswer } from '../../src/line/rest.ts';
import { Heatmap } from '../../src/model/heatmap/heatmap.ts';
import { FakeClock } from '../fake-clock.ts';
import { FakeSockets } from '../fake-sockets.ts';

/** What the clock of these tests begins at: a whole hour. */
const START_SEC = 1_767_225_600;

interface Question {
  readonly path: string;
  readonly signal: AbortSignal;
  answer(answer: RestAnswer): void;
}

let clock: FakeClock;
let sockets: FakeSockets;
let state: Heatmap;
let session: HeatmapSession;
let questions: Question[];

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const sent = (): unknown[] => sockets.last.sent.map((text) => JSON.parse(text) as unknown);
const say = (message: object): void => sockets.last.events.onText(JSON.stringify(message));
const iso = (timeSec: number): string => new Date(timeSec * 1000).toISOString().replace('.000', '');

beforeEach(() => {
  clock = new FakeClock();
  sockets = new FakeSockets();
  state = new Heatmap();
  questions = [];
  session = new HeatmapSession(
    {
      clock,
      openSocket: sockets.open,
      random: () => 0.5,
      isOnline: () => true,
      askRest: (path, signal) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
          questions.push({ path, signal, answer: resolve });
        }),
    },
    state,
    () => {},
  );
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
function snapshot(symbol: string, seq: number, epoch = 'e1', timeSec = START_SEC): void {
  const data = { levels: [], current_price: 100, bucket_size: 2 };
  say({ type: 'snapshot', symbol, seq, epoch, timestamp: iso(timeSec), data });
}
const subscribe = (symbol: string, over: object = {}): object => {
  return { action: 'subscribe', symbols: [symbol], update_interval: 1, ...over };
};
const ping = (n: number): object => ({ type: 'ping', timestamp: `subscription ${n}` });
/** Shown, connected, and with the markets known. */
async function shown(): Promise<void> {
  session.setShown(true);
  sockets.last.events.onOpen();
  await answer('api/v1/symbols', symbols('BTCUSDT', 'ETHUSDT'));
}

describe('the line', () => {
  it('is there only while the map is shown', async () => {
    expect(sockets.all).toHaveLength(0);
    await shown();
    expect(sockets.openCount).toBe(1);
    session.setShown(false);
    expect([sockets.openCount, clock.pending]).toEqual([0, 0]);
    expect(questions.filter(({ path }) => path.startsWith('l'))[0]!.signal.aborted).toBe(true);
    session.setShown(true);
    expect(sockets.openCount).toBe(1);
  });

  it('asks for the market as soon as both are known, and for an answer after it', async () => {
    await shown();
    expect(sent()).toEqual([subscribe('BTCUSDT'), ping(1)]);
    expect(state.status(clock.nowMs()).kind).toBe('connecting');
    say({ type: 'pong', echo: 'something else' });
    expect(state.status(clock.nowMs()).kind).toBe('connecting');
    say({ type: 'pong', echo: 'subscription 1' });
    expect(state.status(clock.nowMs()).kind).toBe('no-data');
  });

  it('leaves one market for the other', async () => {
    await shown();
    session.choose({ symbol: 'ETHUSDT', range: '1d' });
    expect(sent().slice(2)).toEqual([
      { action: 'unsubscribe', symbols: ['BTCUSDT'] },
      subscribe('ETHUSDT'),
      ping(2),
    ]);
    say({ type: 'pong', echo: 'subscription 1' });
    expect(state.status(clock.nowMs()).kind).toBe('connecting');
  });

  it('says on a new connection what it has', async () => {
    await shown();
    snapshot('BTCUSDT', 41, 'k3x9');
    sockets.last.events.onClose(1006, '');
    clock.pass(2_000);
    sockets.last.events.onOpen();
    const resume = { BTCUSDT: { epoch: 'k3x9', seq: 41 } };
    expect(sent()).toEqual([subscribe('BTCUSDT', { resume }), ping(2)]);
  });

  it('is told rarely while nobody looks', async () => {
    await shown();
    session.setVisible(false);
    expect(sent().at(-2)).toEqual(subscribe('BTCUSDT', { update_interval: 30 }));
    session.setVisible(true);
    expect(sent().at(-2)).toEqual(subscribe('BTCUSDT'));
  });

  it('asks for nothing that the server does not carry', async () => {
    session.choose({ symbol: 'PEPE', range: '1d' });
    await shown();
    expect(sent()).toEqual([]);
    expect(questions.map(({ path }) => path)).toEqual(['api/v1/symbols']);
  });

  it('survives what it cannot read', async () => {
    await shown();
    sockets.last.events.onText('{broken');
    say({ type: 'snapshot', symbol: 'BTCUSDT' });
    expect([state.malformedCount, state.snapshot]).toEqual([2, null]);
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
    expect(state.history.columns).toHaveLength(2);
    expect(state.historyLoad.kind).toBe('loaded');
  });

  it('is asked for again from its end on once a candle has closed', async () => {
    session.choose({ symbol: null, range: '12h' });
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
    expect(state.history.columns.map(({ timeSec }) => timeSec)).toEqual([
      START_SEC,
      START_SEC + 300,
    ]);
  });

  it('that begins late is asked for again, soon and then less often, until it is whole', async () => {
    session.choose({ symbol: null, range: '12h' });
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
    session.choose({ symbol: null, range: '12h' });
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
    session.choose({ symbol: null, range: '12h' });
    await shown();
    const [endedSec, before] = [START_SEC - 30 * 86_400 + 100, questions.length];
    snapshot('BTCUSDT', 1, 'e1', endedSec);
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
    expect(state.history.columns).toHaveLength(2);
  });

  it('follows now again when the data does', async () => {
    session.choose({ symbol: null, range: '12h' });
    await shown();
    snapshot('BTCUSDT', 1, 'e1', START_SEC - 30 * 86_400);
    await answerHistory(START_SEC - 30 * 86_400);
    const before = questions.length;
    snapshot('BTCUSDT', 2);
    session.tick();
    expect(questions).toHaveLength(before + 2);
    expect(decodeURIComponent(questions[before]!.path)).toContain(
      `start_time=${iso(START_SEC - 43_200)}&end_time=${iso(START_SEC)}`,
    );
  });

  it('goes back to the end of the data when none has come for long', async () => {
    session.choose({ symbol: null, range: '12h' });
    await shown();
    snapshot('BTCUSDT', 1);
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
      `start_time=${iso(START_SEC - 43_200)}&end_time=${iso(START_SEC)}`,
    );
  });

  it('is loaded anew for another range, and what is under way is called off', async () => {
    await shown();
    const [map] = questions.filter(({ path }) => path.startsWith('liquidations/'));
    session.choose({ symbol: null, range: '7d' });
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
    expect(state.history.columns).toHaveLength(1);
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

describe('the markets', () => {
  it('are asked for again on a new connection; the same ones change nothing', async () => {
    await shown();
    snapshot('BTCUSDT', 1);
    sockets.last.events.onClose(1006, '');
    clock.pass(2_000);
    sockets.last.events.onOpen();
    await answer('api/v1/symbols', symbols('BTCUSDT', 'SOLUSDT'));
    expect(state.snapshot?.seq).toBe(1);
    expect(state.markets?.map(({ symbol }) => symbol)).toEqual(['BTCUSDT', 'SOLUSDT']);
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
});
