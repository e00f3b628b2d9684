import { describe, expect, test } from 'vitest';
import { Replica } from '../../src/workers/replica.ts';
import { ReplicaBench } from './replica-bench.ts';

const SUBSCRIBE = { subscribe: 'transactions' };
const kindOf = (message: Record<string, unknown>): string =>
  `${String(message.seq)} ${'epoch' in message ? 'whole' : 'delta'}`;

describe('a channel that is only sent on demand', () => {
  test('comes to the first subscriber as a whole, then in deltas; to the second at once', () => {
    const bench = new ReplicaBench();
    bench.tick(3);
    bench.carryAll();
    const first = bench.join(bench.mempool);
    first.take();
    first.receive(SUBSCRIBE);
    expect(first.take()).toEqual([]);
    bench.carryAll();
    bench.tick(1);
    bench.carryAll();
    expect(first.take().map(kindOf)).toEqual(['1 whole', '2 delta']);
    const second = bench.join(bench.mempool);
    second.take();
    second.receive(SUBSCRIBE);
    expect(second.take().map(kindOf)).toEqual(['2 whole']);
  });

  test('is let go when nobody is left, and not shown to who comes later', () => {
    const bench = new ReplicaBench();
    bench.tick(3);
    const first = bench.join(bench.mempool);
    first.receive(SUBSCRIBE);
    bench.carryAll();
    first.receive({ unsubscribe: 'transactions' });
    bench.release();
    bench.tick(1);
    bench.carryAll();
    const later = bench.join(bench.mempool);
    later.take();
    later.receive(SUBSCRIBE);
    expect(later.take()).toEqual([]);
    bench.carryAll();
    expect(later.take().map(kindOf)).toEqual(['2 whole']);
  });

  test('that is let go and wanted again at once is sent again', () => {
    const bench = new ReplicaBench(0);
    bench.tick(3);
    bench.carryAll();
    const client = bench.join(bench.mempool);
    client.receive(SUBSCRIBE);
    bench.carryAll();
    client.take();
    // The line is busy meanwhile: both leave as one message.
    bench.heatmapReplica.current('BTCUSDT');
    client.receive({ unsubscribe: 'transactions' });
    bench.release();
    client.receive(SUBSCRIBE);
    bench.carryAll();
    expect(client.take().map(kindOf)).toEqual(['1 whole']);
  });
});

test('a state that was on its way when it was let go is not taken for the newest', () => {
  const bench = new ReplicaBench(0);
  bench.tick(3);
  const client = bench.join(bench.mempool);
  client.receive(SUBSCRIBE);
  bench.carryUp();
  client.receive({ unsubscribe: 'transactions' });
  bench.release();
  bench.heatmapReplica.current('BTCUSDT');
  bench.carryDown();
  // The main process lets go of it; the state of before is on the wire, the new want is not yet.
  bench.carryUp();
  client.receive(SUBSCRIBE);
  bench.tick(1);
  client.take();
  bench.carryDown();
  expect(client.take().map(kindOf)).toContain('1 whole');
  bench.carryAll();
  expect(client.take().map(kindOf)).toContain('2 whole');
});

test("what comes during a long broadcast is nobody's state before it is published", () => {
  const bench = new ReplicaBench();
  bench.tick(3);
  const first = bench.join(bench.mempool);
  first.receive(SUBSCRIBE);
  bench.carryAll();
  first.take();
  bench.busy = true;
  bench.tick(1);
  bench.carryAll();
  const later = bench.join(bench.mempool);
  later.take();
  later.receive(SUBSCRIBE);
  expect(later.take().map(kindOf)).toEqual(['1 whole']);
  bench.busy = false;
  bench.tick(0);
  bench.carryAll();
  expect(first.take().map(kindOf)).toEqual(['2 delta']);
  expect(later.take().map(kindOf)).toEqual(['2 delta']);
});

test('what waited for a long broadcast is no delta to who came after it', () => {
  const bench = new ReplicaBench();
  bench.tick(3);
  const first = bench.join(bench.mempool);
  first.receive(SUBSCRIBE);
  bench.carryAll();
  bench.busy = true;
  bench.tick(1);
  bench.carryAll();
  first.events.closed(1001);
  bench.release();
  bench.carryAll();
  bench.busy = false;
  const later = bench.join(bench.mempool);
  later.take();
  later.receive({ ...SUBSCRIBE, unsubscribe: 'full' });
  // A tick arrives before what was asked for.
  bench.tick(0);
  bench.carryDown();
  bench.carryAll();
  expect(later.take().map(kindOf)).toEqual(['2 whole']);
});

test('clients come back to a worker with deltas, as far as it has them', () => {
  const bench = new ReplicaBench();
  bench.tick(3);
  const first = bench.join(bench.mempool);
  first.receive(SUBSCRIBE);
  bench.carryAll();
  for (let i = 0; i < 3; i++) bench.tick(1);
  bench.carryAll();
  const back = bench.join(bench.mempool);
  const resumeAt = (seq: number) => {
    back.take();
    back.receive({ unsubscribe: 'transactions' });
    back.receive({ ...SUBSCRIBE, resume: { transactions: { epoch: 'k3x9', seq } } });
    return back.take().map(kindOf);
  };
  expect(resumeAt(4)).toEqual([]);
  expect(resumeAt(3)).toEqual(['4 delta']);
  expect(resumeAt(99)).toEqual(['4 whole']);
});

test('a first subscriber of a map has it within two turns, and then each change', () => {
  const bench = new ReplicaBench();
  bench.maps.set('BTCUSDT', 1);
  const client = bench.join(bench.heatmaps);
  client.receive({ action: 'subscribe', symbols: ['BTCUSDT', 'NOPE'], update_interval: 1 });
  expect(client.take()).toMatchObject([{ code: 'INVALID_SYMBOL' }]);
  bench.carryAll();
  bench.clock.advance(100);
  expect(client.take()).toMatchObject([{ symbol: 'BTCUSDT', seq: 1 }]);
  bench.maps.set('BTCUSDT', 2);
  bench.clock.advance(1000);
  bench.look();
  bench.carryAll();
  bench.clock.advance(100);
  expect(client.take()).toMatchObject([{ symbol: 'BTCUSDT', seq: 2 }]);
  const asked = bench.maps.asked.get('BTCUSDT');
  client.events.closed(1001);
  bench.release();
  bench.carryAll();
  bench.clock.advance(1000);
  bench.look();
  expect(bench.maps.asked.get('BTCUSDT')).toBe(asked);
});

test('a delta that does not follow on what is here is of no use: the whole goes out instead', () => {
  const replica = new Replica({ epoch: 'k3x9', always: ['x'], onWants: () => {} });
  const bytes = Buffer.from('{}');
  const whole = (seq: number) => ({ channel: 'x', seq, kind: 'whole' as const, bytes });
  const delta = (seq: number) => ({ channel: 'x', seq, kind: 'delta' as const, bytes });
  const take = (seq: number) => replica.take([delta(seq), whole(seq)]).map(({ kind }) => kind);
  expect(take(1)).toEqual(['whole']);
  expect(take(2)).toEqual(['delta']);
  expect(take(4)).toEqual(['whole']);
  expect(take(4)).toEqual([]);
  expect(take(5)).toEqual(['delta']);
  expect(replica.take([{ ...whole(9), channel: 'unwanted' }])).toEqual([]);
});
