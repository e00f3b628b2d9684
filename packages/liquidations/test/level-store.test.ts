import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Buckets } from '../src/buckets.ts';
import { ByteReader, ByteWriter } from '../src/bytes.ts';
import type { Side } from '../src/candle.ts';
import { LevelStore } from '../src/level-store.ts';

const BUCKET_USD = 10;

type Step =
  | { readonly do: 'add'; readonly price: number; readonly units: number }
  | { readonly do: 'sweep'; readonly price: number }
  | { readonly do: 'drop'; readonly below: number };

// Whole numbers and halves: prices fall on edges and on each other, and sums are exact.
const price = fc.integer({ min: 1, max: 400 }).map((halves) => halves / 2);
const units = fc.integer({ min: 1, max: 50 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('add' as const), price, units }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sweep' as const), price }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), below: units }) },
);

/** The same, simply: a list. */
class PlainStore {
  readonly #side: Side;
  positions: { price: number; units: number }[] = [];

  constructor(side: Side) {
    this.#side = side;
  }

  sweep(priceUsd: number): number {
    return this.#remove(({ price: own }) =>
      this.#side === 'long' ? own >= priceUsd : own <= priceUsd,
    );
  }

  dropBelow(worth: number): number {
    return this.#remove(({ units: own }) => 3 * own < worth);
  }

  #remove(goes: (position: { price: number; units: number }) => boolean): number {
    const gone = this.positions.filter(goes);
    this.positions = this.positions.filter((position) => !goes(position));
    return gone.reduce((sum, position) => sum + position.units, 0);
  }

  byBucket(buckets: Buckets): Map<number, number> {
    const sums = new Map<number, number>();
    for (const position of this.positions) {
      const index = buckets.indexOf(position.price);
      sums.set(index, (sums.get(index) ?? 0) + 3 * position.units);
    }
    return sums;
  }
}

function byBucket(store: LevelStore, buckets: Buckets): Map<number, number> {
  const found = store.usdByBucket(buckets, 1, 1);
  const sums = new Map<number, number>();
  found.usd.forEach((usd, i) => {
    if (usd !== 0) sums.set(found.indexes[i]!, usd);
  });
  expect(found.indexes).toEqual([...found.indexes].sort((a, b) => a - b));
  return sums;
}

function restored(store: LevelStore, side: Side): LevelStore {
  const out = new ByteWriter();
  store.save(out);
  return LevelStore.restore(side, BUCKET_USD, new ByteReader(out.bytes()));
}

/** Each position has once its units of the first kind and twice of the second: worth 3. */
function apply(store: LevelStore, plain: PlainStore, step: Step): void {
  if (step.do === 'add') {
    store.add(step.price, step.units, 2 * step.units);
    plain.positions.push(step);
    return;
  }
  if (step.do === 'sweep') store.sweep(step.price);
  else store.dropBelow(step.below, 1, 1);
  const gone = step.do === 'sweep' ? plain.sweep(step.price) : plain.dropBelow(step.below);
  expect(store.taken0).toBe(gone);
  expect(store.taken1).toBe(2 * gone);
}

describe('level store', () => {
  test.each<Side>(['long', 'short'])('%s: holds and gives what a plain list does', (side) => {
    const property = fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      let store = new LevelStore(side, BUCKET_USD);
      const plain = new PlainStore(side);
      steps.forEach((one, i) => {
        apply(store, plain, one);
        if (i % 50 === 25) store = store.clone();
        if (i % 50 === 49) store = restored(store, side);
      });
      expect(store.count).toBe(plain.positions.length);
      expect(store.worth(1, 1)).toBe(plain.positions.reduce((sum, own) => sum + 3 * own.units, 0));
      for (const size of [BUCKET_USD, 7, 0.5]) {
        const buckets = new Buckets(size);
        expect(byBucket(store, buckets)).toEqual(plain.byBucket(buckets));
      }
    });
    fc.assert(property, { numRuns: 200 });
  });

  test('a copy shares nothing with its origin', () => {
    const store = new LevelStore('long', BUCKET_USD);
    store.add(100, 1, 2);
    const copy = store.clone();
    copy.add(100, 5, 5);
    store.sweep(100);
    expect(store.count).toBe(0);
    expect(copy.worth(1, 0)).toBe(6);
  });

  test('making units smaller by a power of two changes nothing but the unit', () => {
    const store = new LevelStore('short', BUCKET_USD);
    for (let i = 1; i < 40; i += 1) store.add(100 + i / 3, i / 7, i / 11);
    const worth = store.worth(1, 1);
    store.rescale(0, 2 ** -400);
    expect(store.worth(2 ** 400, 1)).toBe(worth);
    store.sweep(105);
    expect(store.taken0 * 2 ** 400).toBeGreaterThan(1);
  });

  test('one price ten million times the others costs a bucket, not all between', () => {
    for (const buckets of [new Buckets(BUCKET_USD), new Buckets(2 * BUCKET_USD)]) {
      const store = new LevelStore('short', BUCKET_USD);
      store.add(100, 1, 0);
      store.add(1e9, 2, 0);
      expect(store.usdByBucket(buckets, 1, 1)).toMatchObject({ usd: [1, 2] });
    }
  });

  test('prices far beyond all cells are taken exactly and drawn where they are', () => {
    const store = new LevelStore('short', 0.001);
    for (const far of [900, 1_000, 1_001]) store.add(far, 1, 0);
    expect(byBucket(store, new Buckets(1))).toEqual(
      new Map([
        [900, 1],
        [1_000, 1],
        [1_001, 1],
      ]),
    );
    store.sweep(1_000);
    expect(store.taken0).toBe(2);
    expect(store.count).toBe(1);
  });

  test('room is found by dropping or by growing', () => {
    const store = new LevelStore('long', BUCKET_USD);
    const { capacity } = store;
    for (let i = 0; i < capacity + 1; i += 1) store.add(50, i, 0);
    expect(store.capacity).toBe(2 * capacity);
    store.dropBelow(capacity - 1, 1, 1);
    expect(store.count).toBe(2);
    for (let i = 0; i < capacity; i += 1) store.add(60, 1, 0);
    expect(store.capacity).toBe(2 * capacity);
  });
});
