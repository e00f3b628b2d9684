/** What updates of each kind say. */
import { expect, test } from 'vitest';
import { Rig } from './fakes/rig.ts';
import { settle } from './fakes/settle.ts';

test('the price', async () => {
  const rig = new Rig();
  const price = rig.tide.price();
  await settle();
  rig.server.price();
  expect(price.latest).toMatchObject({
    priceUsd: 95_000,
    lowUsd: 94_800,
    highUsd: 95_200,
    confidence: 0.9,
    status: 'live',
    sampleSize: 38_000,
    asOfMs: rig.clock.nowMs(),
    ageMs: 0,
    isLive: true,
    via: 'websocket',
    demo: false,
    seq: 1,
    epoch: 'run-1',
    missed: null,
  });
});

test('a price that is not there yet', async () => {
  const rig = new Rig();
  const price = rig.tide.price();
  await settle();
  rig.server.price(null, 'warming_up');
  expect(price.latest).toMatchObject({
    priceUsd: null,
    lowUsd: null,
    highUsd: null,
    status: 'warming_up',
  });
});

test('the demo, in each message', async () => {
  const rig = new Rig();
  rig.server.demo = true;
  const price = rig.tide.price();
  const maps = rig.tide.heatmap(['BTCUSDT']);
  await settle();
  rig.server.price();
  rig.server.map('BTCUSDT');
  expect([price.latest!.demo, maps.latest!.demo]).toEqual([true, true]);
});

test('the histogram', async () => {
  const rig = new Rig();
  const histogram = rig.tide.histogram();
  await settle();
  rig.server.histogram(3, 4);
  expect(histogram.latest).toMatchObject({
    binsBtc: [0.001, 0.002, 0.004],
    counts: [3, 4],
    seq: 1,
    epoch: 'run-1',
    isLive: true,
  });
});

test('blocks: as of the newest', async () => {
  const rig = new Rig();
  const confirmed = rig.tide.confirmed();
  await settle();
  rig.server.confirmed(975_990, 1_795_163_054);
  expect(confirmed.latest).toMatchObject({
    priceUsd: 95_010,
    lowUsd: 94_900,
    highUsd: 95_100,
    confidence: 0.95,
    blockHeight: 975_990,
    blockTimeMs: 1_795_163_054_000,
    asOfMs: 1_795_163_054_000,
    points: [{ timeMs: 1_795_163_054_000, priceUsd: 95_020, amountBtc: 0.001 }],
  });
});

test('blocks alone that do not settle the price, and have no height', async () => {
  const rig = new Rig();
  const confirmed = rig.tide.confirmed();
  await settle();
  const data = { price: null, low: null, high: null, confidence: 0 };
  const block = { block_height: null, block_time: 1_795_163_054, points: [[1, 2]] };
  rig.server.connection().send({ type: 'confirmed_update', seq: 1, data: { ...data, ...block } });
  expect(confirmed.latest).toMatchObject({
    priceUsd: null,
    lowUsd: null,
    highUsd: null,
    blockHeight: null,
    points: [{ timeMs: 1_000, priceUsd: 2, amountBtc: null }],
  });
});

test('a map', async () => {
  const rig = new Rig();
  const maps = rig.tide.heatmap(['BTCUSDT']);
  await settle();
  rig.server.map('BTCUSDT', 86_005.5);
  expect(maps.latest).toMatchObject({
    symbol: 'BTCUSDT',
    levels: [
      { priceUsd: 68_100, longUsd: 2282, shortUsd: 0 },
      { priceUsd: 109_500, longUsd: 0, shortUsd: 105 },
    ],
    currentPriceUsd: 86_005.5,
    bucketUsd: 100,
    totalLongUsd: 2282,
    totalShortUsd: 105,
    positionsCreated: 7,
    positionsConsumed: 3,
    gaps: [],
    epoch: 'run-1',
    asOfMs: rig.clock.nowMs(),
  });
});

test('a map with gaps, of a server that leaves out the sums', async () => {
  const rig = new Rig();
  const maps = rig.tide.heatmap(['BTCUSDT']);
  await settle();
  const gap = { from: '2026-01-05T08:00:00Z', to: '2026-01-05T10:00:00Z' };
  const level = { price: 100, long_density: 2, short_density: 3 };
  const data = {
    levels: [level, { ...level, price: 200 }],
    current_price: 150,
    gaps: [
      { what: 'open_interest', ...gap },
      { what: 'tides', ...gap },
    ],
    positions_created: 0,
    positions_consumed: 0,
  };
  const head = { type: 'snapshot', symbol: 'BTCUSDT', timestamp: '2026-11-20T10:32:30.173Z' };
  rig.server.connection().send({ ...head, epoch: 'a', seq: 1, data });
  expect(maps.latest).toMatchObject({
    bucketUsd: null,
    totalLongUsd: null,
    totalShortUsd: null,
    gaps: ['open_interest', 'tides'].map((what) => ({
      what,
      fromMs: Date.UTC(2026, 0, 5, 8),
      toMs: Date.UTC(2026, 0, 5, 10),
    })),
  });
});
