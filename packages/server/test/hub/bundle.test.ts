import { expect, test } from 'vitest';
import { Bundles } from '../../src/hub/bundle.ts';
import { BUNDLES_KEPT_BYTES_MAX, BUNDLES_KEPT_MAX } from '../../src/hub/limits.ts';
import { type Publication, publication } from '../../src/hub/publication.ts';

const of = (channel: string, seq: number, bytes: number): Publication =>
  publication(channel, seq, 'whole', () => 'x'.repeat(bytes));

test('the same publications are the same bundle, framed once, for whoever is due them', () => {
  const bundles = new Bundles();
  const [a, b] = [of('a', 1, 10), of('b', 1, 10)];
  expect(bundles.of([a])).toBe(bundles.of([a]));
  expect(bundles.of([a, b])).toBe(bundles.of([of('a', 1, 10), b]));
  expect(bundles.of([a, b]).plain).toBe(bundles.of([a, b]).plain);
  expect(bundles.of([a, b])).not.toBe(bundles.of([of('a', 2, 10), b]));
});

test('of many sets the oldest are forgotten', () => {
  const bundles = new Bundles();
  const pairs = Array.from({ length: BUNDLES_KEPT_MAX + 1 }, (_, seq) => {
    return [of('a', seq, 10), of('b', seq, 10)];
  });
  const [first, second] = pairs.map((pair) => bundles.of(pair));
  expect(bundles.of(pairs[1]!)).toBe(second);
  expect(bundles.of(pairs[0]!)).not.toBe(first);
});

test('of large ones fewer are kept', () => {
  const bundles = new Bundles();
  const bytes = BUNDLES_KEPT_BYTES_MAX / 8;
  const pairs = Array.from({ length: 5 }, (_, seq) => [of('a', seq, bytes), of('b', seq, bytes)]);
  const [first, second] = pairs.map((pair) => bundles.of(pair));
  expect(bundles.of(pairs[1]!)).toBe(second);
  expect(bundles.of(pairs[0]!)).not.toBe(first);
  const larger = [of('c', 1, 5 * bytes), of('d', 1, 5 * bytes)];
  expect(bundles.of(larger).plain.length).toBeGreaterThan(10 * bytes);
  expect(bundles.of([of('a', 9, 10), of('b', 9, 10)]).publications).toHaveLength(2);
});
