import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../src/bytes.ts';
import type { Candle } from '../src/candle.ts';
import { LiquidationEngine } from '../src/liquidation-engine.ts';
import { LEARNED_PARAMETERS } from '../src/parameters.ts';
import type { PastDay } from '../src/past-day.ts';

const HOUR_SEC = 3_600;
const DAY_SEC = 86_400;
const DAYS = 500;
const OPTIONS = { intervalSec: HOUR_SEC, bucketUsd: 10 };
/** Without volume from day 200 to 259, and with open interest from day 50 on. */
const MISSING = { from: 200, to: 260 };
const INTEREST_FROM = 50;

const parameters = { ...LEARNED_PARAMETERS, usualHalfLifeSec: 200 * DAY_SEC };

function candleAt(hour: number): Candle {
  const close = 1_000 + 20 * Math.sin(hour / 7);
  const volume = (5 + Math.sin(hour / 3)) * 3 ** (hour / 24 / DAYS);
  return { timeSec: hour * HOUR_SEC, open: close, high: close + 5, low: close - 5, close, volume };
}

function interestAt(hour: number): number | null {
  const day = hour / 24;
  return day < INTEREST_FROM ? null : 1e8 * (1.5 + Math.sin(day / 60));
}

function isMissing(hour: number): boolean {
  return hour >= MISSING.from * 24 && hour < MISSING.to * 24;
}

function acceptAll(engine: LiquidationEngine, fromHour: number): LiquidationEngine {
  for (let hour = fromHour; hour < DAYS * 24; hour += 1) {
    if (!isMissing(hour)) engine.accept(candleAt(hour), interestAt(hour));
  }
  return engine;
}

function daysBefore(endDay: number): PastDay[] {
  const days: PastDay[] = [];
  for (let day = 0; day < endDay; day += 1) {
    const hours = Array.from({ length: 24 }, (_, i) => day * 24 + i).filter((h) => !isMissing(h));
    if (hours.length === 0) continue;
    const candles = hours.map(candleAt);
    const known = hours.map(interestAt).filter((usd) => usd !== null);
    days.push({
      timeSec: day * DAY_SEC,
      candles: candles.length,
      volumeUsd: candles.reduce((sum, { volume, close }) => sum + volume * close, 0),
      openInterestUsd:
        known.length === 0 ? null : known.reduce((sum, usd) => sum + usd, 0) / known.length,
    });
  }
  return days;
}

const engineWith = (days: readonly PastDay[], untilSec: number): LiquidationEngine => {
  const engine = new LiquidationEngine({ ...OPTIONS, parameters });
  engine.beginWith(days, untilSec);
  return engine;
};

describe('an engine that begins with the days before', () => {
  const whole = acceptAll(new LiquidationEngine({ ...OPTIONS, parameters }), 0).snapshot();

  test.each([1, 30, INTEREST_FROM, INTEREST_FROM + 1, 199, 260, 400, DAYS - 10])(
    'comes to the map of one that took all their candles: %i days',
    (day) => {
      const engine = engineWith(daysBefore(day), day * DAY_SEC);
      const map = acceptAll(engine, day * 24).snapshot();
      expect(map.totalLongUsd / whole.totalLongUsd).toBeCloseTo(1, 2);
      expect(map.totalShortUsd / whole.totalShortUsd).toBeCloseTo(1, 2);
      expect(map.levels.length).toBeGreaterThan(40);
    },
  );

  test('would come to another one without them', () => {
    const map = acceptAll(new LiquidationEngine({ ...OPTIONS, parameters }), 490 * 24).snapshot();
    expect(Math.abs(map.totalLongUsd / whole.totalLongUsd - 1)).toBeGreaterThan(0.1);
  });

  test('lets what is not known between them and the first candle pass', () => {
    const from = (untilSec: number): number =>
      acceptAll(engineWith(daysBefore(200), untilSec), 260 * 24).snapshot().totalLongUsd;
    expect(from(260 * DAY_SEC) / whole.totalLongUsd).toBeCloseTo(1, 3);
    expect(from(200 * DAY_SEC) / whole.totalLongUsd).not.toBeCloseTo(1, 3);
  });

  test('is as one without a past when there is none, and has no positions before a candle', () => {
    const without = new LiquidationEngine({ ...OPTIONS, parameters });
    const empty = engineWith([], 5 * DAY_SEC);
    expect(acceptAll(empty, 120).snapshot()).toEqual(acceptAll(without, 120).snapshot());
    const engine = engineWith(daysBefore(100), 100 * DAY_SEC);
    expect(engine.endSec).toBeNaN();
    expect(engine.snapshot()).toMatchObject({ levels: [], totalLongUsd: 0, positionsCreated: 0 });
  });

  test('keeps what it began with in its state', () => {
    const engine = engineWith(daysBefore(300), 300 * DAY_SEC);
    const out = new ByteWriter();
    engine.save(out);
    const restored = LiquidationEngine.restore(
      { ...OPTIONS, parameters },
      new ByteReader(out.bytes()),
    );
    expect(acceptAll(restored, 7200).snapshot()).toEqual(acceptAll(engine, 7200).snapshot());
  });
});
