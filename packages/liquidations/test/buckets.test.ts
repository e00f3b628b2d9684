import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Buckets, bucketSizeUsd } from '../src/buckets.ts';

describe('bucket size', () => {
  test.each([
    [98_000, 100],
    [60_000, 50],
    [3_000, 2],
    [1_500, 2],
    [82, 0.1],
    [1.2, 0.001],
    [0.00002, 0.00000002],
  ])('of a price of %d is %d', (priceUsd, sizeUsd) => {
    expect(bucketSizeUsd(priceUsd)).toBe(sizeUsd);
  });
});

describe('buckets', () => {
  test('a price on an edge lies in the bucket that begins there', () => {
    for (const size of [100, 50, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.001]) {
      const buckets = new Buckets(size);
      for (const index of [0, 1, 3, 7, 980, 12_345]) {
        expect(buckets.indexOf(buckets.edgeUsd(index)), `${index} of ${size}`).toBe(index);
      }
    }
  });

  test('edges are written as people write them', () => {
    expect(new Buckets(0.1).edgeUsd(3)).toBe(0.3);
    expect(new Buckets(0.05).edgeUsd(21)).toBe(1.05);
    expect(new Buckets(20).edgeUsd(21)).toBe(420);
  });

  test('every price lies within its bucket', () => {
    const sizes = fc.constantFrom(100, 25, 12.5, 3, 0.7, 0.3, 0.02);
    const property = fc.property(
      sizes,
      fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
      (size, price) => {
        const buckets = new Buckets(size);
        const index = buckets.indexOf(price);
        expect(buckets.edgeUsd(index)).toBeLessThanOrEqual(price * (1 + 1e-12));
        expect(buckets.edgeUsd(index + 1)).toBeGreaterThan(price * (1 - 1e-12));
      },
    );
    fc.assert(property);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('none is %d wide', (size) => {
    expect(() => new Buckets(size)).toThrow('its size has to be above 0');
  });
});
