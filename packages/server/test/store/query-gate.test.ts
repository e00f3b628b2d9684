import { expect, test } from 'vitest';
import { PutQueue } from '../../src/store/put-queue.ts';
import { QueryGate } from '../../src/store/query-gate.ts';
import { ReadingTerms } from '../../src/store/reading-terms.ts';
import type { ReadOptions } from '../../src/store/store.ts';
import { FakeClock } from '../hub-fakes.ts';

interface Later<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (why: Error) => void;
}

function later<T>(): Later<T> {
  let [resolve, reject]: [(value: T) => void, (why: Error) => void] = [() => {}, () => {}];
  const promise = new Promise<T>((onValue, onError) => {
    [resolve, reject] = [onValue, onError];
  });
  return { promise, resolve, reject };
}

/** A gate of two lanes, where three may wait, with queries that end when they are told to. */
class Scene {
  readonly clock = new FakeClock();
  readonly interrupted: number[] = [];
  readonly begun: string[] = [];
  readonly gate: QueryGate = new QueryGate({
    lanes: 2,
    waitingMax: 3,
    clock: this.clock,
    interrupt: (lane) => this.interrupted.push(lane),
  });

  query(name: string, options?: ReadOptions, goesOn = false): Query {
    const ends = later<string>();
    let lane: number | null = null;
    const result = this.gate.run(
      { terms: new ReadingTerms(this.clock, options), goesOn },
      (in_) => {
        this.begun.push(name);
        lane = in_;
        return ends.promise;
      },
    );
    // Who waits for it comes later; until then a rejection is not unhandled.
    result.catch(() => {});
    return { result, end: ends.resolve, fail: ends.reject, lane: () => lane };
  }
}

interface Query {
  readonly result: Promise<string>;
  readonly end: (result: string) => void;
  readonly fail: (why: Error) => void;
  readonly lane: () => number | null;
}

/** Lets everything run that is ready. */
async function settle(): Promise<void> {
  await new Promise(setImmediate);
}

test('two queries run at once, the others in the order of their coming', async () => {
  const scene = new Scene();
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => scene.query(name));
  await settle();
  expect(scene.begun).toEqual(['a', 'b']);
  expect(scene.gate.load).toEqual({ running: 2, waiting: 2 });
  expect(new Set([a!.lane(), b!.lane()])).toEqual(new Set([0, 1]));
  b!.end('from b');
  expect(await b!.result).toBe('from b');
  await settle();
  expect(scene.begun).toEqual(['a', 'b', 'c']);
  expect(c!.lane()).toBe(b!.lane());
  c!.fail(new Error('c is wrong'));
  await expect(c!.result).rejects.toThrow('c is wrong');
  await settle();
  expect(scene.begun).toEqual(['a', 'b', 'c', 'd']);
  a!.end('');
  d!.end('');
  await settle();
  expect(scene.gate.load).toEqual({ running: 0, waiting: 0 });
});

test('the fourth that would wait is turned away, a reading that goes on is not', async () => {
  const scene = new Scene();
  const queries = ['a', 'b', 'c', 'd', 'e'].map((name) => scene.query(name));
  await expect(scene.query('f').result).rejects.toMatchObject({
    kind: 'busy',
    message: '3 queries wait for the database already: try again in a moment',
  });
  queries.push(scene.query('g', {}, true));
  for (const { end } of queries) end('');
  await Promise.all(queries.map(({ result }) => result));
  expect(scene.begun).toEqual(['a', 'b', 'c', 'd', 'e', 'g']);
});

test('a query is interrupted at its deadline until it ends, and keeps its lane until then', async () => {
  const scene = new Scene();
  const [slow, other] = [scene.query('slow', { deadlineMs: 100 }), scene.query('other')];
  const next = scene.query('next');
  await settle();
  scene.clock.advance(99);
  expect(scene.interrupted).toEqual([]);
  scene.clock.advance(1);
  await expect(slow.result).rejects.toMatchObject({ kind: 'deadline' });
  scene.clock.advance(25);
  const lane = slow.lane();
  expect(scene.interrupted).toEqual([lane, lane, lane]);
  expect(scene.begun).toEqual(['slow', 'other']);
  slow.fail(new Error('interrupted'));
  await settle();
  scene.clock.advance(1000);
  expect(scene.interrupted).toHaveLength(3);
  expect(next.lane()).toBe(lane);
  next.end('');
  other.end('');
  await settle();
  expect(scene.clock.timers).toBe(0);
});

test('a query that was called off ends at once, running or waiting', async () => {
  const scene = new Scene();
  const call = new AbortController();
  const running = scene.query('running', { signal: call.signal });
  const other = scene.query('other');
  const waiting = scene.query('waiting', { signal: call.signal });
  await settle();
  call.abort();
  await expect(running.result).rejects.toMatchObject({ kind: 'stopped' });
  await expect(waiting.result).rejects.toMatchObject({ kind: 'stopped' });
  expect(scene.interrupted).toEqual([running.lane()]);
  running.end('too late');
  other.end('');
  await settle();
  expect(scene.begun).toEqual(['running', 'other']);
  expect(scene.gate.load).toEqual({ running: 0, waiting: 0 });
});

test('the deadline of one that waits comes as well, and its place is free again', async () => {
  const scene = new Scene();
  const [a, b] = [scene.query('a'), scene.query('b')];
  const late = scene.query('late', { deadlineMs: 50 });
  const [c, d] = [scene.query('c'), scene.query('d')];
  await settle();
  scene.clock.advance(50);
  await expect(late.result).rejects.toMatchObject({ kind: 'deadline' });
  const e = scene.query('e');
  for (const { end } of [a, b, c, d, e]) end('');
  await e.result;
  expect(scene.begun).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('closing turns away who waits and waits for what runs', async () => {
  const scene = new Scene();
  const [a, b, c] = ['a', 'b', 'c'].map((name) => scene.query(name));
  await settle();
  let closed = false;
  const closing = scene.gate.close().then(() => {
    closed = true;
  });
  for (const { result } of [a!, b!, c!]) {
    await expect(result).rejects.toMatchObject({ kind: 'closed' });
  }
  expect(new Set(scene.interrupted)).toEqual(new Set([0, 1]));
  a!.fail(new Error('interrupted'));
  await settle();
  expect(closed).toBe(false);
  b!.end('');
  await closing;
  await expect(scene.query('d').result).rejects.toMatchObject({ kind: 'closed' });
  expect(scene.begun).toEqual(['a', 'b']);
});

test('puts run one after another; a failed one does not hold up the next', async () => {
  const queue = new PutQueue(2);
  const order: string[] = [];
  const first = later<void>();
  const put = (name: string, wait?: Promise<void>) =>
    queue.run(async () => {
      order.push(`${name} begins`);
      await wait;
      order.push(`${name} ends`);
    });
  const a = put('a', first.promise);
  const b = put('b');
  await expect(put('c')).rejects.toMatchObject({ kind: 'busy' });
  first.reject(new Error('a is wrong'));
  await expect(a).rejects.toThrow('a is wrong');
  await b;
  const d = put('d');
  await queue.close();
  await d;
  expect(order).toEqual(['a begins', 'b begins', 'b ends', 'd begins', 'd ends']);
  await expect(put('e')).rejects.toMatchObject({ kind: 'closed' });
});
