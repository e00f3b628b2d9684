import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Candle, OpenInterest } from '../src/candle.ts';
import { JoinedEngine } from '../src/joined-engine.ts';
import type { CandleOutcome } from '../src/liquidation-engine.ts';
import { LiquidationModel, type ModelOptions } from '../src/liquidation-model.ts';
import { OpenInterestTrack } from '../src/open-interest-track.ts';
import { LEARNED_PARAMETERS } from '../src/parameters.ts';
import type { HeatmapSnapshot } from '../src/snapshot.ts';
import { type Market, randomFrom, randomMarket } from './random-market.ts';

const MINUTE_SEC = 60;
const INTERVAL_SEC = 5 * MINUTE_SEC;
const OPTIONS: ModelOptions = {
  intervalSec: INTERVAL_SEC,
  bucketUsd: 50,
  openInterestPeriodSec: 4 * INTERVAL_SEC,
};
/** Three periods and an hour: what waits, besides the candle that is the newest. */
const WAITING = (3 * 4 * INTERVAL_SEC + 60 * MINUTE_SEC) / INTERVAL_SEC;

type Arrival = { readonly candle: Candle } | { readonly sample: OpenInterest };

function arrivals({ candles, openInterest }: Market): Arrival[] {
  const timeOf = (arrival: Arrival): number =>
    'candle' in arrival ? arrival.candle.timeSec + INTERVAL_SEC : arrival.sample.timeSec;
  return [
    ...candles.map((candle) => ({ candle })),
    ...openInterest.map((sample) => ({ sample })),
  ].sort((a, b) => timeOf(a) - timeOf(b));
}

function take(model: LiquidationModel, arrival: Arrival): void {
  const taken =
    'candle' in arrival
      ? model.takeCandle(arrival.candle, true)
      : model.takeOpenInterest(arrival.sample);
  expect(taken).not.toBe('too_late');
}

/** Everything at once, in order. */
function batch({ candles, openInterest }: Market): {
  outcomes: CandleOutcome[];
  snapshot: HeatmapSnapshot;
} {
  const track = new OpenInterestTrack(OPTIONS.openInterestPeriodSec);
  for (const sample of openInterest) track.take(sample);
  const joined = new JoinedEngine(OPTIONS, track);
  return {
    outcomes: candles.map((candle) => joined.accept(candle)),
    snapshot: joined.snapshot(),
  };
}

/** Each a few places from where it belongs, some twice. */
function jumbled(all: readonly Arrival[], seed: number): Arrival[] {
  const random = randomFrom(seed);
  return all
    .flatMap((arrival, i) =>
      random() < 0.1
        ? [
            { arrival, i },
            { arrival, i },
          ]
        : [{ arrival, i }],
    )
    .map(({ arrival, i }) => ({ arrival, at: i + 10 * random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ arrival }) => arrival);
}

function restart(model: LiquidationModel, options: ModelOptions = OPTIONS): LiquidationModel {
  const restored = LiquidationModel.restore(model.save(), options);
  if (!restored.ok) throw new Error(restored.problem);
  return restored.model;
}

/** Some candles and some samples are missing. */
function withHoles({ candles, openInterest }: Market, seed: number): Market {
  const random = randomFrom(seed);
  const [from, to] = [random() * openInterest.length, 5 + random() * openInterest.length];
  return {
    candles: candles.filter(() => random() > 0.03),
    openInterest: openInterest.filter((_, i) => i < from || i > to),
  };
}

describe('model over live feeds', () => {
  test('says what a batch says, whatever the order of arrival, restarts included', () => {
    const property = fc.property(fc.integer(), fc.integer({ min: 1, max: 120 }), (seed, length) => {
      const market = withHoles(randomMarket(seed, length, INTERVAL_SEC), seed + 1);
      if (market.candles.length === 0) return;
      let model = new LiquidationModel(OPTIONS);
      const settled: CandleOutcome[] = [];
      jumbled(arrivals(market), seed + 2).forEach((arrival, i) => {
        take(model, arrival);
        if (i % 3 === 0) settled.push(...model.settle());
        if (i % 37 === 36) model = restart(model);
      });
      const { outcomes, snapshot } = batch(market);
      expect(settled).toEqual(outcomes.slice(0, settled.length));
      expect(model.snapshot()).toEqual(snapshot);
    });
    fc.assert(property, { numRuns: 60 });
  });

  test('commits a candle when nothing that comes in time can change it', () => {
    const { candles, openInterest } = randomMarket(1, 200, INTERVAL_SEC);
    const model = new LiquidationModel(OPTIONS);
    for (const sample of openInterest) model.takeOpenInterest(sample);
    for (const candle of candles) model.takeCandle(candle, true);
    const settled = model.settle();
    expect(settled).toHaveLength(candles.length - WAITING - 1);
    expect(model.settledSec).toBe(candles[settled.length]!.timeSec);
    expect(model.settle()).toEqual([]);
  });

  test('refuses what comes later than that', () => {
    const { candles, openInterest } = randomMarket(2, 100, INTERVAL_SEC);
    const model = new LiquidationModel(OPTIONS);
    for (const candle of candles) model.takeCandle(candle, true);
    model.settle();
    const { settledSec } = model;
    expect(model.takeCandle(candles[0]!, true)).toBe('too_late');
    expect(model.takeOpenInterest(openInterest[0]!)).toBe('too_late');
    expect(model.takeOpenInterest({ timeSec: settledSec + 3_600, usd: 1 })).toBe('too_late');
    expect(model.takeOpenInterest({ timeSec: settledSec + 3_601, usd: 1 })).toBe('taken');
  });

  test('counts the candle in progress provisionally, and anew when it closes', () => {
    const market = randomMarket(3, 40, INTERVAL_SEC);
    const last = market.candles.pop()!;
    const model = new LiquidationModel(OPTIONS);
    for (const arrival of arrivals(market)) take(model, arrival);
    const before = model.snapshot();
    const young = { ...last, high: last.open, low: last.open, close: last.open, volume: 1 };
    expect(model.takeCandle(young, false)).toBe('taken');
    expect(model.takeCandle(young, false)).toBe('unchanged');
    const during = model.snapshot();
    expect(during).not.toEqual(before);
    expect(during?.currentPriceUsd).toBe(last.open);
    expect(model.takeCandle(last, true)).toBe('taken');
    expect(model.takeCandle(young, false)).toBe('unchanged');
    const { snapshot } = batch({ ...market, candles: [...market.candles, last] });
    expect(model.snapshot()).toEqual(snapshot);
  });

  test('a correction takes the place of what it corrects', () => {
    const market = randomMarket(4, 40, INTERVAL_SEC);
    const model = new LiquidationModel(OPTIONS);
    for (const arrival of arrivals(market)) take(model, arrival);
    const corrected = { ...market.candles[20]!, volume: 12_345 };
    market.candles[20] = corrected;
    expect(model.takeCandle(corrected, true)).toBe('taken');
    expect(model.snapshot()).toEqual(batch(market).snapshot);
  });

  test.each<[string, Partial<Candle>]>([
    ['off its interval', { timeSec: 7 }],
    ['with a low above its close', { low: 1e9, high: 1e9 }],
    ['with a volume below 0', { volume: -1 }],
  ])('a candle %s is malformed', (_, change) => {
    const model = new LiquidationModel(OPTIONS);
    const candle = randomMarket(5, 1, INTERVAL_SEC).candles[0]!;
    expect(model.takeCandle({ ...candle, ...change }, true)).toBe('malformed');
    expect(model.takeOpenInterest({ timeSec: 0, usd: Number.NaN })).toBe('malformed');
    expect(model.snapshot()).toBeNull();
  });
});

describe('gaps', () => {
  test('missing candles and missing open interest are told, the newest first', () => {
    const { candles, openInterest } = randomMarket(6, 60, INTERVAL_SEC);
    const model = new LiquidationModel(OPTIONS);
    candles.forEach((candle, i) => {
      if (i < 10 || i > 12) model.takeCandle(candle, true);
    });
    for (const sample of openInterest) {
      const slot = sample.timeSec / INTERVAL_SEC;
      if (slot >= 16 && (slot <= 20 || slot >= 40)) model.takeOpenInterest(sample);
    }
    const at = (index: number): number => index * INTERVAL_SEC;
    expect(model.snapshot()?.gaps).toEqual([
      // Held for three periods of four candles after the sample at 20.
      { what: 'open_interest', fromSec: at(32), toSec: at(39) },
      { what: 'candles', fromSec: at(10), toSec: at(13) },
      // The first sample comes at 16: three periods before it are a beginning, not a gap.
      { what: 'open_interest', fromSec: 0, toSec: at(3) },
    ]);
    expect(restart(model).snapshot()).toEqual(model.snapshot());
  });

  test('are forgotten when what they left out would be gone', () => {
    const model = new LiquidationModel(OPTIONS);
    const { candles } = randomMarket(7, 2, INTERVAL_SEC);
    const longSec =
      Math.max(...LEARNED_PARAMETERS.crowds.map(({ halfLifeSec }) => halfLifeSec)) * 9;
    const later = Math.ceil(longSec / INTERVAL_SEC) * INTERVAL_SEC;
    model.takeOpenInterest({ timeSec: 0, usd: 1e9 });
    model.takeCandle(candles[0]!, true);
    model.takeCandle({ ...candles[1]!, timeSec: 2 * INTERVAL_SEC }, true);
    expect(model.snapshot()?.gaps).toHaveLength(1);
    model.takeOpenInterest({ timeSec: later, usd: 1e9 });
    model.takeCandle({ ...candles[1]!, timeSec: later }, true);
    expect(model.snapshot()?.gaps).toEqual([
      { what: 'candles', fromSec: 3 * INTERVAL_SEC, toSec: later },
    ]);
  });
});

describe('saved state', () => {
  function filled(): LiquidationModel {
    const model = new LiquidationModel(OPTIONS);
    for (const arrival of arrivals(randomMarket(8, 100, INTERVAL_SEC))) take(model, arrival);
    model.settle();
    return model;
  }

  test('keeps its own buckets, whatever the new options say', () => {
    const model = restart(filled(), { ...OPTIONS, bucketUsd: 7 });
    expect(model.snapshot()).toEqual(filled().snapshot());
    expect(model.snapshot(7)?.bucketUsd).toBe(7);
  });

  test.each<[string, Partial<ModelOptions>]>([
    ['another interval', { intervalSec: 60 }],
    ['another sampling period', { openInterestPeriodSec: 60 }],
    ['another maintenance rate', { maintenanceRate: 0.003 }],
    ['another mix of leverages', { leverageWeights: [{ leverage: 10, weight: 1 }] }],
    ['other parameters', { parameters: { ...LEARNED_PARAMETERS, fallShare: 0.5 } }],
  ])('is refused with %s', (_, change) => {
    const restored = LiquidationModel.restore(filled().save(), { ...OPTIONS, ...change });
    expect(restored).toEqual({
      ok: false,
      problem: 'the state was made with other settings or parameters',
    });
  });

  test('of another version, cut short or too long is refused with a reason', () => {
    const bytes = filled().save();
    const problem = (changed: Uint8Array): string => {
      const restored = LiquidationModel.restore(changed, OPTIONS);
      return restored.ok ? 'none' : restored.problem;
    };
    const other = bytes.slice();
    other[0] = 0;
    expect(problem(other)).toContain('this version reads');
    for (const length of [0, 3, 20, 100, bytes.length - 1]) {
      expect(problem(bytes.slice(0, length))).toContain('the state is damaged');
    }
    expect(problem(new Uint8Array([...bytes, 0]))).toContain('its checksum does not fit');
    const flipped = bytes.slice();
    flipped[1_000]! ^= 1;
    expect(problem(flipped)).toContain('its checksum does not fit');
    expect(problem(bytes)).toBe('none');
  });
});
