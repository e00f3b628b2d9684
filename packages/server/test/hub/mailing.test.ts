/** What happens to a client between the slices of a broadcast. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Mailing } from '../../src/hub/endpoint.ts';
import { Hub } from '../../src/hub/hub.ts';
import { MempoolChannels } from '../../src/hub/mempool-channels.ts';
import { MempoolEndpoint } from '../../src/hub/mempool-endpoint.ts';
import { FakeClock, FakeFeed, FakeSocket, hubParts, SOMEBODY } from '../hub-fakes.ts';

let feed: FakeFeed;
let states: MempoolChannels;
let endpoint: MempoolEndpoint;
let hub: Hub;
/** The broadcast that is under way: sent by hand, client by client. */
let mailing: Mailing;

beforeEach(() => {
  feed = new FakeFeed();
  feed.add(3);
  states = new MempoolChannels({ feed, demo: false, epoch: 'k3x9', intervalMs: 500 });
  const broadcaster = {
    busy: false,
    broadcast: (_channels: readonly string[], each: Mailing) => {
      mailing = each;
    },
  };
  endpoint = new MempoolEndpoint({ states, hello: () => '', broadcaster });
  hub = new Hub(hubParts(new FakeClock()));
  publish();
});

function publish(): void {
  feed.add(1);
  endpoint.publish(states.tick(1_767_225_600, 1, false));
}

function subscriber(...subscribe: string[]): FakeSocket {
  const socket = new FakeSocket();
  hub.join(socket, SOMEBODY, endpoint);
  socket.receive({ subscribe });
  socket.take();
  return socket;
}

function rest(): void {
  while (mailing.sendNext());
}

const namesOf = (socket: FakeSocket): string[] =>
  socket.take().map(({ type, seq }) => `${String(type)} ${String(seq)}`);

describe('a client that is still to be sent its part', () => {
  test('and subscribes to more gets each message once, in order', () => {
    const [first, second] = [subscriber('price'), subscriber('price')];
    publish();
    mailing.sendNext();
    second.receive({ subscribe: 'transactions' });
    rest();
    expect(namesOf(first)).toEqual(['price_update 2']);
    expect(namesOf(second)).toEqual(['price_update 2', 'transactions 2']);
  });

  test('and leaves the channel and comes back to it gets no position twice', () => {
    const socket = subscriber('price');
    publish();
    socket.receive({ unsubscribe: 'price' });
    expect(namesOf(socket)).toEqual([]);
    socket.receive({ subscribe: 'price' });
    expect(namesOf(socket)).toEqual(['price_update 2']);
    rest();
    expect(namesOf(socket)).toEqual([]);
  });

  test('and was behind, and drains now, is sent the newest once', () => {
    const socket = subscriber('price', 'transactions');
    socket.stall();
    publish();
    rest();
    socket.take();
    publish();
    rest();
    publish();
    socket.drain();
    expect(namesOf(socket)).toEqual(['price_update 4', 'transactions 4']);
    rest();
    expect(namesOf(socket)).toEqual([]);
  });

  test('and goes is sent nothing', () => {
    const socket = subscriber('price');
    publish();
    socket.events.closed(1001);
    rest();
    expect(namesOf(socket)).toEqual([]);
  });

  test('when the next batch is published gets the first one before', () => {
    const socket = subscriber('transactions');
    publish();
    publish();
    rest();
    expect(namesOf(socket)).toEqual(['transactions 2', 'transactions 3']);
  });
});

test('who comes to a channel while its broadcast is under way, and then asks again, has it once', () => {
  subscriber('price', 'histogram');
  const socket = subscriber('histogram');
  publish();
  socket.receive({ subscribe: 'price' });
  expect(namesOf(socket)).toEqual(['price_update 2']);
  socket.receive({ subscribe: 'confirmed' });
  socket.stall();
  socket.receive({ action: 'ping' });
  socket.drain();
  rest();
  expect(namesOf(socket)).not.toContain('price_update 2');
});

test('who joins while a broadcast is under way has its state already', () => {
  subscriber('price');
  publish();
  const socket = subscriber('price');
  rest();
  expect(namesOf(socket)).toEqual([]);
});
