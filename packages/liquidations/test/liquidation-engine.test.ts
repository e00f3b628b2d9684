import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../src/bytes.ts';
import type { Candle } from '../src/candle.ts';
import { LiquidationEngine } from '../src/liquidation-engine.ts';
import type { Crowd, LiquidationParameters } from '../src/liquidation-parameters.ts';
import { LEARNED_PARAMETERS } from '../src/parameters.ts';
import type { Ledger } from '../src/position-book.ts';
import { randomMarket } from './random-market.ts';

/** Round numbers, so that results can be worked by hand: 10 % and 1 % away, nothing closes by itself. */
const PLAIN: LiquidationParameters = {
  leverageWeights: [
    { leverage: 10, weight: 0.75 },
    { leverage: 100, weight: 0.25 },
  ],
  entryPoints: [{ at: 0, weight: 1 }],
  crowds: [
    { turnoverPerHour: 0.0004, halfLifeSec: 1e15, escapeVolume: 0 },
    { turnoverPerHour: 0.0006, halfLifeSec: 1e15, escapeVolume: 0 },
  ],
  volumePower: 1,
  riseHours: 0,
  fallShare: 0,
  usualHalfLifeSec: 1e15,
};

const HOUR_SEC = 3_600;

function candleAt(hour: number, low: number, high: number, close: number, volume = 1): Candle {
  return { timeSec: hour * HOUR_SEC, open: close, high, low, close, volume };
}

function plainEngine(parameters: LiquidationParameters = PLAIN): LiquidationEngine {
  return new LiquidationEngine({
    intervalSec: HOUR_SEC,
    bucketUsd: 1,
    parameters,
    maintenanceRate: 0,
  });
}

function expectConserved({ createdUsd, openUsd, closedUsd, consumedUsd }: Ledger): void {
  const sum = openUsd + closedUsd + consumedUsd;
  expect(Math.abs(createdUsd - sum)).toBeLessThanOrEqual(1e-9 * createdUsd);
}

describe('engine, by hand', () => {
  test('opens both sides at the close and shows where they would be liquidated', () => {
    const engine = plainEngine();
    // 0.001 of 1,000,000 of open interest on each side, at usual volume.
    const outcome = engine.accept(candleAt(0, 1_000, 1_000, 1_000), 1e6);
    expect(outcome).toEqual({
      timeSec: 0,
      longUsd: 0,
      shortUsd: 0,
      openLongUsd: expect.closeTo(1_000, 6),
      openShortUsd: expect.closeTo(1_000, 6),
    });
    const snapshot = engine.snapshot(10);
    expect(snapshot.levels).toEqual([
      { priceUsd: 900, longUsd: expect.closeTo(750, 6), shortUsd: 0 },
      { priceUsd: 990, longUsd: expect.closeTo(250, 6), shortUsd: 0 },
      { priceUsd: 1_010, longUsd: 0, shortUsd: expect.closeTo(250, 6) },
      { priceUsd: 1_100, longUsd: 0, shortUsd: expect.closeTo(750, 6) },
    ]);
    expect(snapshot).toMatchObject({
      timeSec: HOUR_SEC,
      currentPriceUsd: 1_000,
      positionsCreated: 4,
      positionsConsumed: 0,
    });
  });

  test('a price that touches a level takes it, one that stops a hair before does not', () => {
    const engine = plainEngine();
    engine.accept(candleAt(0, 1_000, 1_000, 1_000), 1e6);
    const before = engine.accept(candleAt(1, 990.0000001, 1_009.9999, 1_000, 0), null);
    expect(before).toMatchObject({ longUsd: 0, shortUsd: 0 });
    const touch = engine.accept(candleAt(2, 990, 1_010, 1_000, 0), null);
    expect(touch.longUsd).toBeCloseTo(250, 6);
    expect(touch.shortUsd).toBeCloseTo(250, 6);
    expect(engine.snapshot().levels.map(({ priceUsd }) => priceUsd)).toEqual([900, 1_100]);
  });

  test('a candle never takes what it opened itself, the next one does', () => {
    const engine = plainEngine();
    const first = engine.accept(candleAt(0, 500, 2_000, 1_000), 1e6);
    expect(first).toMatchObject({ longUsd: 0, shortUsd: 0 });
    const second = engine.accept(candleAt(1, 500, 1_000, 1_000, 0), 1e6);
    expect(second.longUsd).toBeCloseTo(1_000, 6);
    expect(second.openLongUsd).toBe(0);
    expect(second.shortUsd).toBe(0);
  });

  test('half of everything is closed within a half-life, also while candles are missing', () => {
    const engine = plainEngine({
      ...PLAIN,
      crowds: PLAIN.crowds.map((crowd) => ({ ...crowd, halfLifeSec: 2 * HOUR_SEC })) as [
        Crowd,
        Crowd,
      ],
    });
    // Closed after it is opened: one hour of the half-life is over at the end of the candle.
    const first = engine.accept(candleAt(0, 1_000, 1_000, 1_000), 1e6);
    expect(first.openLongUsd).toBeCloseTo(1_000 * Math.SQRT1_2, 6);
    const later = engine.accept(candleAt(4, 1_000, 1_000, 1_000, 0), null);
    expect(later.openLongUsd).toBeCloseTo(1_000 * 2 ** -2.5, 6);
    expectConserved(engine.longs);
  });

  test('each crowd closes at its own pace, also while candles are missing', () => {
    const [quick, patient] = PLAIN.crowds;
    const engine = plainEngine({
      ...PLAIN,
      crowds: [
        { ...quick, halfLifeSec: HOUR_SEC },
        { ...patient, halfLifeSec: 4 * HOUR_SEC },
      ],
    });
    engine.accept(candleAt(0, 1_000, 1_000, 1_000), 1e6);
    const later = engine.accept(candleAt(3, 1_000, 1_000, 1_000, 0), null);
    // 400 over four half-lives and 600 over one.
    expect(later.openLongUsd).toBeCloseTo(400 / 16 + 600 / 2, 6);
    expectConserved(engine.longs);
  });

  test('without open interest nothing is opened, and what is open goes on', () => {
    const engine = plainEngine();
    engine.accept(candleAt(0, 1_000, 1_000, 1_000), 1e6);
    const outcome = engine.accept(candleAt(1, 985, 1_000, 1_000), null);
    expect(outcome.longUsd).toBeCloseTo(250, 6);
    expect(outcome.openShortUsd).toBeCloseTo(1_000, 6);
  });

  test('twice the usual volume opens twice as much; the unit of volume does not matter', () => {
    const opened = [1, 1_000].map((unit) => {
      const engine = plainEngine();
      engine.accept(candleAt(0, 1_000, 1_000, 1_000, unit), 1e6);
      const before = engine.longs.createdUsd;
      engine.accept(candleAt(1, 1_000, 1_000, 1_000, 3 * unit), 1e6);
      return engine.longs.createdUsd - before;
    });
    // The mean of 1 and 3 is 2, of which 3 is 1.5 times.
    expect(opened[0]).toBeCloseTo(1_500, 6);
    expect(opened[1]).toBeCloseTo(1_500, 6);
  });

  test('in a quiet market some get out: they are closed, not liquidated', () => {
    const engine = plainEngine({
      ...PLAIN,
      crowds: PLAIN.crowds.map((crowd) => ({ ...crowd, escapeVolume: 1 })) as [Crowd, Crowd],
    });
    engine.accept(candleAt(0, 1_000, 1_000, 1_000), 1e6);
    const outcome = engine.accept(candleAt(1, 990, 1_000, 1_000), null);
    expect(outcome.longUsd).toBeCloseTo(125, 6);
    expect(engine.longs.closedUsd).toBeCloseTo(125, 6);
    expectConserved(engine.longs);
  });

  test('a candle from before the last one ended is a fault of the caller', () => {
    const engine = plainEngine();
    engine.accept(candleAt(1, 1_000, 1_000, 1_000), 1e6);
    expect(() => engine.accept(candleAt(1, 1_000, 1_000, 1_000), 1e6)).toThrow(RangeError);
  });
});

describe('engine, what changes what is opened and closed', () => {
  test('a rise of open interest opens more, on both sides', () => {
    const engine = plainEngine({ ...PLAIN, riseHours: 2 });
    engine.accept(candleAt(0, 1_000, 1_000, 1_000), 1e6);
    const outcome = engine.accept(candleAt(1, 1_000, 1_000, 1_000), 1.1e6);
    // The mean is now 1.05 million. Usual volume opens 0.001 of it, the rise 2 x 10 % of that.
    expect(outcome.openLongUsd).toBeCloseTo(1_000 + 1_050 * 1.2, 6);
    expect(outcome.openShortUsd).toBeCloseTo(outcome.openLongUsd, 6);
  });

  test('a fall of open interest closes its share; nothing is closed where it is not known', () => {
    const engine = plainEngine({ ...PLAIN, fallShare: 1 });
    engine.accept(candleAt(0, 1_000, 1_000, 1_000), 1e6);
    const fallen = engine.accept(candleAt(1, 1_000, 1_000, 1_000, 0), 0.8e6);
    expect(fallen.openLongUsd).toBeCloseTo(800, 6);
    const unknown = engine.accept(candleAt(2, 1_000, 1_000, 1_000, 0), null);
    const after = engine.accept(candleAt(3, 1_000, 1_000, 1_000, 0), 0.1e6);
    expect(unknown.openLongUsd).toBeCloseTo(800, 6);
    expect(after.openLongUsd).toBeCloseTo(800, 6);
    expectConserved(engine.longs);
  });

  test('candles of an hour are entered over their range, short ones at the close', () => {
    const entryPoints = [
      { at: -1, weight: 0.5 },
      { at: 0.5, weight: 0.5 },
    ];
    const leverageWeights = [{ leverage: 10, weight: 1 }];
    const levels = [HOUR_SEC, 300].map((intervalSec) => {
      const parameters = { ...PLAIN, entryPoints, leverageWeights };
      const options = { intervalSec, bucketUsd: 1, parameters, maintenanceRate: 0 };
      const engine = new LiquidationEngine(options);
      engine.accept(candleAt(0, 980, 1_020, 1_000), 1e6);
      return engine.snapshot().levels.map(({ priceUsd }) => priceUsd);
    });
    // Entered at 980 and 1,010, or at 1,000; 10 % to either side.
    expect(levels).toEqual([
      [882, 909, 1_078, 1_111],
      [900, 1_100],
    ]);
  });

  test('what the close has passed already waits there for the next candle', () => {
    const engine = plainEngine({ ...PLAIN, entryPoints: [{ at: 1, weight: 1 }] });
    const first = engine.accept(candleAt(0, 990, 1_100, 1_000), 1e6);
    expect(first.longUsd).toBe(0);
    // Of longs entered at 1,100 those at 100x are due at 1,089, beyond the close.
    const longs = engine.snapshot().levels.filter(({ longUsd }) => longUsd > 0);
    expect(longs.map(({ priceUsd }) => priceUsd)).toEqual([990, 1_000]);
    const second = engine.accept(candleAt(1, 999, 1_000, 999, 0), 1e6);
    expect(second.longUsd).toBeCloseTo(250, 6);
  });

  test('the first open interest that is known counts as usual for as long as volume is', () => {
    const engine = plainEngine();
    for (let hour = 0; hour < 9; hour += 1) {
      engine.accept(candleAt(hour, 1_000, 1_000, 1_000), null);
    }
    engine.accept(candleAt(9, 1_000, 1_000, 1_000), 1e6);
    const before = engine.longs.createdUsd;
    engine.accept(candleAt(10, 1_000, 1_000, 1_000), 2.1e6);
    expect(engine.longs.createdUsd - before).toBeCloseTo((0.001 * (10 * 1e6 + 2.1e6)) / 11, 6);
  });

  test('goes on after years without a candle, with nothing left of before', () => {
    const options = { intervalSec: HOUR_SEC, bucketUsd: 50 };
    const engine = new LiquidationEngine(options);
    const [candle] = randomMarket(1, 1, HOUR_SEC).candles;
    engine.accept(candle!, 5e9);
    const opened = engine.longs.createdUsd;
    const later = engine.accept({ ...candle!, timeSec: 10_000 * HOUR_SEC }, 5e9);
    expect(engine.longs.createdUsd).toBeCloseTo(2 * opened, 6);
    expect(later.openLongUsd).toBeGreaterThan(0);
    expect(later.openLongUsd).toBeLessThan(opened);
    expectConserved(engine.longs);
  });

  test('the learned mix goes without leverages that higher margins rule out', () => {
    const options = { intervalSec: 300, bucketUsd: 1, maintenanceRate: 0.005 };
    const engine = new LiquidationEngine(options);
    engine.accept({ ...candleAt(0, 1_000, 1_000, 1_000), timeSec: 0 }, 1e9);
    const { leverageWeights } = LEARNED_PARAMETERS;
    expect(leverageWeights.at(-1)?.leverage).toBe(200);
    expect(engine.longs.positionsCreated).toBe(leverageWeights.length - 1);
    const all = new LiquidationEngine({ ...options, maintenanceRate: 0.004 });
    all.accept({ ...candleAt(0, 1_000, 1_000, 1_000), timeSec: 0 }, 1e9);
    expect(engine.longs.createdUsd).toBeCloseTo(all.longs.createdUsd, -1);
  });

  test.each([
    [{ intervalSec: 0, bucketUsd: 1 }, 'the interval has to be above 0'],
    [{ intervalSec: 60, bucketUsd: 0 }, 'its size has to be above 0'],
    [{ intervalSec: 60, bucketUsd: 1, maintenanceRate: 1 }, 'allowed is 0 up to below 1'],
    [
      {
        intervalSec: 60,
        bucketUsd: 1,
        maintenanceRate: 0.02,
        leverageWeights: [{ leverage: 50, weight: 1 }],
      },
      'allowed are leverages below 50',
    ],
  ])('%o makes no sense', (options, problem) => {
    expect(() => new LiquidationEngine(options)).toThrow(problem);
  });
});

describe('engine, properties', () => {
  test('created = open + closed + consumed', () => {
    const property = fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 300 }),
      fc.constantFrom(60, 300, HOUR_SEC, 86_400),
      fc.constantFrom(0.001, 0.01, 0.1),
      (seed, length, intervalSec, volatility) => {
        const engine = new LiquidationEngine({ intervalSec, bucketUsd: 50 });
        const { candles } = randomMarket(seed, length, intervalSec, volatility);
        candles.forEach((candle, i) => {
          engine.accept(candle, i % 7 === 3 ? null : 5e9);
          expectConserved(engine.longs);
          expectConserved(engine.shorts);
        });
      },
    );
    fc.assert(property, { numRuns: 60 });
  });

  test('what is dropped because it is under a cent counts as closed', () => {
    const engine = new LiquidationEngine({ intervalSec: 300, bucketUsd: 50 });
    for (const candle of randomMarket(14, 2_000, 300).candles) engine.accept(candle, 1e3);
    expect(engine.longs.createdUsd).toBeGreaterThan(1);
    expectConserved(engine.longs);
    expectConserved(engine.shorts);
  });

  test('levels add up to what is open, in buckets of any size', () => {
    const engine = new LiquidationEngine({ intervalSec: 300, bucketUsd: 50 });
    for (const candle of randomMarket(11, 2_000, 300, 0.002).candles) engine.accept(candle, 5e9);
    for (const bucketUsd of [50, 100, 12.5, 333]) {
      const { levels, totalLongUsd, totalShortUsd } = engine.snapshot(bucketUsd);
      const sum = (values: number[]): number => values.reduce((total, usd) => total + usd, 0);
      const longUsd = sum(levels.map((level) => level.longUsd));
      const shortUsd = sum(levels.map((level) => level.shortUsd));
      // Levels under a cent are not shown.
      expect(Math.abs(longUsd - totalLongUsd)).toBeLessThan(1 + 1e-9 * totalLongUsd);
      expect(Math.abs(shortUsd - totalShortUsd)).toBeLessThan(1 + 1e-9 * totalShortUsd);
    }
  });

  test('longs lie at or below the price, shorts at or above', () => {
    const engine = new LiquidationEngine({ intervalSec: HOUR_SEC, bucketUsd: 50 });
    for (const candle of randomMarket(12, 500, HOUR_SEC).candles) {
      engine.accept(candle, 5e9);
      const { levels } = engine.snapshot();
      const longs = levels.filter(({ longUsd }) => longUsd > 0);
      const shorts = levels.filter(({ shortUsd }) => shortUsd > 0);
      expect(longs.at(-1)?.priceUsd).toBeLessThanOrEqual(candle.close);
      expect(shorts[0]!.priceUsd + 50).toBeGreaterThan(candle.close);
    }
  });

  test('over a year of short candles, what is kept stays bounded', () => {
    const engine = new LiquidationEngine({ intervalSec: 300, bucketUsd: 50 });
    const { candles } = randomMarket(13, 20_000, 300, 0.001);
    const sizes = [0, 1, 2, 3, 4, 5].map((round) => {
      for (const candle of candles) {
        const timeSec = candle.timeSec + round * 20_000 * 300;
        engine.accept({ ...candle, timeSec }, 5e9);
      }
      const writer = new ByteWriter();
      engine.save(writer);
      return writer.bytes().length;
    });
    // Without dropping what is worth nothing it would be 24 bytes for each of 2.3 million positions.
    expect(Math.max(...sizes)).toBeLessThan(8e6);
    expectConserved(engine.longs);
    expectConserved(engine.shorts);
  });
});
