import { describe, expect, it } from 'vitest';
import { PricePath } from '../../src/sources/demo/price-path.ts';
import { DemoVenue, type DemoVenueOptions } from '../../src/sources/demo-venue.ts';
import { FakeClock } from '../sources/support/fake-clock.ts';
import { live, venueContract } from './venue-contract.ts';
import { VenueLog } from './venue-log.ts';

const START_SEC = 1_767_225_600;
const DAY_SEC = 86_400;
const BITCOIN_TICK_USD = 0.1;
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'];

function demo(options: Partial<DemoVenueOptions> = {}): { venue: DemoVenue; clock: FakeClock } {
  const clock = new FakeClock(START_SEC + 17.25);
  return { clock, venue: new DemoVenue({ seed: 7, historySec: DAY_SEC, clock, ...options }) };
}

async function historyOf(options: Partial<DemoVenueOptions>): Promise<VenueLog> {
  const { venue } = demo(options);
  const log = new VenueLog();
  await venue.start(log);
  await venue.stop();
  return log;
}

venueContract('demo', demo);

describe('DemoVenue', () => {
  it('fills seven days at once for three markets, up to the candle in progress', async () => {
    const log = await historyOf({ historySec: 7 * DAY_SEC });
    for (const symbol of SYMBOLS) {
      const closed = log.closed(symbol);
      expect(closed.length).toBe((7 * DAY_SEC) / 300);
      expect(closed[0]!.timeSec).toBe(START_SEC - 7 * DAY_SEC);
      expect(log.openInterest(symbol).map(({ timeSec }) => timeSec)).toEqual(
        closed.map(({ timeSec }) => timeSec + 300),
      );
      expect(log.inProgress(symbol).map(({ timeSec }) => timeSec)).toEqual([START_SEC]);
    }
    expect(log.batches.length).toBeGreaterThan(3);
  });

  it('is marked as made up', () => {
    expect(demo().venue).toMatchObject({ demo: true, name: 'demo-market' });
  });

  it('shows live what a later start makes as history, event for event', async () => {
    const hours = 3;
    const { venue, clock } = demo({ historySec: 600 });
    const lived = new VenueLog();
    await venue.start(lived);
    await live(clock, hours * 3600);
    await venue.stop();
    const laterClock = new FakeClock(START_SEC + hours * 3600);
    const later = await historyOf({ historySec: 2 * DAY_SEC, clock: laterClock });
    for (const symbol of SYMBOLS) {
      expect(lived.closed(symbol).length).toBe(2 + hours * 12);
      expect(later.closed(symbol).slice(-38)).toEqual(lived.closed(symbol));
      expect(later.openInterest(symbol).slice(-38)).toEqual(lived.openInterest(symbol));
      const since = (START_SEC - 600) as number;
      const liquidated = lived.liquidations(symbol);
      expect(liquidated.length).toBeGreaterThan(3);
      expect(later.liquidations(symbol).filter(({ timeSec }) => timeSec > since)).toEqual(
        liquidated.filter(({ timeSec }) => timeSec <= START_SEC + hours * 3600),
      );
    }
  });

  it('shows another market for another seed, and the same again for the same', async () => {
    const [first, again, other] = await Promise.all([
      historyOf({ seed: 1 }),
      historyOf({ seed: 1 }),
      historyOf({ seed: 2 }),
    ]);
    expect(again.events).toEqual(first.events);
    expect(other.closed('BTCUSDT')[0]!.open).not.toBe(first.closed('BTCUSDT')[0]!.open);
  });

  it('tells of the candle in progress each second, and it grows into the closed one', async () => {
    const { venue, clock } = demo();
    const log = new VenueLog();
    await venue.start(log);
    await live(clock, 600);
    await venue.stop();
    for (const symbol of SYMBOLS) {
      const told = log.inProgress(symbol);
      expect(told.length).toBe(601);
      for (const closed of log.closed(symbol).slice(-2)) {
        const growing = told.filter(({ timeSec }) => timeSec === closed.timeSec);
        expect(growing.length).toBeGreaterThan(280);
        for (const [i, candle] of growing.entries()) {
          const next = growing[i + 1] ?? closed;
          expect(candle.open).toBe(closed.open);
          expect(candle.high).toBeLessThanOrEqual(next.high);
          expect(candle.low).toBeGreaterThanOrEqual(next.low);
          expect(candle.volume).toBeLessThanOrEqual(next.volume);
        }
        expect(new Set(growing.map(({ close }) => close)).size).toBeGreaterThan(20);
      }
    }
  });

  it('trades bitcoin at the price that the demo of the chain pays at, at any second', async () => {
    for (const seed of [1, 7]) {
      const { venue, clock } = demo({ seed, historySec: DAY_SEC });
      const log = new VenueLog();
      await venue.start(log);
      const onChain = new PricePath(seed);
      const differenceUsd = (priceUsd: number, timeSec: number): number =>
        Math.abs(priceUsd - onChain.priceUsd(timeSec));
      for (let second = 0; second < 900; second++) {
        await live(clock, 1);
        const { close } = log.inProgress('BTCUSDT').at(-1)!;
        expect(differenceUsd(close, clock.nowSec())).toBeLessThan(BITCOIN_TICK_USD);
      }
      await venue.stop();
      const closed = log.closed('BTCUSDT');
      expect(closed.length).toBe(DAY_SEC / 300 + 3);
      for (const { timeSec, open, close } of closed) {
        expect(differenceUsd(open, timeSec)).toBeLessThan(BITCOIN_TICK_USD);
        expect(differenceUsd(close, timeSec + 300)).toBeLessThan(BITCOIN_TICK_USD);
      }
    }
  });

  it('tells of a liquidation within a second of its time, and never before', async () => {
    const { venue, clock } = demo();
    const log = new VenueLog();
    await venue.start(log);
    for (let minute = 0; minute < 120; minute++) {
      for (let second = 0; second < 60; second++) {
        const before = log.events.length;
        await live(clock, 1);
        for (const event of log.events.slice(before)) {
          if (event.kind !== 'liquidation') continue;
          const late = clock.nowSec() - event.liquidation.timeSec;
          expect(late).toBeGreaterThanOrEqual(0);
          expect(late).toBeLessThanOrEqual(1);
        }
      }
    }
    await venue.stop();
    expect(log.liquidations('ETHUSDT').length).toBeGreaterThan(10);
  });

  it('makes up for a clock that went ahead, and stands still under one set back', async () => {
    const { venue, clock } = demo();
    const log = new VenueLog();
    await venue.start(log);
    clock.jump(7200);
    await live(clock, 1);
    expect(log.closed('BTCUSDT').at(-1)!.timeSec).toBe(START_SEC + 6900);
    const before = log.inProgress('BTCUSDT').at(-1)!;
    clock.jump(-3600);
    await live(clock, 3);
    expect(log.inProgress('BTCUSDT').slice(-2)).toEqual([before, before]);
    await venue.stop();
  });

  it('goes on from now where a store knows of candles to come', async () => {
    const { venue } = demo();
    const log = new VenueLog();
    for (const symbol of SYMBOLS) log.known.set(symbol, START_SEC + DAY_SEC);
    await venue.start(log);
    await venue.stop();
    expect(log.events.map(({ kind }) => kind)).toEqual(['candle', 'candle', 'candle']);
    expect(log.inProgress('SOLUSDT').map(({ timeSec }) => timeSec)).toEqual([START_SEC]);
  });

  it('starts once', async () => {
    const { venue } = demo();
    await venue.start(new VenueLog());
    await expect(venue.start(new VenueLog())).rejects.toThrow('starts once');
    await venue.stop();
  });
});
