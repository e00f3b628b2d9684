/** Clients that are behind, and the pings that tell. */
import type { Channel } from '@tidegauge/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Hub } from '../../src/hub/hub.ts';
import type { FakeClock, FakeLog, FakeSocket } from '../hub-fakes.ts';
import { MempoolBench } from './mempool-bench.ts';

let bench: MempoolBench;
let clock: FakeClock;
let log: FakeLog;
let hub: Hub;

beforeEach(() => {
  bench = new MempoolBench();
  ({ clock, log, hub } = bench);
});

const tick = (): void => bench.tick();
const join = (wantsHello = false): FakeSocket => bench.join(wantsHello);
const subscriber = (...names: Channel[]): FakeSocket => bench.subscriber(...names);

const kindOf = (message: Record<string, unknown>): string =>
  `${String(message.type)} ${String(message.seq)}`;

describe('a client that is behind', () => {
  test('keeps at most one publication a channel, the newest', () => {
    const socket = subscriber('price');
    socket.stall();
    for (let i = 0; i < 5; i++) tick();
    expect(socket.take().map(kindOf)).toEqual(['price_update 2']);
    socket.drain();
    expect(socket.take().map(kindOf)).toEqual(['price_update 6']);
    tick();
    expect(socket.take().map(kindOf)).toEqual(['price_update 7']);
    socket.events.closed(1000);
    expect(log.events('ws_disconnect')).toMatchObject([{ dropped: 3 }]);
  });

  test('after a dropped delta gets the whole window', () => {
    const socket = subscriber('transactions');
    socket.stall();
    tick();
    tick();
    socket.drain();
    const [sent, kept] = socket.take();
    expect(sent).toMatchObject({ seq: 2, data: { points: [[expect.anything(), 50_006]] } });
    expect(kept).toMatchObject({ seq: 3, data: { points: [[expect.anything(), 50_007]] } });
    expect(kept).not.toHaveProperty('epoch');

    socket.stall();
    for (let i = 0; i < 3; i++) tick();
    socket.drain();
    const [delta, whole] = socket.take();
    expect(delta).not.toHaveProperty('epoch');
    expect(whole).toMatchObject({ seq: 6, epoch: 'k3x9' });
    expect((whole!.data as { points: unknown[] }).points).toHaveLength(11);
    tick();
    const [next] = socket.take();
    expect(next).toMatchObject({ seq: 7 });
    expect(next).not.toHaveProperty('epoch');
  });

  test('a channel joined while behind waits in the outbox like the others', () => {
    const socket = subscriber('price');
    socket.stall();
    tick();
    socket.take();
    socket.receive({ subscribe: 'transactions' });
    tick();
    expect(socket.take()).toEqual([]);
    socket.drain();
    expect(socket.take()).toMatchObject([
      { type: 'transactions', seq: 3, epoch: 'k3x9' },
      { type: 'price_update', seq: 3 },
    ]);
  });

  test('what was unsubscribed meanwhile is not sent', () => {
    const socket = subscriber('price');
    socket.stall();
    tick();
    tick();
    socket.take();
    socket.receive({ unsubscribe: 'price' });
    socket.drain();
    expect(socket.take()).toEqual([]);
  });

  test('does not keep others waiting', () => {
    const [slow, fast] = [subscriber('price'), subscriber('price')];
    slow.stall();
    for (let i = 0; i < 20; i++) tick();
    expect(fast.take().map(kindOf)).toEqual(
      Array.from({ length: 20 }, (_, i) => `price_update ${i + 2}`),
    );
  });

  test('control messages are not held back', () => {
    const socket = subscriber('price');
    socket.stall();
    tick();
    socket.take();
    socket.receive({ action: 'ping' });
    expect(socket.take()).toMatchObject([{ type: 'pong' }]);
  });

  test('a pause under the timeout is forgiven without a word', () => {
    const socket = subscriber('price');
    for (let i = 0; i < 10; i++) {
      socket.stall();
      tick();
      clock.advance(999);
      socket.drain();
    }
    expect(socket.take().every(({ type }) => type === 'price_update')).toBe(true);
  });

  test('is warned once drained, with what it lost, and closed after the third time', () => {
    const socket = subscriber('price');
    const stumble = () => {
      socket.stall();
      for (let i = 0; i < 3; i++) tick();
      socket.take();
      clock.advance(1000);
      socket.drain();
    };
    stumble();
    expect(socket.take()).toMatchObject([
      { type: 'warning', code: 'SLOW_CONSUMER', dropped_messages: 1 },
      { type: 'price_update', seq: 4 },
    ]);
    stumble();
    expect(socket.closeCode).toBeNull();
    stumble();
    expect(socket.take()).toMatchObject([{ type: 'warning', code: 'SLOW_CONSUMER' }]);
    expect(socket.closeCode).toBe(4008);
    expect(log.events('slow_consumer')).toHaveLength(3);
  });

  test('warnings with 10 s of keeping up between them are no row', () => {
    const socket = subscriber('price');
    for (let i = 0; i < 5; i++) {
      socket.stall();
      tick();
      clock.advance(1500);
      socket.drain();
      for (let j = 0; j < 20; j++) {
        clock.advance(500);
        tick();
      }
      socket.events.pong();
    }
    expect(socket.closeCode).toBeNull();
    expect(log.events('slow_consumer')).toHaveLength(5);
  });

  test('is closed when its unsent bytes pass the limit', () => {
    const socket = subscriber('price');
    socket.stall();
    for (let i = 0; i < 40 && socket.closeCode === null; i++) {
      socket.unsentBytes += 30_000;
      socket.receive({ action: 'ping' });
    }
    expect(socket.closeCode).toBe(4008);
    expect(socket.unsentBytes).toBeLessThan(1_048_576 + 40_000);
  });

  test('that never takes anything is closed after ten timeouts, and then cut off', () => {
    const socket = subscriber('price');
    socket.stall();
    tick();
    clock.advance(9500);
    expect(socket.closeCode).toBeNull();
    clock.advance(1000);
    expect([socket.closeCode, socket.closeReason]).toEqual([4008, 'takes no messages']);
    expect(socket.terminated).toBe(false);
    clock.advance(5000);
    expect(socket.terminated).toBe(true);
    expect(log.events('ws_disconnect')).toMatchObject([{ code: 4008 }]);
    expect(hub.size).toBe(0);
  });
});

describe('heartbeat', () => {
  test('a ping each 25 s; a client without any frame for 60 s is closed', () => {
    const socket = join();
    socket.answersPings = false;
    clock.advance(26_000);
    expect(socket.pings).toBe(1);
    clock.advance(25_000);
    expect(socket.pings).toBe(2);
    clock.advance(8000);
    expect(socket.closeCode).toBeNull();
    clock.advance(2000);
    expect(socket.closeCode).toBe(4009);
  });

  test.each([
    ['a pong', (socket: FakeSocket) => socket.events.pong()],
    ['a ping', (socket: FakeSocket) => socket.events.ping(Buffer.alloc(0))],
    ['a message', (socket: FakeSocket) => socket.receive({ action: 'ping' })],
    ['even nonsense', (socket: FakeSocket) => socket.receive('nonsense')],
  ])('%s keeps it open', (_, beat) => {
    const socket = join();
    socket.answersPings = false;
    for (let i = 0; i < 10; i++) {
      clock.advance(50_000);
      beat(socket);
    }
    expect(socket.closeCode).toBeNull();
  });
});

test('however many clients there are, each is pinged in time', () => {
  const sockets = Array.from({ length: 50_000 }, () => join());
  clock.advance(60_000);
  expect(sockets.filter(({ closeCode }) => closeCode !== null)).toHaveLength(0);
});

describe('a ping left unanswered', () => {
  test('for 10 s counts as not reading: nothing more is sent until the pong, then the newest', () => {
    const socket = subscriber('price');
    socket.answersPings = false;
    clock.advance(26_000);
    tick();
    expect(socket.take()).toMatchObject([{ seq: 2 }]);
    clock.advance(10_000);
    tick();
    tick();
    expect(socket.take()).toEqual([]);
    clock.advance(2_000);
    socket.events.pong();
    expect(socket.take()).toMatchObject([
      { type: 'warning', code: 'SLOW_CONSUMER', dropped_messages: 1 },
      { type: 'price_update', seq: 4 },
    ]);
    tick();
    expect(socket.take()).toMatchObject([{ seq: 5 }]);
  });

  test('stays so while the kernel takes what waits: that is not reading', () => {
    const socket = subscriber('price');
    socket.answersPings = false;
    clock.advance(34_000);
    socket.stall();
    tick();
    clock.advance(2_000);
    socket.take();
    socket.drain();
    tick();
    expect(socket.take()).toEqual([]);
    socket.events.pong();
    expect(socket.take()).toMatchObject([{ code: 'SLOW_CONSUMER' }, { seq: 3 }]);
  });

  test('ends with the pong also where that is one message too many', () => {
    const socket = subscriber('price');
    socket.answersPings = false;
    clock.advance(36_000);
    for (let i = 0; i < 110; i++) socket.events.ping(Buffer.from('x'));
    socket.take();
    socket.events.pong();
    tick();
    expect(socket.take()).toMatchObject([{ code: 'SLOW_CONSUMER' }, { seq: 2 }]);
  });

  test('does not end the client before the 60 s are over', () => {
    const socket = subscriber('price');
    socket.answersPings = false;
    for (let second = 0; second < 59; second++) {
      clock.advance(1_000);
      tick();
    }
    expect(socket.closeCode).toBeNull();
    clock.advance(2_000);
    expect(socket.closeCode).toBe(4009);
  });
});
