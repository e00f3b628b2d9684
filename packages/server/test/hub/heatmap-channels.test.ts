import { beforeEach, expect, test } from 'vitest';
import { HeatmapChannels } from '../../src/hub/heatmap-channels.ts';
import { FakeClock } from '../hub-fakes.ts';
import { FakeHeatmapFeed, SYMBOLS } from './heatmap-fakes.ts';

let clock: FakeClock;
let feed: FakeHeatmapFeed;
let channels: HeatmapChannels;

beforeEach(() => {
  clock = new FakeClock();
  feed = new FakeHeatmapFeed(SYMBOLS);
  channels = new HeatmapChannels({ feed, epoch: 'k3x9', clock });
});

/** The current message of a symbol, long enough after the last look to be computed anew. */
function read(symbol = 'BTCUSDT'): Record<string, unknown> {
  clock.advance(150);
  const publication = channels.current(symbol);
  if (publication === null) throw new Error(`nothing of ${symbol}`);
  return JSON.parse(publication.bytes.toString()) as Record<string, unknown>;
}

test('nothing of an unknown symbol, nor before the first candle', () => {
  expect(channels.symbols()).toEqual(SYMBOLS);
  expect(channels.current('DOGEUSDT')).toBeNull();
  expect(channels.current('BTCUSDT')).toBeNull();
  feed.set('BTCUSDT', 1);
  expect(channels.current('BTCUSDT')).toMatchObject({ channel: 'BTCUSDT', seq: 1, kind: 'whole' });
});

test('each change of data is one more, each symbol by itself', () => {
  feed.set('BTCUSDT', 1);
  feed.set('ETHUSDT', 1);
  expect([read().seq, read('ETHUSDT').seq]).toEqual([1, 1]);
  feed.set('BTCUSDT', 2);
  expect(read()).toMatchObject({
    type: 'snapshot',
    symbol: 'BTCUSDT',
    timestamp: '2026-01-05T10:00:00Z',
    epoch: 'k3x9',
    seq: 2,
    data: { positions_created: 2, current_price: 98_450 },
  });
  expect(read('ETHUSDT').seq).toBe(1);
});

test('a later time alone is no change, nor is less than a dollar of volume', () => {
  feed.set('BTCUSDT', 1);
  const first = channels.current('BTCUSDT');
  for (const changes of [{ timeSec: 1_767_607_500 }, { totalLongUsd: 1_500_000.3 }]) {
    feed.set('BTCUSDT', 1, changes);
    clock.advance(150);
    expect(channels.current('BTCUSDT')).toBe(first);
  }
  feed.set('BTCUSDT', 1, { currentPriceUsd: 98_450.01 });
  expect(read().seq).toBe(2);
});

test('publications without a reader in between do not count', () => {
  feed.set('BTCUSDT', 1);
  read();
  for (let version = 2; version < 9; version++) feed.set('BTCUSDT', version);
  expect(read()).toMatchObject({ seq: 2, data: { positions_created: 8 } });
});

test('is asked for at most each 150 ms, and encoded once', () => {
  feed.set('BTCUSDT', 1);
  const first = channels.current('BTCUSDT');
  feed.set('BTCUSDT', 2);
  clock.advance(149);
  expect(channels.current('BTCUSDT')).toBe(first);
  expect(feed.asked.get('BTCUSDT')).toBe(1);
  clock.advance(1);
  const second = channels.current('BTCUSDT');
  expect(second).toMatchObject({ seq: 2 });
  expect(second!.bytes).toBe(channels.current('BTCUSDT')!.bytes);
  expect(feed.asked.get('BTCUSDT')).toBe(2);
  for (let i = 0; i < 6; i++) {
    clock.advance(75);
    channels.current('BTCUSDT');
  }
  expect(feed.asked.get('BTCUSDT')).toBe(5);
});

test('an older publication stays what it was', () => {
  feed.set('BTCUSDT', 1);
  const first = channels.current('BTCUSDT')!;
  feed.set('BTCUSDT', 2);
  expect(read()).toMatchObject({ seq: 2 });
  expect(JSON.parse(first.bytes.toString())).toMatchObject({
    seq: 1,
    data: { positions_created: 1 },
  });
});

test('a demo says so in every message', () => {
  const demo = new FakeHeatmapFeed(SYMBOLS, true);
  demo.set('ETHUSDT', 1);
  channels = new HeatmapChannels({ feed: demo, epoch: 'e', clock });
  expect(read('ETHUSDT')).toMatchObject({ demo: true });
  feed.set('ETHUSDT', 1);
  channels = new HeatmapChannels({ feed, epoch: 'e', clock });
  expect(read('ETHUSDT')).not.toHaveProperty('demo');
});
