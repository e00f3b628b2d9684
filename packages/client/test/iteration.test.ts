/** Subscriptions as async iteration. */
import { describe, expect, test } from 'vitest';
import type { Subscription, Update } from '../src/index.ts';
import { TidegaugeError } from '../src/index.ts';
import { refusal } from './fakes/fake-server.ts';
import { Rig } from './fakes/rig.ts';
import { settle } from './fakes/settle.ts';

interface Loop<Value> {
  readonly seen: Value[];
  /** null while it goes on. */
  end: 'done' | Error | null;
}

/** Loops in the background, until told to break. */
function loop<Value extends Update>(
  subscription: Subscription<Value>,
  isOver: (value: Value) => boolean = () => false,
): Loop<Value> {
  const state: Loop<Value> = { seen: [], end: null };
  const run = async (): Promise<void> => {
    for await (const value of subscription) {
      state.seen.push(value);
      if (isOver(value)) break;
    }
  };
  run().then(
    () => {
      state.end = 'done';
    },
    (error: Error) => {
      state.end = error;
    },
  );
  return state;
}

/** What comes next in a loop that has not ended. */
async function next<Value>(iterator: AsyncIterator<Value>): Promise<Value> {
  const result = await iterator.next();
  if (result.done) throw new Error('the loop has ended');
  return result.value;
}

test('each update, in order', async () => {
  const rig = new Rig();
  const prices = loop(rig.tide.price());
  await settle();
  for (let n = 0; n < 3; n += 1) {
    rig.server.price();
    await settle();
  }
  expect(prices.seen.map(({ seq, missed }) => [seq, missed])).toEqual([
    [1, null],
    [2, 0],
    [3, 0],
  ]);
  expect(prices.end).toBeNull();
});

test('begins with the newest that is known', async () => {
  const rig = new Rig();
  const price = rig.tide.price();
  await settle();
  rig.server.price();
  rig.server.price();
  const prices = loop(price);
  await settle();
  expect(prices.seen).toMatchObject([{ seq: 2, missed: null, isLive: true }]);
});

describe('a slow loop', () => {
  test('gets only the newest, and is told how many it missed', async () => {
    const rig = new Rig();
    const iterator = rig.tide.price()[Symbol.asyncIterator]();
    await settle();
    rig.server.price();
    await iterator.next();
    for (let n = 0; n < 1_000; n += 1) rig.server.price();
    const value = await next(iterator);
    expect(value).toMatchObject({ seq: 1_001, missed: 999, isLive: true });
    rig.server.price();
    expect(await next(iterator)).toMatchObject({ seq: 1_002, missed: 0 });
  });

  test('gets the newest of each symbol', async () => {
    const rig = new Rig();
    const iterator = rig.tide.heatmap(['A', 'B'], { interval: 1 })[Symbol.asyncIterator]();
    await settle();
    for (let n = 0; n < 3; n += 1) {
      rig.server.map('A');
      rig.server.map('B');
      await rig.pass(1_000);
    }
    const both = [await next(iterator), await next(iterator)];
    expect(both.map(({ symbol, seq }) => [symbol, seq])).toEqual([
      ['A', 3],
      ['B', 3],
    ]);
  });

  test('loses nothing of the points that were added', async () => {
    const rig = new Rig();
    const iterator = rig.tide.transactions()[Symbol.asyncIterator]();
    rig.server.keepPoints(0);
    rig.server.points([1, 9]);
    await settle();
    expect(await next(iterator)).toMatchObject({ whole: true });
    rig.server.points([2, 9]);
    rig.server.points([3, 9], [4, 9]);
    rig.server.points([5, 9]);
    const value = await next(iterator);
    expect(value.points.map(({ timeMs }) => timeMs)).toEqual([1_000, 2_000, 3_000, 4_000, 5_000]);
    expect(value).toMatchObject({ whole: true, missed: 2, seq: 4 });
    expect(value.added).toEqual(value.points);
    rig.server.points([6, 9]);
    expect(await next(iterator)).toMatchObject({ whole: false, missed: 0 });
  });

  test('has a window replaced by what came after it', async () => {
    const rig = new Rig();
    const iterator = rig.tide.transactions()[Symbol.asyncIterator]();
    rig.server.keepPoints(0);
    rig.server.points([1, 9]);
    await settle();
    rig.server.points([2, 9]);
    const value = await next(iterator);
    expect(value).toMatchObject({ whole: true, seq: 2 });
    expect(value.added).toEqual(value.points);
  });

  test('has what was added replaced by a window', async () => {
    const rig = new Rig();
    const iterator = rig.tide.transactions()[Symbol.asyncIterator]();
    rig.server.keepPoints(0);
    rig.server.points([1, 9]);
    await settle();
    await iterator.next();
    rig.server.points([2, 9]);
    const data = { points: [[7, 9]] };
    rig.server.connection().send({ type: 'transactions', seq: 5, epoch: 'run-1', data });
    const value = await next(iterator);
    expect(value).toMatchObject({ whole: true, seq: 5, missed: 3 });
    expect(value.added.map(({ timeMs }) => timeMs)).toEqual([7_000]);
  });
});

describe('a loop ends', () => {
  test('when it is left, and the subscription with it', async () => {
    const rig = new Rig();
    const price = rig.tide.price();
    const prices = loop(price, ({ seq }) => seq === 2);
    await settle();
    for (let n = 0; n < 3; n += 1) {
      rig.server.price();
      await settle();
    }
    expect(prices.end).toBe('done');
    expect(prices.seen).toHaveLength(2);
    expect(price.closed).toBe(true);
    expect(rig.sockets.alive).toEqual([]);
  });

  test('when its body throws, and the subscription with it', async () => {
    const rig = new Rig();
    const price = rig.tide.price();
    const prices = loop(price, () => {
      throw new Error('not today');
    });
    await settle();
    rig.server.price();
    await settle();
    expect(prices.end).toMatchObject({ message: 'not today' });
    expect(price.closed).toBe(true);
  });

  test('when the subscription is closed, and when the client is', async () => {
    const rig = new Rig();
    const price = rig.tide.price();
    const [first, second] = [loop(price), loop(price)];
    const maps = loop(rig.tide.heatmap(['A']));
    await settle();
    price.close();
    await settle();
    expect([first.end, second.end, maps.end]).toEqual(['done', 'done', null]);
    rig.tide.close();
    await settle();
    expect(maps.end).toBe('done');
  });

  test('at once when it is closed already', async () => {
    const rig = new Rig();
    const price = rig.tide.price();
    price.close();
    const prices = loop(price);
    await settle();
    expect(prices).toEqual({ seen: [], end: 'done' });
  });

  test('without what waited for it', async () => {
    const rig = new Rig();
    const price = rig.tide.price();
    const iterator = price[Symbol.asyncIterator]();
    await settle();
    rig.server.price();
    price.close();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  test('not while the server lets nobody in for now', async () => {
    const rig = new Rig();
    rig.server.refusal = refusal(503, 'SERVER_FULL', { retryAfter: '30' });
    const prices = loop(rig.tide.price());
    await rig.pass(20_000);
    const late = loop(rig.tide.price());
    rig.server.refusal = null;
    await rig.untilRetry();
    rig.server.price();
    await settle();
    expect([prices.seen, late.seen]).toMatchObject([[{ seq: 1 }], [{ seq: 1 }]]);
    expect([prices.end, late.end]).toEqual([null, null]);
  });

  test('not while the line is lost', async () => {
    const rig = new Rig();
    const prices = loop(rig.tide.price());
    await settle();
    await rig.fail(6);
    expect(prices.end).toBeNull();
    rig.server.isUp = true;
    rig.server.price();
    await rig.untilRetry();
    expect(prices.seen).toHaveLength(1);
  });
});

describe('a server that refuses for good', () => {
  test('makes the loop throw', async () => {
    const rig = new Rig();
    const prices = loop(rig.tide.price());
    await settle();
    rig.server.connection().cut(4500, 'ten errors within 10 s');
    await settle();
    expect(prices.end).toBeInstanceOf(TidegaugeError);
    expect(prices.end).toMatchObject({ code: 'REFUSED', fatal: true, closeCode: 4500 });
  });

  test('also one that begins afterwards', async () => {
    const rig = new Rig();
    rig.tide.price(() => {});
    await settle();
    rig.server.connection().cut(4500);
    const late = loop(rig.tide.histogram());
    await settle();
    expect(late.end).toMatchObject({ code: 'REFUSED' });
  });

  test('leaves alone the loops of the other feed', async () => {
    const rig = new Rig();
    const prices = loop(rig.tide.price());
    const maps = loop(rig.tide.heatmap(['A']));
    await settle();
    rig.server.connection('mempool').cut(4500);
    rig.server.map('A');
    await settle();
    expect(prices.end).toBeInstanceOf(TidegaugeError);
    expect(maps).toMatchObject({ end: null, seen: [{ symbol: 'A' }] });
  });

  test('does not end a handler beside it: that goes on after a retry', async () => {
    const rig = new Rig();
    const seen: number[] = [];
    const price = rig.tide.price(({ seq }) => seen.push(seq));
    const prices = loop(rig.tide.price());
    await settle();
    rig.server.connection().cut(4500);
    await settle();
    expect(prices.end).toBeInstanceOf(TidegaugeError);
    rig.tide.retry();
    await settle();
    rig.server.price();
    expect(seen).toEqual([1]);
    expect(price.closed).toBe(false);
  });
});

test('two loops over one subscription each get every update', async () => {
  const rig = new Rig();
  const price = rig.tide.price();
  const [first, second] = [loop(price), loop(price)];
  await settle();
  rig.server.price();
  await settle();
  rig.server.price();
  await settle();
  expect(first.seen.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(second.seen.map(({ seq }) => seq)).toEqual([1, 2]);
});

test('a handler and a loop go beside each other', async () => {
  const rig = new Rig();
  const handled: number[] = [];
  const prices = loop(rig.tide.price(({ seq }) => handled.push(seq)));
  await settle();
  rig.server.price();
  await settle();
  expect(handled).toEqual([1]);
  expect(prices.seen).toMatchObject([{ seq: 1 }]);
});
