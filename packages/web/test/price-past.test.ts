/** The price's past, asked over HTTP: when, what, and what becomes of the answer. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Dashboard } from '../src/model/dashboard.ts';
import { PricePastSession } from '../src/price-past-session.ts';
import type { RestAnswer } from '../src/rest/ask-rest.ts';
import { readPriceHistory } from '../src/wire/read-price-history.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeTidegauge } from './fake-tidegauge.ts';
import { priceUpdate } from './updates.ts';

const ALL = 'api/v1/price/history?interval=1m';

interface Question {
  readonly path: string;
  readonly signal: AbortSignal;
  answer(answer: RestAnswer): Promise<void>;
}

let clock: FakeClock;
let tide: FakeTidegauge;
let state: Dashboard;
let session: PricePastSession;
let questions: Question[];
let changes: number;

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const nowSec = (): number => clock.nowMs() / 1000;
const paths = (): readonly string[] => questions.map(({ path }) => path);
const told = (...timesSec: readonly number[]): unknown => ({
  points: timesSec.map((time) => ({ time, price: 10, low: 9, high: 11, confidence: 1 })),
});

beforeEach(() => {
  clock = new FakeClock();
  tide = new FakeTidegauge();
  state = new Dashboard();
  questions = [];
  changes = 0;
  const askRest = (path: string, signal: AbortSignal): Promise<RestAnswer> =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
      const answer = async (given: RestAnswer): Promise<void> => {
        resolve(given);
        await settled();
      };
      questions.push({ path, signal, answer });
    });
  session = new PricePastSession({ clock, random: () => 0.5, askRest }, state, () => {
    changes += 1;
  });
  session.join(tide);
});

function line(name: 'live' | 'polling' | 'slow' | 'reconnecting'): void {
  tide.stand('mempool', { state: name });
  state.lineChanged(tide.status.feeds.mempool, clock.nowMs());
}
function price(demo = false): void {
  state.takePrice(priceUpdate({ asOfMs: clock.nowMs(), demo }), clock.nowMs());
}
const answered = (body: unknown): Promise<void> => questions.at(-1)!.answer({ kind: 'ok', body });
/** The line is lost for so long, and then there is a price again. */
function lose(sec: number): void {
  line('reconnecting');
  clock.pass(sec * 1000);
  line('live');
  price();
  session.tick();
}

describe('the past of the price', () => {
  it('is asked for once, as soon as the server is reached, and put before what was seen', async () => {
    expect(paths()).toEqual([]);
    line('live');
    price();
    await answered(told(nowSec() - 120, nowSec() - 60));
    expect(state.priceHistory.length).toBe(3);
    expect(changes).toBe(1);
    line('slow');
    line('polling');
    session.tick();
    expect(paths()).toEqual([ALL]);
  });

  it('is shown while there is no price yet', async () => {
    line('live');
    await answered(told(nowSec() - 60));
    expect(state.priceHistory.length).toBe(1);
  });

  it('is none on a server that keeps none', async () => {
    line('live');
    price();
    await answered(told());
    expect(state.priceHistory.length).toBe(1);
  });

  it('is asked for again from a loss on, once there is a price again', async () => {
    line('live');
    price();
    await answered(told(nowSec() - 60));
    const lostSec = nowSec();
    line('reconnecting');
    clock.pass(600_000);
    line('live');
    session.tick();
    expect(paths()).toEqual([ALL]);
    price();
    session.tick();
    expect(paths()).toEqual([ALL, `${ALL}&from=${lostSec}`]);
    session.tick();
    expect(questions).toHaveLength(2);
    await answered(told(lostSec + 60, lostSec + 120, lostSec + 500));
    // The break of the loss is none, but that of what is missing between minutes is one.
    const { priceHistory: history } = state;
    const gaps = Array.from({ length: history.length }, (_, i) =>
      Number.isNaN(history.priceUsd(i)),
    );
    expect(gaps).toEqual([false, false, false, false, true, false, false]);
  });

  it('is not asked for where a minute has not passed', async () => {
    line('live');
    price();
    await answered(told());
    lose(59);
    session.tick();
    expect(questions).toHaveLength(1);
  });

  it('is asked for as a whole after a loss, where nothing of before is held', async () => {
    line('live');
    await answered(told());
    lose(600);
    expect(paths()).toEqual([ALL, ALL]);
  });

  it('is asked for as a whole where another server was found to be behind the line', async () => {
    line('live');
    price();
    await answered(told(nowSec() - 60));
    line('reconnecting');
    clock.pass(600_000);
    line('live');
    price(true);
    session.tick();
    expect(paths()).toEqual([ALL, ALL]);
    const passed = questions[1]!;
    price();
    session.tick();
    expect(paths()).toEqual([ALL, ALL, ALL]);
    expect(passed.signal.aborted).toBe(true);
    await answered(told(nowSec() - 60));
    session.tick();
    expect([state.priceHistory.length, questions.length]).toEqual([2, 3]);
  });

  it('that did not come is still missing after a loss', async () => {
    line('live');
    price();
    lose(300);
    expect(paths()).toEqual([ALL, ALL]);
    expect(questions[0]!.signal.aborted).toBe(true);
    await answered(told());
    const lostSec = nowSec();
    lose(300);
    lose(300);
    expect(paths().slice(2)).toEqual([`${ALL}&from=${lostSec}`, `${ALL}&from=${lostSec}`]);
  });

  it('is tried again where that may help', async () => {
    line('live');
    const problem = { kind: 'problem', message: 'busy', retryAfterMs: 5_000 } as const;
    await questions[0]!.answer({ ...problem, passing: true });
    clock.pass(5_000);
    expect(paths()).toEqual([ALL, ALL]);
    await questions[1]!.answer({ ...problem, passing: false });
    clock.pass(600_000);
    expect(questions).toHaveLength(2);
  });

  it('is not taken from what is no history', async () => {
    line('live');
    await answered({ klines: [] });
    clock.pass(600_000);
    expect([state.priceHistory.length, questions.length]).toEqual([0, 1]);
  });

  it('is not waited for by a page that has left, and is asked of the next server', async () => {
    line('live');
    session.leave();
    await settled();
    expect(questions[0]!.signal.aborted).toBe(true);
    const next = new FakeTidegauge();
    session.join(next);
    next.stand('mempool', { state: 'live' });
    expect(paths()).toEqual([ALL, ALL]);
  });
});

describe('reading the past', () => {
  it('takes prices in the order of time, and nothing else', () => {
    const point = { time: 5, price: 10, low: 9, high: 11, confidence: 1 };
    const points = [
      point,
      { ...point, time: 5 },
      { ...point, time: 4 },
      { ...point, time: 6, price: 0 },
      { ...point, time: 7, low: null },
      { ...point, time: '8' },
      null,
      { ...point, time: 9 },
    ];
    expect(readPriceHistory({ points })?.map(({ timeSec }) => timeSec)).toEqual([5, 9]);
    for (const body of [null, [], {}, { points: {} }, 'x'])
      expect(readPriceHistory(body)).toBeNull();
  });
});
