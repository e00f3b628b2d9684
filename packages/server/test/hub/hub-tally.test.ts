import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Bundle } from '../../src/hub/bundle.ts';
import { BROADCAST_BOUNDS_SEC, sumFigures, totalOf } from '../../src/hub/hub-stats.ts';
import { HubTally } from '../../src/hub/hub-tally.ts';
import { publication } from '../../src/hub/publication.ts';
import { FakeClock } from '../hub-fakes.ts';

function bundleOf(...channels: string[]): Bundle {
  return new Bundle(channels.map((channel) => publication(channel, 1, 'whole', () => '{}')));
}

const figuresOf = (tally: HubTally) => tally.figures(0, {});

describe('messages', () => {
  test('each publication of a bundle is a message, for each client', () => {
    const tally = new HubTally(new FakeClock());
    const [both, one] = [bundleOf('full', 'price'), bundleOf('price')];
    for (const bundle of [both, both, one, both, one, one]) tally.sent(bundle);
    expect(figuresOf(tally).sent).toEqual({ full: 3, price: 6 });
    tally.sent(one);
    expect(figuresOf(tally).sent).toEqual({ full: 3, price: 7 });
  });

  test('any order of bundles gives what counting each by itself would', () => {
    const bundles = [bundleOf('a'), bundleOf('a', 'b'), bundleOf('b', 'c', 'a')];
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 3 })), (order) => {
        const tally = new HubTally(new FakeClock());
        const expected = new Map<string, number>();
        for (const index of order) {
          const bundle = bundles[index];
          if (bundle === undefined) figuresOf(tally);
          else tally.sent(bundle);
          for (const { channel } of bundle?.publications ?? []) {
            expected.set(channel, (expected.get(channel) ?? 0) + 1);
          }
        }
        expect(figuresOf(tally).sent).toEqual(Object.fromEntries(expected));
        expect(figuresOf(tally).sentLastMinute).toBe(totalOf(Object.fromEntries(expected)));
      }),
    );
  });

  test('of the last minute, to the second', () => {
    const clock = new FakeClock();
    const tally = new HubTally(clock);
    tally.start();
    const bundle = bundleOf('full', 'price');
    tally.sent(bundle);
    clock.advance(30_000);
    tally.sent(bundle);
    clock.advance(29_000);
    expect(figuresOf(tally).sentLastMinute).toBe(4);
    clock.advance(2_000);
    expect(figuresOf(tally).sentLastMinute).toBe(2);
    clock.advance(30_000);
    expect(figuresOf(tally)).toMatchObject({ sentLastMinute: 0, sent: { full: 2, price: 2 } });
    tally.stop();
    expect(clock.timers).toBe(0);
  });

  test('a sleep of the machine does not bring old messages into the last minute', () => {
    const clock = new FakeClock();
    const tally = new HubTally(clock);
    tally.start();
    clock.advance(5_000);
    tally.sent(bundleOf('full'));
    clock.advance(1_000);
    clock.ms += 3_600_000;
    expect(figuresOf(tally).sentLastMinute).toBe(0);
    tally.stop();
  });
});

describe('labels', () => {
  test('known channels, codes and reasons are there from the start', () => {
    const tally = new HubTally(new FakeClock(), ['price', 'BTCUSDT']);
    const { subscriptions, sent, dropped, slow, broadcasts, ...rest } = figuresOf(tally);
    for (const counts of [subscriptions, sent, dropped, slow]) {
      expect(counts).toEqual({ price: 0, BTCUSDT: 0 });
    }
    expect(Object.keys(broadcasts)).toEqual(['price', 'BTCUSDT']);
    expect(rest.disconnects).toMatchObject({ 1000: 0, 1006: 0, 1012: 0, 4008: 0, other: 0 });
    expect(rest.refused).toMatchObject({ SERVER_FULL: 0, TOO_MANY_CONNECTIONS: 0 });
    expect(tally.figures(3, { BTCUSDT: 2 })).toMatchObject({
      connections: 3,
      subscriptions: { price: 0, BTCUSDT: 2 },
    });
  });

  test('whatever peers close with, the codes are bounded', () => {
    const tally = new HubTally(new FakeClock());
    const before = Object.keys(figuresOf(tally).disconnects);
    for (let code = 1000; code < 5000; code++) tally.disconnected(code);
    const { disconnects } = figuresOf(tally);
    expect(Object.keys(disconnects)).toEqual(before);
    expect(disconnects).toMatchObject({ 1000: 1, 4008: 1 });
    expect(disconnects).not.toHaveProperty('1004');
    expect(totalOf(disconnects)).toBe(4000);
  });
});

test('slow clients are counted once, and under each of their channels', () => {
  const tally = new HubTally(new FakeClock());
  tally.slow(['full', 'price']);
  tally.slow(new Set(['price']));
  tally.slow([]);
  tally.dropped('price');
  tally.refused('SERVER_FULL');
  const { slow, slowClients, dropped, refused } = figuresOf(tally);
  expect([slow, slowClients, dropped]).toEqual([{ full: 1, price: 2 }, 3, { price: 1 }]);
  expect(refused.SERVER_FULL).toBe(1);
});

describe('durations of broadcasts', () => {
  test('a bucket holds what is up to its bound', () => {
    const tally = new HubTally(new FakeClock());
    for (const durationMs of [0, 1, 1.01, 100, 2500, 60_000]) tally.broadcast(['a'], durationMs);
    tally.broadcast(['a', 'b'], 2);
    const { a, b } = figuresOf(tally).broadcasts;
    expect(a!.counts).toEqual([2, 2, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1]);
    expect(a!.sumSec).toBeCloseTo(62.604_01, 9);
    expect(b).toEqual({
      counts: [0, 1, ...BROADCAST_BOUNDS_SEC.slice(1).map(() => 0)],
      sumSec: 0.002,
    });
  });

  test('the newest are kept one by one, each broadcast once, and no more than a bound', () => {
    const tally = new HubTally(new FakeClock());
    for (let ms = 0; ms < 1000; ms++) tally.broadcast(['a', 'b'], ms);
    const recent = figuresOf(tally).recentBroadcastsSec;
    expect(recent.length).toBe(256);
    expect([recent[0], recent.at(-1)]).toEqual([0.744, 0.999]);
  });
});

describe('the sum of several hubs', () => {
  test('adds what each has', () => {
    const clock = new FakeClock();
    const [a, b] = [new HubTally(clock, ['price']), new HubTally(clock)];
    a.sent(bundleOf('price'));
    b.sent(bundleOf('price', 'BTCUSDT'));
    a.broadcast(['price'], 1);
    b.broadcast(['price', 'BTCUSDT'], 20);
    for (const tally of [a, b]) {
      tally.disconnected(1006);
      tally.dropped('price');
      tally.slow(['price']);
      tally.refused('SERVER_FULL');
    }
    const sum = sumFigures([a.figures(2, { price: 2 }), b.figures(5, { BTCUSDT: 5 })]);
    expect(sum).toMatchObject({
      connections: 7,
      subscriptions: { price: 2, BTCUSDT: 5 },
      sent: { price: 2, BTCUSDT: 1 },
      dropped: { price: 2 },
      slow: { price: 2 },
      slowClients: 2,
      sentLastMinute: 3,
    });
    expect([sum.disconnects['1006'], sum.refused.SERVER_FULL]).toEqual([2, 2]);
    expect(sum.broadcasts.price!.counts.slice(0, 6)).toEqual([1, 0, 0, 0, 1, 0]);
    expect(sum.broadcasts.price!.sumSec).toBeCloseTo(0.021, 9);
    expect(sum.broadcasts.BTCUSDT!.counts[4]).toBe(1);
    expect(sum.recentBroadcastsSec).toEqual([0.001, 0.02]);
  });

  test('is the same as the figures of one, and nothing of none', () => {
    const one = new HubTally(new FakeClock(), ['price']).figures(1, { price: 1 });
    expect(sumFigures([one])).toEqual(one);
    expect(sumFigures([])).toMatchObject({ connections: 0, sent: {}, recentBroadcastsSec: [] });
  });
});
