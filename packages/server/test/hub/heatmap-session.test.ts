import { encodeHeatmap, encodeHeatmapData, SYMBOLS_PER_CONNECTION_MAX } from '@tidegauge/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import { CONFIG_TABLE } from '../../src/config-table.ts';
import type { FakeSocket } from '../hub-fakes.ts';
import { HeatmapBench, heatmapSnapshot, nameOf } from './heatmap-fakes.ts';

let bench: HeatmapBench;

beforeEach(() => {
  bench = new HeatmapBench();
  bench.feed.set('BTCUSDT', 1);
  bench.feed.set('ETHUSDT', 1);
});

const names = (socket: FakeSocket): string[] => socket.take().map(nameOf);

/** Lets time pass in which BTCUSDT changes once a second, at its half. */
function pass(seconds: number): void {
  for (let i = 0; i < seconds; i++) {
    bench.clock.advance(500);
    bench.feed.set('BTCUSDT', bench.feed.versionOf('BTCUSDT') + 1);
    bench.clock.advance(500);
  }
}

describe('subscribing', () => {
  test('nothing comes unasked but the hello', () => {
    const [bare, greeted] = [bench.join(), bench.join(true)];
    pass(10);
    expect(names(bare)).toEqual([]);
    expect(greeted.take()).toEqual([{ type: 'hello' }]);
    expect(bench.feed.asked.size).toBe(0);
  });

  test('the current maps come at once, in one write, computed though nobody had them', () => {
    const socket = bench.join();
    socket.receive({ action: 'subscribe', symbols: ['ETHUSDT', 'BTCUSDT'] });
    expect(names(socket)).toEqual(['ETHUSDT 1 v1', 'BTCUSDT 1 v1']);
    expect(socket.writes).toEqual([2]);
  });

  test('a late joiner gets the current one, and everybody the same bytes', () => {
    const early = bench.subscriber(['BTCUSDT'], 1);
    pass(3);
    const late = bench.join();
    late.receive({ action: 'subscribe', symbols: ['BTCUSDT'], update_interval: 1 });
    expect(names(late)).toEqual(['BTCUSDT 4 v4']);
    expect(late.buffers[0]).toBe(early.buffers.at(-1));
    expect(bench.endpoint.subscribers()).toEqual(new Map([['BTCUSDT', 2]]));
  });

  test('before the first candle: the map comes as soon as there is one', () => {
    const socket = bench.subscriber(['SOLUSDT'], 60);
    bench.clock.advance(50_000);
    expect(names(socket)).toEqual([]);
    bench.feed.set('SOLUSDT', 1);
    bench.clock.advance(100);
    expect(names(socket)).toEqual(['SOLUSDT 1 v1']);
  });

  test('unsubscribing ends a symbol; it may come back', () => {
    const socket = bench.subscriber(['BTCUSDT', 'ETHUSDT'], 1);
    socket.receive({ action: 'unsubscribe', symbols: ['BTCUSDT', 'SOLUSDT'] });
    bench.feed.set('ETHUSDT', 2);
    pass(5);
    expect(names(socket)).toEqual(['ETHUSDT 2 v2']);
    socket.receive({ action: 'subscribe', symbols: ['BTCUSDT'], update_interval: 1 });
    expect(names(socket)).toEqual(['BTCUSDT 2 v6']);
  });

  test('each subscriber of a symbol counts once, until it leaves it or goes', () => {
    const [one, two] = [bench.subscriber(['BTCUSDT', 'ETHUSDT']), bench.subscriber(['BTCUSDT'])];
    one.receive({ action: 'subscribe', symbols: ['BTCUSDT', 'NOPE'] });
    two.receive({ action: 'unsubscribe', symbols: ['ETHUSDT'] });
    const counts = { BTCUSDT: 2, ETHUSDT: 1 };
    expect(Object.fromEntries(bench.endpoint.subscribers())).toEqual(counts);
    two.receive({ action: 'unsubscribe', symbols: ['BTCUSDT'] });
    two.receive({ action: 'unsubscribe', symbols: ['BTCUSDT'] });
    expect(Object.fromEntries(bench.endpoint.subscribers())).toEqual({ BTCUSDT: 1, ETHUSDT: 1 });
    one.events.closed(1001);
    expect(bench.endpoint.subscribers().size).toBe(0);
  });

  test('ping is answered in both forms', () => {
    const socket = bench.join();
    socket.receive({ action: 'ping' });
    socket.receive({ type: 'ping', timestamp: 7 });
    expect(socket.take()).toMatchObject([{ type: 'pong' }, { type: 'pong', echo: 7 }]);
  });
});

describe('errors', () => {
  test('a bad symbol does not fail the good ones beside it; the valid ones are named', () => {
    const socket = bench.join();
    socket.receive({ action: 'subscribe', symbols: ['btcusdt', 'BTCUSDT', 'ETHUSD', 'X'] });
    expect(socket.take()).toMatchObject([
      { type: 'snapshot', symbol: 'BTCUSDT' },
      {
        type: 'error',
        code: 'INVALID_SYMBOL',
        symbol: 'btcusdt',
        message:
          'unknown symbol "btcusdt" (did you mean BTCUSDT?); allowed: BTCUSDT, ETHUSDT, SOLUSDT',
      },
      { symbol: 'ETHUSD', message: expect.stringContaining('"ETHUSD" (did you mean ETHUSDT?);') },
      { symbol: 'X', message: 'unknown symbol "X"; allowed: BTCUSDT, ETHUSDT, SOLUSDT' },
    ]);
    socket.receive({ action: 'unsubscribe', symbols: ['Y'.repeat(3000)] });
    const [error] = socket.take();
    expect(error).toMatchObject({ code: 'INVALID_SYMBOL', symbol: `${'Y'.repeat(40)}…` });
    expect(String(error!.message).length).toBeLessThan(150);
  });

  test('the bad symbols of one message count as one error', () => {
    const socket = bench.join();
    const symbols = Array.from({ length: 10 }, (_, index) => `COIN${index}`);
    for (let i = 0; i < 9; i++) socket.receive({ action: 'subscribe', symbols });
    expect([socket.take().length, socket.closeCode]).toEqual([90, null]);
    socket.receive({ action: 'subscribe', symbols });
    expect([socket.take().length, socket.closeCode]).toEqual([10, 4500]);
  });

  test('wrong messages, and those of the other address', () => {
    const socket = bench.join();
    for (const wrong of [{ subscribe: 'price' }, { action: 'subscribe', symbols: [] }, 'x']) {
      socket.receive(wrong);
      expect(socket.take()).toMatchObject([{ code: 'INVALID_MESSAGE' }]);
    }
    socket.receive({ action: 'buy' });
    expect(socket.take()).toMatchObject([{ code: 'INVALID_ACTION' }]);
  });

  test('the tenth error closes for good, and the symbols are let go', () => {
    const socket = bench.subscriber(['BTCUSDT'], 1);
    for (let i = 0; i < 10; i++) {
      socket.receive({ action: 'subscribe', symbols: ['ETHUSDT', 'NONE'] });
    }
    expect(socket.closeCode).toBe(4500);
    expect(bench.endpoint.subscribers().size).toBe(0);
    socket.take();
    pass(5);
    expect(names(socket)).toEqual([]);
    expect(bench.feed.asked.get('BTCUSDT')).toBe(1);
  });

  test('a connection holds so many symbols and no more', () => {
    const symbols = Array.from({ length: 31 }, (_, i) => `COIN${i}USDT`);
    bench = new HeatmapBench(symbols);
    const socket = bench.join();
    for (let from = 0; from < 40; from += 10) {
      socket.receive({
        action: 'subscribe',
        symbols: [...symbols.slice(from, from + 10), 'COIN0USDT'].slice(0, 10),
      });
    }
    expect(socket.take()).toMatchObject([
      {
        code: 'INVALID_MESSAGE',
        message:
          'not subscribed to COIN30USDT: allowed are at most 30 symbols a connection; ' +
          'unsubscribe some first',
      },
    ]);
    expect(bench.endpoint.subscribers().size).toBe(SYMBOLS_PER_CONNECTION_MAX);
    socket.receive({ action: 'unsubscribe', symbols: ['COIN3USDT'] });
    socket.receive({ action: 'subscribe', symbols: ['COIN30USDT'] });
    expect(names(socket)).toEqual([]);
  });

  test('all of them at once, with maps of 500 levels, close nobody', () => {
    const levels = Array.from({ length: 500 }, (_, i) => {
      return { priceUsd: 123_400 + 100 * i, longUsd: 123_456_789, shortUsd: i % 2 };
    });
    const data = encodeHeatmapData(heatmapSnapshot({ levels }));
    const head = { symbol: 'FARTCOINUSDT', epoch: 'abcdefgh', seq: 1e6, timeSec: 1.5, demo: true };
    const bytes = Buffer.byteLength(encodeHeatmap(head, data)) * SYMBOLS_PER_CONNECTION_MAX;
    expect(bytes).toBeLessThan(0.95 * CONFIG_TABLE.wsMaxPendingBytes.min);
  });
});

describe('the rhythm', () => {
  test('each client has its own, and unchanged data sends nothing', () => {
    const [quick, slow] = [
      bench.subscriber(['BTCUSDT', 'ETHUSDT'], 1),
      bench.subscriber(['BTCUSDT', 'ETHUSDT'], 5),
    ];
    pass(10);
    expect(names(quick)).toEqual(
      Array.from({ length: 10 }, (_, i) => `BTCUSDT ${i + 2} v${i + 2}`),
    );
    expect(names(slow)).toEqual(['BTCUSDT 6 v6', 'BTCUSDT 11 v11']);
    bench.clock.advance(60_000);
    expect([names(quick), names(slow)]).toEqual([[], []]);
  });

  test('the default is that of the server', () => {
    const socket = bench.subscriber(['BTCUSDT']);
    pass(4);
    expect(names(socket)).toEqual([]);
    pass(1);
    expect(names(socket)).toEqual(['BTCUSDT 2 v6']);
  });

  test('a change while a client waits comes when its interval is over, else at once', () => {
    const socket = bench.subscriber(['BTCUSDT'], 5);
    bench.clock.advance(2_000);
    bench.feed.set('BTCUSDT', 2);
    bench.clock.advance(2_999);
    expect(names(socket)).toEqual([]);
    bench.clock.advance(1);
    expect(names(socket)).toEqual(['BTCUSDT 2 v2']);
    bench.clock.advance(30_000);
    bench.feed.set('BTCUSDT', 3);
    bench.clock.advance(200);
    expect(names(socket)).toEqual(['BTCUSDT 3 v3']);
  });

  test('what is due at one moment is one write', () => {
    const socket = bench.subscriber(['BTCUSDT', 'ETHUSDT'], 1);
    bench.feed.set('BTCUSDT', 2);
    bench.feed.set('ETHUSDT', 2);
    socket.writes.length = 0;
    bench.clock.advance(1_000);
    expect(socket.writes).toEqual([2]);
  });

  test('only symbols with a subscriber that is due are computed', () => {
    bench.subscriber(['BTCUSDT'], 10);
    expect(bench.feed.asked).toEqual(new Map([['BTCUSDT', 1]]));
    bench.clock.advance(9_900);
    expect(bench.feed.asked.get('BTCUSDT')).toBe(1);
    bench.clock.advance(100);
    expect(bench.feed.asked).toEqual(new Map([['BTCUSDT', 2]]));
  });

  test('a timer that fires a little late does not make the client slip a turn', () => {
    const socket = bench.subscriber(['BTCUSDT'], 1);
    const startMs = bench.clock.ms;
    for (let second = 1; second <= 10; second++) {
      bench.feed.set('BTCUSDT', second + 1);
      bench.clock.advance(startMs + second * 1000 - 5 - bench.clock.ms);
      bench.clock.ms = startMs + second * 1000 + (second % 2 === 0 ? 1 : 4);
      bench.clock.advance(0);
      expect(names(socket)).toEqual([`BTCUSDT ${second + 1} v${second + 1}`]);
    }
  });

  test('nor does one that fires a little early', () => {
    const after = bench.clock.after.bind(bench.clock);
    bench.clock.after = (delayMs, callback) => after(delayMs - 0.75, callback);
    const socket = bench.subscriber(['BTCUSDT'], 1);
    for (let version = 2; version <= 11; version++) {
      bench.feed.set('BTCUSDT', version);
      bench.clock.advance(1_000);
      expect(names(socket)).toEqual([`BTCUSDT ${version} v${version}`]);
    }
  });

  test('turns that come far too late count from when they came', () => {
    const socket = bench.subscriber(['BTCUSDT'], 1);
    bench.feed.set('BTCUSDT', 2);
    bench.clock.ms += 1_060;
    bench.clock.advance(0);
    expect(names(socket)).toEqual(['BTCUSDT 2 v2']);
    bench.feed.set('BTCUSDT', 3);
    bench.clock.advance(999);
    expect(names(socket)).toEqual([]);
    bench.clock.advance(100);
    expect(names(socket)).toEqual(['BTCUSDT 3 v3']);
  });
});

describe('subscribing again', () => {
  const again = (socket: FakeSocket, update_interval: number): void =>
    socket.receive({ action: 'subscribe', symbols: ['BTCUSDT'], update_interval });

  test('changes the interval and sends nothing that the client has', () => {
    const socket = bench.subscriber(['BTCUSDT'], 60);
    again(socket, 2);
    again(socket, 2);
    expect(names(socket)).toEqual([]);
    pass(4);
    expect(names(socket)).toEqual(['BTCUSDT 2 v3', 'BTCUSDT 3 v5']);
  });

  test('with a shorter one sends what is newer and due by now', () => {
    const socket = bench.subscriber(['BTCUSDT'], 60);
    pass(4);
    again(socket, 5);
    expect(names(socket)).toEqual([]);
    again(socket, 3);
    expect(names(socket)).toEqual(['BTCUSDT 2 v5']);
  });

  test('with a longer one waits longer, also when it was only waiting for a change', () => {
    const socket = bench.subscriber(['BTCUSDT'], 1);
    bench.clock.advance(3_000);
    again(socket, 10);
    pass(6);
    expect(names(socket)).toEqual([]);
    pass(1);
    expect(names(socket)).toEqual(['BTCUSDT 2 v8']);
  });
});

describe('resuming', () => {
  const resume = (epoch: string, seq: number): FakeSocket => {
    const socket = bench.join();
    const position = { BTCUSDT: { epoch, seq } };
    const symbols = ['BTCUSDT'];
    socket.receive({ action: 'subscribe', symbols, update_interval: 60, resume: position });
    return socket;
  };

  test('what is still current is not sent again; the next change is', () => {
    bench.subscriber(['BTCUSDT'], 1);
    pass(2);
    const socket = resume('k3x9', 3);
    expect(names(socket)).toEqual([]);
    bench.clock.advance(10_000);
    expect(names(socket)).toEqual([]);
    pass(1);
    expect(names(socket)).toEqual(['BTCUSDT 4 v4']);
    pass(5);
    expect(names(socket)).toEqual([]);
  });

  test.each([
    ['an older one', 'k3x9', 2],
    ['one that never was', 'k3x9', 99],
    ['one of another run', 'other', 3],
  ])('%s gets the current map', (_, epoch, seq) => {
    bench.subscriber(['BTCUSDT'], 1);
    pass(2);
    expect(names(resume(epoch, seq))).toEqual(['BTCUSDT 3 v3']);
  });

  test('a position that others still wait for is not sent again', () => {
    const waiting = bench.subscriber(['BTCUSDT'], 1);
    bench.clock.advance(1_360);
    bench.feed.set('BTCUSDT', 2);
    expect(bench.channels.current('BTCUSDT')!.seq).toBe(2);
    const socket = resume('k3x9', 2);
    bench.clock.advance(1_000);
    expect(names(waiting)).toEqual(['BTCUSDT 2 v2']);
    expect(names(socket)).toEqual([]);
  });

  test('one that has not come here yet keeps nobody else from it', () => {
    const subscribe = { action: 'subscribe', symbols: ['SOLUSDT'] };
    const back = bench.join();
    back.receive({ ...subscribe, resume: { SOLUSDT: { epoch: 'k3x9', seq: 1 } } });
    const others = [bench.join(), bench.join()];
    for (const socket of others) socket.receive(subscribe);
    bench.feed.set('SOLUSDT', 1);
    bench.clock.advance(300);
    expect(others.map(names)).toEqual([['SOLUSDT 1 v1'], ['SOLUSDT 1 v1']]);
    expect(names(back)).toEqual([]);
  });

  test('what changed while nobody was there counts', () => {
    bench.subscriber(['BTCUSDT'], 1).events.closed(1001);
    pass(5);
    expect(names(resume('k3x9', 1))).toEqual(['BTCUSDT 2 v6']);
  });
});

describe('a client that is behind', () => {
  test('keeps one map a symbol, gets the newest once it drains, and its interval counts from there', () => {
    const socket = bench.subscriber(['BTCUSDT', 'ETHUSDT'], 1);
    socket.stall();
    pass(1);
    expect(names(socket)).toEqual(['BTCUSDT 2 v2']);
    bench.feed.set('ETHUSDT', 2);
    pass(4);
    bench.clock.advance(700);
    bench.feed.set('BTCUSDT', 7);
    bench.clock.advance(250);
    socket.drain();
    expect(names(socket)).toEqual(['warning SLOW_CONSUMER', 'ETHUSDT 2 v2', 'BTCUSDT 7 v7']);
    bench.feed.set('BTCUSDT', 8);
    bench.clock.advance(999);
    expect(names(socket)).toEqual([]);
    bench.clock.advance(100);
    expect(names(socket)).toEqual(['BTCUSDT 8 v8']);
  });

  test('does not get what it unsubscribed meanwhile', () => {
    const socket = bench.subscriber(['BTCUSDT'], 1);
    socket.stall();
    pass(2);
    socket.take();
    socket.receive({ action: 'unsubscribe', symbols: ['BTCUSDT'] });
    socket.drain();
    expect(names(socket).filter((name) => name.startsWith('BTC'))).toEqual([]);
  });

  test('is closed when it never takes anything, and its symbols are let go', () => {
    const socket = bench.subscriber(['BTCUSDT'], 1);
    socket.stall();
    pass(13);
    expect([socket.closeCode, socket.closeReason]).toEqual([4008, 'takes no messages']);
    expect(bench.endpoint.subscribers().size).toBe(0);
    expect(bench.log.events('slow_consumer')).toMatchObject([{ dropped: 8 }]);
  });
});

describe('a source that goes silent', () => {
  test('everybody is told once, and whoever comes while it lasts', () => {
    const { clock } = bench;
    const [socket, other] = [bench.subscriber(['BTCUSDT']), bench.join()];
    clock.advance(1_000);
    bench.stale = [{ name: 'binance', sinceSec: 1_767_607_200.5 }];
    clock.advance(100);
    const warning = {
      type: 'warning',
      code: 'SOURCE_STALE',
      message:
        'nothing has come from binance since 2026-01-05T10:00:00.500Z; ' +
        'the maps shown are the last ones',
      source: 'binance',
      since: 1_767_607_200.5,
    };
    expect(socket.take()).toEqual([warning]);
    expect(other.take()).toEqual([warning]);
    bench.stale = [...bench.stale, { name: 'bybit', sinceSec: 1_767_607_300 }];
    clock.advance(10_000);
    expect(socket.take()).toMatchObject([{ source: 'bybit' }]);
    expect(bench.join(true).take()).toMatchObject([
      { type: 'hello' },
      warning,
      { source: 'bybit' },
    ]);

    bench.stale = [];
    clock.advance(100);
    expect(bench.join().take()).toEqual([]);
    bench.stale = [{ name: 'binance', sinceSec: 1_767_608_000 }];
    clock.advance(100);
    expect(socket.take()).toMatchObject([{ source: 'binance', since: 1_767_608_000 }]);
  });
});

describe('the end', () => {
  test('clients that leave leave nothing behind', () => {
    const sockets = [bench.subscriber(['BTCUSDT', 'ETHUSDT'], 1), bench.subscriber(['ETHUSDT'])];
    expect([bench.hub.size, bench.endpoint.subscribers().size]).toEqual([2, 2]);
    pass(3);
    for (const socket of sockets) socket.events.closed(1001);
    expect([bench.hub.size, bench.endpoint.subscribers().size]).toEqual([0, 0]);
    const asked = new Map(bench.feed.asked);
    pass(10);
    expect(bench.feed.asked).toEqual(asked);
    bench.endpoint.stop();
    bench.hub.stop();
    expect(bench.clock.timers).toBe(0);
  });

  test('drain closes them as all others', async () => {
    const socket = bench.subscriber(['BTCUSDT']);
    const drained = bench.hub.drain(1000, () => 0);
    expect(socket.closeCode).toBe(1012);
    socket.events.closed(1012);
    await drained;
  });
});
