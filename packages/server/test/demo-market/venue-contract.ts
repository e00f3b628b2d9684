import { describe, expect, it } from 'vitest';
import type { Venue, VenueEvent } from '../../src/sources/venue.ts';
import type { FakeClock } from '../sources/support/fake-clock.ts';
import { VenueLog } from './venue-log.ts';

export interface VenueCase {
  readonly venue: Venue;
  readonly clock: FakeClock;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Moves the clock on, second by second, so that each timer's events are out before the next. */
export async function live(clock: FakeClock, seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    clock.advance(1000);
    while (clock.timers === 0) await nextTurn();
  }
}

function timeOf(event: VenueEvent): number {
  if (event.kind === 'candle') return event.candle.timeSec;
  return event.kind === 'open_interest' ? event.sample.timeSec : event.liquidation.timeSec;
}

/** What sources/venue.ts promises, for every venue; `open` makes a new one, not yet started. */
export function venueContract(name: string, open: () => VenueCase): void {
  describe(`the contract of a venue: ${name}`, () => {
    it('tells of each market and kind in the order of their times, history first', async () => {
      const { venue, clock } = open();
      const log = new VenueLog();
      await venue.start(log);
      await live(clock, 700);
      await venue.stop();
      for (const { symbol, intervalSec } of venue.markets) {
        for (const kind of ['candle', 'open_interest', 'liquidation']) {
          const times = log.events
            .filter((event) => event.symbol === symbol && event.kind === kind)
            .map(timeOf);
          expect(times.length).toBeGreaterThan(0);
          expect(times).toEqual(times.toSorted((a, b) => a - b));
        }
        const opened = log.closed(symbol).map(({ timeSec }) => timeSec);
        expect(opened).toEqual(opened.map((_, i) => opened[0]! + i * intervalSec));
        expect(opened.every((timeSec) => timeSec % intervalSec === 0)).toBe(true);
      }
      const symbols = new Set(log.events.map(({ symbol }) => symbol));
      expect(symbols).toEqual(new Set(venue.markets.map(({ symbol }) => symbol)));
    });

    it('says that it is connected, and counts its events', async () => {
      const { venue } = open();
      const log = new VenueLog();
      expect(venue.status()).toMatchObject({ name: venue.name, state: 'connecting', frames: 0 });
      await venue.start(log);
      expect(log.statuses.map(({ state }) => state)).toEqual(['connected']);
      expect(venue.status()).toMatchObject({ state: 'connected', frames: log.events.length });
      await venue.stop();
    });

    it('waits until one batch is taken in before it brings the next', async () => {
      const { venue } = open();
      const log = new VenueLog();
      let letGo = (): void => {};
      log.gate = new Promise((resolve) => {
        letGo = resolve;
      });
      const started = venue.start(log);
      await log.until(() => log.batches.length > 0);
      for (let i = 0; i < 20; i++) await nextTurn();
      expect(log.batches.length).toBe(1);
      letGo();
      await started;
      expect(log.batches.length).toBeGreaterThan(1);
      await venue.stop();
    });

    it('brings only what is missing where something is known', async () => {
      const first = open();
      const whole = new VenueLog();
      await first.venue.start(whole);
      await first.venue.stop();
      const { venue } = open();
      const log = new VenueLog();
      const [known, unknown] = venue.markets.map(({ symbol }) => symbol) as [string, string];
      const knownSec = whole.closed(known).at(-4)!.timeSec;
      log.known.set(known, knownSec);
      await venue.start(log);
      await venue.stop();
      const missing = log.closed(known).filter(({ timeSec }) => timeSec > knownSec);
      expect(missing).toEqual(whole.closed(known).slice(-3));
      expect(log.closed(known).length).toBeLessThanOrEqual(4);
      expect(log.closed(unknown)).toEqual(whole.closed(unknown));
    });

    it('says nothing more once it is stopped, in its history or live, and leaves no timer', async () => {
      const early = open();
      const log = new VenueLog();
      const started = early.venue.start(log);
      await log.until(() => log.batches.length > 0);
      await Promise.all([early.venue.stop(), early.venue.stop()]);
      await started;
      const { venue, clock } = open();
      const liveLog = new VenueLog();
      await venue.start(liveLog);
      await live(clock, 2);
      await venue.stop();
      const counts = [log.events.length, liveLog.events.length];
      clock.advance(600_000);
      early.clock.advance(600_000);
      await nextTurn();
      expect([log.events.length, liveLog.events.length]).toEqual(counts);
      expect([early.clock.timers, clock.timers]).toEqual([0, 0]);
    });
  });
}
