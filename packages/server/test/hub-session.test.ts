import type { Channel } from '@tidegauge/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Hub } from '../src/hub/hub.ts';
import { RESUME_DELTAS_MAX } from '../src/hub/limits.ts';
import type { MempoolEndpoint } from '../src/hub/mempool-endpoint.ts';
import { MempoolBench } from './hub/mempool-bench.ts';
import { type FakeClock, type FakeFeed, type FakeLog, FakeSocket, SOMEBODY } from './hub-fakes.ts';

let bench: MempoolBench;
let clock: FakeClock;
let log: FakeLog;
let feed: FakeFeed;
let mempool: MempoolEndpoint;
let hub: Hub;

beforeEach(() => {
  bench = new MempoolBench();
  ({ clock, log, feed, mempool, hub } = bench);
});

const tick = (): void => bench.tick();
const join = (wantsHello = false): FakeSocket => bench.join(wantsHello);
const subscriber = (...names: Channel[]): FakeSocket => bench.subscriber(...names);

const kindOf = (message: Record<string, unknown>): string =>
  `${String(message.type)} ${String(message.seq)}`;

describe('joining', () => {
  test('hello comes first, then the current state, both before the next tick', () => {
    expect(
      join(true)
        .take()
        .map((each) => each.type),
    ).toEqual(['hello', 'price_update']);
  });

  test('no hello for a client that did not ask for it', () => {
    const [first] = join().take();
    expect(first).toMatchObject({ type: 'price_update', seq: 1 });
    expect(first).toHaveProperty('transactions');
  });

  test('nothing comes unasked to a client that wants no default, but what all are told', () => {
    const socket = new FakeSocket();
    hub.join(socket, { ...SOMEBODY, wantsHello: true, wantsDefault: false }, mempool);
    expect(socket.take()).toEqual([{ type: 'hello' }]);
    tick();
    mempool.tellLost({ name: 'zmq', sinceSec: 5 });
    expect(socket.take()).toMatchObject([{ type: 'warning' }]);
    expect(mempool.subscribers()).toEqual(new Map());
    socket.receive({ subscribe: 'price' });
    expect(socket.take().map(kindOf)).toEqual(['price_update 2']);
    socket.receive({ subscribe: 'histogram' });
    tick();
    expect(socket.take().map(kindOf)).toEqual(['histogram 1', 'price_update 3']);
  });

  test('one encoding serves all', () => {
    const [a, b] = [join(), join()];
    tick();
    expect(a.buffers.at(-1)).toBe(b.buffers.at(-1));
    expect(a.buffers[0]).toBe(b.buffers[0]);
  });

  test('is logged, and so is leaving, never a message', () => {
    const socket = join();
    tick();
    clock.advance(2500);
    socket.events.closed(1001);
    expect(log.events('ws_connect')).toEqual([
      { event: 'ws_connect', address: '203.0.113.7', path: '/ws/mempool', clients: 1 },
    ]);
    expect(log.events('ws_disconnect')).toEqual([
      {
        event: 'ws_disconnect',
        address: '203.0.113.7',
        code: 1001,
        duration_seconds: 2.5,
        sent: 2,
        dropped: 0,
        clients: 0,
      },
    ]);
    expect(log.lines).toHaveLength(2);
  });

  test('is counted by address', () => {
    const sockets = [join(), join()];
    expect([hub.size, mempool.subscribers().get('full')]).toEqual([2, 2]);
    expect([hub.countOf('203.0.113.7'), hub.countOf('::1')]).toEqual([2, 0]);
    sockets[0]!.events.closed(1000);
    sockets[0]!.events.closed(1000);
    expect([hub.size, mempool.subscribers().get('full') ?? 0, hub.countOf('203.0.113.7')]).toEqual([
      1, 1, 1,
    ]);
    sockets[1]!.events.closed(1000);
    expect([hub.size, mempool.subscribers().get('full') ?? 0, hub.countOf('203.0.113.7')]).toEqual([
      0, 0, 0,
    ]);
  });
});

describe('subscriptions', () => {
  test('the first choice replaces the default, later ones add', () => {
    const socket = subscriber('price');
    tick();
    expect(socket.take().map((each) => Object.keys(each))).toEqual([['type', 'seq', 'data']]);
    socket.receive({ subscribe: 'transactions' });
    expect(socket.take()).toMatchObject([{ type: 'transactions', epoch: 'k3x9' }]);
    tick();
    expect(socket.take().map(kindOf)).toEqual(['price_update 3', 'transactions 3']);
  });

  test('everything due at one tick is one write', () => {
    const socket = subscriber('price', 'full', 'transactions', 'histogram');
    socket.writes.length = 0;
    tick();
    expect(socket.writes).toEqual([3]);
  });

  test('the state comes at once, and not again for a channel already held', () => {
    const socket = join();
    socket.take();
    socket.receive({ subscribe: ['full', 'histogram', 'price'] });
    expect(socket.take().map((each) => each.type)).toEqual(['histogram', 'price_update']);
    socket.receive({ subscribe: 'histogram' });
    expect(socket.take()).toEqual([]);
  });

  test('confirmed has no state before the first block, then each new view', () => {
    const socket = subscriber('confirmed');
    tick();
    expect(socket.take()).toEqual([]);
    feed.view = { estimate: feed.reading, blockHeight: 1, blockTimeSec: 2, points: [] };
    tick();
    tick();
    expect(socket.take().map(kindOf)).toEqual(['confirmed_update 1']);
    expect(subscriber('price').take()).toEqual([]);
    const late = join();
    late.take();
    late.receive({ subscribe: 'confirmed' });
    expect(late.take().map(kindOf)).toEqual(['confirmed_update 1']);
  });

  test('unsubscribing ends a channel, also the default', () => {
    const socket = join();
    socket.take();
    socket.receive({ unsubscribe: 'full' });
    tick();
    expect(socket.take()).toEqual([]);
    socket.receive({ subscribe: ['price', 'full'] });
    socket.receive({ unsubscribe: ['full', 'histogram'] });
    socket.take();
    tick();
    expect(socket.take().map((each) => 'transactions' in each)).toEqual([false]);
  });

  test('a bad name does not fail the good ones beside it', () => {
    const socket = join();
    socket.take();
    socket.receive({ subscribe: ['price', 'prize'] });
    expect(socket.take()).toMatchObject([
      { type: 'price_update' },
      { type: 'error', code: 'INVALID_MESSAGE', message: expect.stringContaining('"prize"') },
    ]);
  });
});

describe('requests', () => {
  test('ping is answered with the time and the echo', () => {
    const socket = subscriber('histogram');
    socket.receive({ action: 'ping' });
    socket.receive({ type: 'ping', timestamp: 'abc' });
    const timestamp = new Date(clock.nowSec() * 1000).toISOString();
    expect(socket.take()).toEqual([
      { type: 'pong', timestamp },
      { type: 'pong', timestamp, echo: 'abc' },
    ]);
  });

  test('a binary message is an error', () => {
    const socket = join();
    socket.take();
    socket.events.message(null);
    expect(socket.take()).toMatchObject([{ code: 'INVALID_MESSAGE' }]);
  });

  test('nine errors within 10 s are answered, the tenth closes for good', () => {
    const socket = join();
    socket.take();
    for (let i = 0; i < 9; i++) socket.receive('nonsense');
    expect(socket.closeCode).toBeNull();
    socket.receive('nonsense');
    expect(socket.take()).toHaveLength(10);
    expect(socket.closeCode).toBe(4500);
    socket.receive({ action: 'ping' });
    tick();
    expect(socket.take()).toEqual([]);
  });

  test('nine errors each 10 s go on forever', () => {
    const socket = join();
    for (let i = 0; i < 50; i++) {
      for (let j = 0; j < 9; j++) socket.receive('nonsense');
      clock.advance(10_000);
    }
    expect(socket.closeCode).toBeNull();
  });

  test('over the limit: not read, told when; far over: closed with a hint', () => {
    const socket = subscriber('histogram');
    for (let i = 0; i < 99; i++) socket.receive({ action: 'ping' });
    socket.take();
    clock.advance(4000);
    socket.receive({ action: 'ping' });
    expect(socket.take()).toMatchObject([
      { type: 'error', code: 'RATE_LIMITED', retry_after_ms: 6000 },
    ]);
    for (let i = 0; i < 99; i++) socket.receive('nonsense');
    expect(socket.closeCode).toBeNull();
    socket.receive({ action: 'ping' });
    expect([socket.closeCode, socket.closeReason]).toEqual([4029, 'reconnect after 6000 ms']);
  });

  test('after the window messages are read again', () => {
    const socket = subscriber('histogram');
    for (let i = 0; i < 150; i++) socket.receive({ action: 'ping' });
    clock.advance(10_000);
    socket.take();
    socket.receive({ action: 'ping' });
    expect(socket.take()).toMatchObject([{ type: 'pong' }]);
  });

  test('protocol pings count against the limit too, without an answer', () => {
    const socket = subscriber('histogram');
    for (let i = 0; i < 250; i++) socket.events.ping(Buffer.from('x'));
    expect(socket.pongs).toHaveLength(99);
    expect(socket.take()).toEqual([]);
    expect(socket.closeCode).toBe(4029);
  });

  test('so do pongs that nobody asked for', () => {
    const socket = subscriber('histogram');
    for (let i = 0; i < 201; i++) socket.events.pong();
    expect(socket.closeCode).toBe(4029);
  });
});

describe('a token that ends', () => {
  test('ends the session with 4501', () => {
    const socket = new FakeSocket();
    hub.join(socket, { ...SOMEBODY, expiresSec: clock.nowSec() + 30 }, mempool);
    clock.advance(29_000);
    expect(socket.closeCode).toBeNull();
    clock.advance(2_000);
    expect([socket.closeCode, socket.closeReason]).toEqual([4501, 'the token has expired']);
  });
});

describe('coming back', () => {
  const back = (position: { epoch: string; seq: number }): Record<string, unknown>[] => {
    const socket = join();
    socket.take();
    socket.receive({ subscribe: 'transactions', resume: { transactions: position } });
    return socket.take();
  };

  test('with the newest position nothing is sent', () => {
    expect(back({ epoch: 'k3x9', seq: 1 })).toEqual([]);
  });

  test('with one of a while ago the deltas since, in one write', () => {
    for (let i = 0; i < 5; i++) tick();
    const messages = back({ epoch: 'k3x9', seq: 3 });
    expect(messages.map(kindOf)).toEqual(['transactions 4', 'transactions 5', 'transactions 6']);
    expect(messages.some((message) => 'epoch' in message)).toBe(false);
  });

  test.each([
    ['another epoch', { epoch: 'other', seq: 3 }],
    ['a position that never was', { epoch: 'k3x9', seq: 99 }],
  ])('with %s the whole window', (_, position) => {
    for (let i = 0; i < 5; i++) tick();
    expect(back(position)).toMatchObject([{ type: 'transactions', seq: 6, epoch: 'k3x9' }]);
  });

  test('after more deltas than are kept the whole window', () => {
    for (let i = 0; i < RESUME_DELTAS_MAX; i++) tick();
    expect(back({ epoch: 'k3x9', seq: 1 })).toHaveLength(RESUME_DELTAS_MAX);
    tick();
    expect(back({ epoch: 'k3x9', seq: 1 })).toMatchObject([{ epoch: 'k3x9' }]);
  });

  test('a session that comes back again and again is told so', () => {
    const from = { ...SOMEBODY, sessionId: 'tab-1' };
    const warned = Array.from({ length: 8 }, () => {
      const socket = new FakeSocket();
      hub.join(socket, from, mempool);
      return socket.take().some(({ code }) => code === 'CONNECTION_UNSTABLE');
    });
    expect(warned).toEqual([false, false, false, false, false, false, true, true]);
    clock.advance(60_000);
    const socket = new FakeSocket();
    hub.join(socket, from, mempool);
    expect(socket.take()).toMatchObject([{ type: 'price_update' }]);
  });
});

describe('the end', () => {
  test('drain closes each with 1012 and a jittered hint, spread when they are many', async () => {
    const sockets = Array.from({ length: 100 }, () => join());
    let call = 0;
    const drained = hub.drain(1000, () => (call++ % 10) / 10);
    expect(sockets.filter(({ closeCode }) => closeCode !== null)).toHaveLength(1);
    clock.advance(500);
    expect(sockets.filter(({ closeCode }) => closeCode !== null)).toHaveLength(51);
    clock.advance(500);
    expect(sockets.every(({ closeCode }) => closeCode === 1012)).toBe(true);
    const reasons = sockets.map(({ closeReason }) => closeReason);
    expect(reasons.every((reason) => /^reconnect after \d+ ms$/.test(reason))).toBe(true);
    expect(new Set(reasons).size).toBeGreaterThan(90);
    let done = false;
    void drained.then(() => {
      done = true;
    });
    for (const socket of sockets.slice(1)) socket.events.closed(1012);
    await Promise.resolve();
    expect(done).toBe(false);
    sockets[0]!.events.closed(1012);
    await drained;
  });

  test('drain with no clients is done at once; with two it takes a blink', async () => {
    await hub.drain(10_000, Math.random);
    const sockets = [join(), join()];
    const drained = hub.drain(10_000, Math.random);
    clock.advance(20);
    for (const socket of sockets) socket.events.closed(1012);
    await drained;
  });

  test('a client that does not answer the close is cut off', async () => {
    const socket = join();
    const drained = hub.drain(1000, () => 0);
    clock.advance(6000);
    expect(socket.terminated).toBe(true);
    await drained;
  });

  test('stop leaves neither timers nor clients', () => {
    const socket = join();
    hub.stop();
    expect(socket.terminated).toBe(true);
    expect(clock.timers).toBe(0);
  });

  test('a source that is lost is told to everybody once, and to whoever comes meanwhile', () => {
    const sockets = [join(), subscriber('histogram')];
    for (const socket of sockets) socket.take();
    const lost = { name: 'zmq', sinceSec: 1_767_225_600.1234 };
    const warning = {
      type: 'warning',
      code: 'SOURCE_STALE',
      message: 'the source zmq is lost; the price shown is the last one',
      source: 'zmq',
      since: 1_767_225_600.123,
    };
    for (let turn = 0; turn < 3; turn++) mempool.tellLost({ ...lost });
    for (const socket of sockets) expect(socket.take()).toEqual([warning]);

    const late = join(true);
    expect(late.take()).toMatchObject([{ type: 'hello' }, warning, { type: 'price_update' }]);
    const silent = new FakeSocket();
    hub.join(silent, { ...SOMEBODY, wantsHello: true, wantsDefault: false }, mempool);
    expect(silent.take()).toEqual([{ type: 'hello' }, warning]);
    mempool.tellLost(lost);
    expect([...late.take(), ...silent.take()]).toEqual([]);

    mempool.tellLost(null);
    expect(join().take()).toMatchObject([{ type: 'price_update' }]);
    expect([...late.take(), ...silent.take()]).toEqual([]);
  });

  test('a source that was back unheard of, and is lost again, is told again', () => {
    const socket = join();
    mempool.tellLost({ name: 'zmq', sinceSec: 5 });
    socket.take();
    mempool.tellLost({ name: 'zmq', sinceSec: 60 });
    expect(socket.take()).toMatchObject([{ code: 'SOURCE_STALE', since: 60 }]);
  });
});
