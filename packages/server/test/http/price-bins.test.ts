import fc from 'fast-check';
import { expect, test } from 'vitest';
import { binBounds, usualBinUsd } from '../../src/http/price-bins.ts';

const price = fc.double({ min: 1e-5, max: 1e7, noNaN: true });
const columns = fc.integer({ min: 1, max: 2000 });

test('the usual bin is allowed at any price, whatever the market has now', () => {
  fc.assert(
    fc.property(price, columns, fc.option(price), (highestUsd, count, bucketUsd) => {
      const bounds = binBounds(highestUsd, count);
      const binUsd = usualBinUsd(bucketUsd, highestUsd, bounds);
      expect(binUsd).toBeGreaterThanOrEqual(bounds.minUsd);
      expect(binUsd).toBeLessThanOrEqual(bounds.maxUsd);
    }),
  );
});

test('it is the bucket of the market at prices like those of now', () => {
  expect(usualBinUsd(100, 98_000, binBounds(98_000, 1000))).toBe(100);
  expect(usualBinUsd(50, 98_000, binBounds(98_000, 1000))).toBe(50);
  expect(usualBinUsd(100, 600, binBounds(600, 1000))).toBe(0.5);
  expect(usualBinUsd(null, 98_000, binBounds(98_000, 1))).toBe(100);
});

test('an answer stays at a size that can be handled', () => {
  fc.assert(
    fc.property(price, columns, (highestUsd, count) => {
      const { minUsd } = binBounds(highestUsd, count);
      expect(((0.5 * highestUsd) / minUsd) * count).toBeLessThanOrEqual(1_200_000);
      expect((0.5 * highestUsd) / minUsd).toBeLessThanOrEqual(20_000);
    }),
  );
});
