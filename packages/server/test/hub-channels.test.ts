import type { ConfirmedView } from '@tidegauge/onchain';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Mailing } from '../src/hub/endpoint.ts';
import { Hub } from '../src/hub/hub.ts';
import { MempoolChannels } from '../src/hub/mempool-channels.ts';
import { MempoolEndpoint } from '../src/hub/mempool-endpoint.ts';
import { PriceStream } from '../src/hub/price-stream.ts';
import type { Publication } from '../src/hub/publication.ts';
import type { SourceStatus } from '../src/sources/source.ts';
import {
  FakeClock,
  FakeFeed,
  FakeSocket,
  hubParts,
  LIVE,
  SOMEBODY,
  sourceStatus,
  WARMING,
} from './hub-fakes.ts';

interface Message {
  readonly [field: string]: unknown;
  readonly data: Readonly<Record<string, unknown>>;
}

const messageOf = (publication: Publication): Message =>
  JSON.parse(publication.bytes.toString()) as Message;

describe('channels', () => {
  let feed: FakeFeed;
  let channels: MempoolChannels;

  beforeEach(() => {
    feed = new FakeFeed();
    channels = new MempoolChannels({ feed, demo: true, epoch: 'k3x9', intervalMs: 500 });
  });

  const tick = (stale = false, timeSec = 5): Record<string, Message> =>
    Object.fromEntries(
      channels.tick(timeSec, 3600.7, stale).map((each) => [each.channel, messageOf(each)]),
    );

  test('the first tick gives every channel its state', () => {
    expect(channels.newest).toBeNull();
    const first = tick();
    expect(Object.keys(first)).toEqual(['full', 'price', 'transactions', 'histogram']);
    expect(first.transactions).toEqual({
      type: 'transactions',
      seq: 1,
      epoch: 'k3x9',
      data: { points: [], btc: [] },
      demo: true,
    });
    expect(first.full!.stats).toMatchObject({ total_received: 12_543, uptime_seconds: 3600 });
    expect(channels.newest).toMatchObject({ timeSec: 5, reading: LIVE, confirmed: null });
  });

  test('every message of a demo says so, and none of a node', () => {
    feed.view = { estimate: LIVE, blockHeight: 1, blockTimeSec: 2, points: [] };
    const first = Object.values(tick());
    expect(first).toHaveLength(5);
    for (const message of first) expect(message.demo).toBe(true);
    channels = new MempoolChannels({ feed, demo: false, epoch: 'x', intervalMs: 500 });
    for (const message of Object.values(tick())) expect(message).not.toHaveProperty('demo');
  });

  test('full holds the newest 1,000 points, transactions the newest 10,000', () => {
    feed.add(10_500);
    const first = tick();
    expect(first.full!.transactions).toHaveLength(1000);
    expect((first.full!.transactions as { price: number }[]).at(-1)!.price).toBe(60_499);
    expect(first.transactions!.data.points).toHaveLength(10_000);
    expect(channels.current('transactions')!.bytes.length).toBeLessThan(524_288 - 110_000);
  });

  test('transactions: what is new, and nothing when nothing is', () => {
    feed.add(3);
    tick();
    expect(tick()).not.toHaveProperty('transactions');
    feed.add(2);
    expect(tick().transactions).toEqual({
      type: 'transactions',
      seq: 2,
      data: {
        points: [
          [1_767_225_600.3, 50_003],
          [1_767_225_600.4, 50_004],
        ],
        btc: [0.00001003, 0.00001004],
      },
      demo: true,
    });
    const whole = messageOf(channels.current('transactions')!);
    expect(whole).toMatchObject({ seq: 2, epoch: 'k3x9' });
    expect(whole.data.points).toHaveLength(5);
  });

  test('transactions: more new points than the window holds are the window again', () => {
    tick();
    feed.add(10_001);
    const { transactions } = tick();
    expect(transactions).toMatchObject({ seq: 2, epoch: 'k3x9' });
    expect(transactions!.data.points).toHaveLength(10_000);
  });

  test('histogram: on change, at most once a second', () => {
    tick();
    const change = () => {
      feed.bars = { ...feed.bars, counts: feed.bars.counts.map((count) => count + 1) };
    };
    change();
    expect(tick()).not.toHaveProperty('histogram');
    const second = { seq: 2, timestamp: 6.5, data: { counts: [6, 7, 8] } };
    expect(tick(false, 6.5).histogram).toMatchObject(second);
    for (let i = 0; i < 5; i++) expect(tick()).not.toHaveProperty('histogram');
    change();
    expect(tick()).toHaveProperty('histogram');
    change();
    expect(tick()).not.toHaveProperty('histogram');
    expect(tick()).toHaveProperty('histogram');
  });

  test('confirmed: on each new view', () => {
    tick();
    const view: ConfirmedView = { estimate: LIVE, blockHeight: 9, blockTimeSec: 2, points: [] };
    feed.view = view;
    expect(tick().confirmed).toMatchObject({ seq: 1, data: { block_height: 9, price: 87_412.5 } });
    expect(tick()).not.toHaveProperty('confirmed');
    feed.view = { ...view, blockHeight: 10 };
    expect(tick().confirmed).toMatchObject({ seq: 2, data: { block_height: 10 } });
  });

  test('sequences rise by one, each channel its own', () => {
    for (let seq = 1; seq <= 4; seq++) {
      feed.add(1);
      const batch = tick();
      expect([batch.full!.seq, batch.price!.seq, batch.transactions!.seq]).toEqual([seq, seq, seq]);
    }
  });

  test('nothing is encoded that nobody needs', () => {
    const [full] = channels.tick(5, 1, false);
    feed.add(1);
    channels.tick(6, 1, false);
    expect(messageOf(full!).timestamp).toBe(5);
    expect(full!.bytes).toBe(full!.bytes);
  });

  describe('while the source is lost', () => {
    test('the last price is kept and the interval of now widens around it', () => {
      tick();
      feed.reading = {
        ...LIVE,
        priceUsd: 80_000,
        lowUsd: 79_000,
        highUsd: 81_000,
        confidence: 0.1,
      };
      const { price } = tick(true);
      expect(price!.data).toMatchObject({
        price: 87_412.5,
        low: 79_000,
        high: 87_412.5,
        confidence: 0.1,
        status: 'stale',
      });
      expect(tick(false).price!.data).toMatchObject({ price: 80_000, status: 'live' });
    });

    test('the last interval is kept where the model has none any more', () => {
      tick();
      feed.reading = WARMING;
      expect(tick(true).price!.data).toMatchObject({
        price: 87_412.5,
        low: 87_210.1,
        high: 87_603.9,
        confidence: 0.94,
        sample_size: 0,
        status: 'stale',
      });
    });

    test('once the model gives up, it is no surer than it was just before', () => {
      tick();
      const aged = { lowUsd: 80_000, highUsd: 94_000, confidence: 0.2 };
      feed.reading = { ...LIVE, ...aged, priceUsd: 87_000 };
      tick(true);
      feed.reading = WARMING;
      expect(tick(true).price!.data).toMatchObject({
        price: 87_412.5,
        low: 80_000,
        high: 94_000,
        confidence: 0.2,
        status: 'stale',
      });
    });

    test('with no price so far it is still warming up', () => {
      feed.reading = WARMING;
      tick();
      const { data } = tick(true).price!;
      expect(data).toMatchObject({ price: null, status: 'warming_up' });
      expect(data).not.toHaveProperty('as_of');
    });

    test('it says when the price was last live, however long it lasts', () => {
      tick(false, 5);
      tick(false, 6);
      for (const timeSec of [7, 8, 9]) {
        const { full, price } = tick(true, timeSec);
        expect(price!.data).toMatchObject({ timestamp: timeSec, as_of: 6 });
        expect(full!.data).toEqual(price!.data);
        // The model gives up meanwhile.
        if (timeSec === 8) feed.reading = WARMING;
      }
      feed.reading = LIVE;
      expect(tick(false, 10).price!.data).not.toHaveProperty('as_of');
      expect(tick(true, 11).price!.data).toMatchObject({ as_of: 10 });
    });

    test('a price that was gone before the source was is as old as it is', () => {
      tick(false, 5);
      feed.reading = WARMING;
      expect(tick(false, 6).price!.data).not.toHaveProperty('as_of');
      expect(tick(true, 7).price!.data).toMatchObject({ status: 'stale', as_of: 5 });
    });
  });
});

describe('the stream', () => {
  test('publishes at once and on each beat, and warns once while the source is lost', () => {
    const clock = new FakeClock();
    const feed = new FakeFeed();
    const channels = new MempoolChannels({ feed, demo: false, epoch: 'e', intervalMs: 500 });
    const parts = hubParts(clock);
    const hub = new Hub(parts);
    const broadcaster = parts.sendQueue;
    const endpoint = new MempoolEndpoint({ states: channels, hello: () => '', broadcaster });
    let source: SourceStatus = sourceStatus();
    const stream = new PriceStream({
      clock,
      channels,
      audience: () => endpoint,
      sourceStatus: () => source,
      intervalMs: 500,
    });
    stream.start();
    const socket = new FakeSocket();
    hub.join(socket, SOMEBODY, endpoint);
    expect(socket.take()).toMatchObject([{ seq: 1, status: 'live' }]);
    clock.advance(1600);
    expect(socket.take()).toMatchObject([{ seq: 2 }, { seq: 3 }, { seq: 4 }]);
    expect(stream.uptimeSec).toBe(1.6);

    source = sourceStatus({ state: 'lost', sinceSec: clock.nowSec() });
    clock.advance(5000);
    expect(socket.take().every(({ status }) => status === 'live')).toBe(true);
    clock.advance(1000);
    expect(socket.take()).toMatchObject([
      { type: 'price_update', status: 'stale' },
      { type: 'warning', code: 'SOURCE_STALE', source: 'stand-in', since: source.sinceSec },
      { type: 'price_update', status: 'stale' },
    ]);
    const join = (): FakeSocket => {
      const late = new FakeSocket();
      hub.join(late, SOMEBODY, endpoint);
      return late;
    };
    expect(join().take()).toMatchObject([
      { type: 'warning', source: 'stand-in', since: source.sinceSec },
      { type: 'price_update', status: 'stale' },
    ]);
    source = sourceStatus();
    clock.advance(100);
    // That it is over counts at once; the state is still that of the last beat.
    expect(join().take()).toMatchObject([{ type: 'price_update', status: 'stale' }]);
    clock.advance(400);
    expect(socket.take()).toMatchObject([{ status: 'live' }]);

    stream.stop();
    clock.advance(5000);
    expect(socket.take()).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  test('a long pause of the machine is one late beat, not a burst', () => {
    const clock = new FakeClock();
    const late: number[] = [];
    const feed = new FakeFeed();
    const channels = new MempoolChannels({ feed, demo: false, epoch: 'e', intervalMs: 500 });
    const broadcaster = hubParts(clock).sendQueue;
    const endpoint = new MempoolEndpoint({ states: channels, hello: () => '', broadcaster });
    endpoint.publish = () => late.push(clock.ms);
    const stream = new PriceStream({
      clock,
      channels,
      audience: () => endpoint,
      sourceStatus,
      intervalMs: 500,
    });
    stream.start();
    const startMs = clock.ms;
    clock.advance(500);
    clock.ms += 60_200;
    clock.advance(1000);
    expect(late.map((ms) => ms - startMs)).toEqual([0, 500, 60_700, 61_000, 61_500]);
    stream.stop();
  });
});

test('a broadcast is measured for the channels that somebody hears, and for no others', () => {
  const clock = new FakeClock();
  const measured: (readonly string[])[] = [];
  const broadcaster = {
    busy: false,
    broadcast: (channels: readonly string[], mailing: Mailing) => {
      measured.push(channels);
      while (mailing.sendNext());
    },
  };
  const feed = new FakeFeed();
  const states = new MempoolChannels({ feed, demo: false, epoch: 'e', intervalMs: 500 });
  const endpoint = new MempoolEndpoint({ states, hello: () => '', broadcaster });
  const publish = (): void => endpoint.publish(states.tick(clock.nowSec(), 1, false));
  publish();
  expect(measured).toEqual([]);
  const socket = new FakeSocket();
  new Hub(hubParts(clock)).join(socket, SOMEBODY, endpoint);
  socket.receive({ subscribe: 'price' });
  publish();
  expect(measured).toEqual([['price']]);
});
