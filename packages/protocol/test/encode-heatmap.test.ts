import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeHeatmap, encodeHeatmapData, type HeatmapReading } from '../src/index.ts';
import { decimalsOf } from '../src/rounding.ts';
import { expectValid } from './wire-schema.ts';

const reading: HeatmapReading = {
  bucketUsd: 100,
  currentPriceUsd: 98_450.126_9,
  levels: [
    { priceUsd: 97_900, longUsd: 1_500_000.4, shortUsd: 0 },
    { priceUsd: 98_000, longUsd: 0.49, shortUsd: 0.2 },
    { priceUsd: 98_900, longUsd: 0, shortUsd: 0.5 },
  ],
  totalLongUsd: 1_500_000.89,
  totalShortUsd: 0.7,
  positionsCreated: 450,
  positionsConsumed: 120,
  gaps: [{ what: 'open_interest', fromSec: 1_767_600_000, toSec: 1_767_607_200 }],
};
const position = {
  symbol: 'BTCUSDT',
  epoch: 'k3x9',
  seq: 41,
  timeSec: 1_767_607_200,
  demo: false,
};

const volume = fc.double({ min: 0, max: 1e12, noNaN: true });
const bucket = fc
  .record({ mantissa: fc.constantFrom(1, 2, 5), power: fc.integer({ min: -8, max: 3 }) })
  .map(({ mantissa, power }) => mantissa * 10 ** power);

describe('snapshot', () => {
  test('the form of the protocol page', () => {
    const text = encodeHeatmap(position, encodeHeatmapData(reading));
    expect(expectValid('HeatmapMessage', text)).toEqual({
      type: 'snapshot',
      symbol: 'BTCUSDT',
      timestamp: '2026-01-05T10:00:00Z',
      epoch: 'k3x9',
      seq: 41,
      data: {
        levels: [
          { price: 97_900, long_density: 1_500_000, short_density: 0 },
          { price: 98_900, long_density: 0, short_density: 1 },
        ],
        current_price: 98_450.13,
        bucket_size: 100,
        total_long: 1_500_001,
        total_short: 1,
        positions_created: 450,
        positions_consumed: 120,
        gaps: [
          {
            what: 'open_interest',
            from: '2026-01-05T08:00:00Z',
            to: '2026-01-05T10:00:00Z',
          },
        ],
      },
    });
  });

  test('the demo is marked', () => {
    const text = encodeHeatmap({ ...position, demo: true }, encodeHeatmapData(reading));
    expect(expectValid('HeatmapMessage', text)).toMatchObject({ seq: 41, demo: true });
  });

  test('the same data is the same text, whatever the time', () => {
    const again = { ...reading, levels: reading.levels.map((level) => ({ ...level })) };
    expect(encodeHeatmapData(again)).toBe(encodeHeatmapData(reading));
    const moved = { ...reading, currentPriceUsd: reading.currentPriceUsd + 0.01 };
    expect(encodeHeatmapData(moved)).not.toBe(encodeHeatmapData(reading));
  });

  test('prices of levels have the decimals of their bucket, at any size', () => {
    fc.assert(
      fc.property(
        bucket,
        fc.array(fc.record({ longUsd: volume, shortUsd: volume })),
        (size, at) => {
          const levels = at.map((each, i) => ({ ...each, priceUsd: (900 + i) * size }));
          const map = { ...reading, bucketUsd: size, currentPriceUsd: 950.4 * size, levels };
          const message = expectValid(
            'HeatmapMessage',
            encodeHeatmap(position, encodeHeatmapData(map)),
          );
          const data = message.data as { levels: { price: number }[]; current_price: number };
          const decimals = decimalsOf(size);
          for (const { price } of data.levels) {
            expect(price).toBe(Number(price.toFixed(decimals)));
            expect(Math.abs(price / size - Math.round(price / size))).toBeLessThan(1e-6);
          }
          expect(Math.abs(data.current_price / size - 950.4)).toBeLessThan(0.006);
        },
      ),
    );
  });

  test('the decimals of a step', () => {
    const steps = [500, 50, 1, 0.5, 0.25, 0.1 + 0.2, 0.001, 2e-8];
    expect(steps.map(decimalsOf)).toEqual([0, 0, 0, 1, 2, 1, 3, 8]);
  });

  test('a volume that is not finite is a bug', () => {
    const broken = { ...reading, totalLongUsd: Number.NaN };
    expect(() => encodeHeatmapData(broken)).toThrow('a number of a message is NaN');
  });
});
