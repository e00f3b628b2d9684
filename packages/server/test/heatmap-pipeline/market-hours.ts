import type { Candle } from '@tidegauge/liquidations';
import {
  HeatmapPipeline,
  type HeatmapPipelineOptions,
  type LaneStart,
} from '../../src/pipelines/heatmap-pipeline.ts';
import { CascadePath } from '../../src/sources/demo-market/cascade-path.ts';
import { BITCOIN_VOLATILITY, DEMO_COINS } from '../../src/sources/demo-market/demo-coins.ts';
import { DemoMarket, type MarketCandle } from '../../src/sources/demo-market/demo-market.ts';
import { STREAM } from '../../src/sources/demo-market/streams.ts';
import type { VenueEvent } from '../../src/sources/venue.ts';
import type { Store } from '../../src/store/store.ts';
import { FakeClock } from '../sources/support/fake-clock.ts';

export const SYMBOL = 'BTCUSDT';
export const INTERVAL_SEC = 300;
/** The first candle opens then. */
export const FROM_SEC = 1_767_225_600;
export const VENUE = {
  name: 'test-venue',
  demo: true,
  markets: [{ symbol: SYMBOL, intervalSec: INTERVAL_SEC }],
};

/** What happened in each candle of some hours. */
export function marketHours(count: number): readonly MarketCandle[] {
  const bitcoin = new CascadePath(7, STREAM.bitcoin, BITCOIN_VOLATILITY);
  const market = new DemoMarket(7, DEMO_COINS[0]!, bitcoin, FROM_SEC / INTERVAL_SEC);
  return Array.from({ length: count }, () => market.next());
}

export function candleEvent(candle: Candle, closed = true): VenueEvent {
  return { kind: 'candle', symbol: SYMBOL, candle, closed };
}

export function interestEvent({ openInterest }: MarketCandle): VenueEvent {
  return { kind: 'open_interest', symbol: SYMBOL, sample: openInterest };
}

/** What a venue says of a candle once it is over. */
export function eventsOf(made: MarketCandle): VenueEvent[] {
  return [
    ...made.liquidations.map(
      (liquidation): VenueEvent => ({ kind: 'liquidation', symbol: SYMBOL, liquidation }),
    ),
    candleEvent(made.prices.closed()),
    interestEvent(made),
  ];
}

/** The candle after half of its time. */
export function halfOf({ prices }: MarketCandle): Candle {
  return prices.at(prices.timeSec + INTERVAL_SEC / 2, DEMO_COINS[0]!.ticksPerUsd);
}

/** A clock that stands at the end of so many candles. */
export function clockAfter(candles: number): FakeClock {
  return new FakeClock(FROM_SEC + candles * INTERVAL_SEC);
}

/** A pipeline that has read what is stored, and how its markets began. */
export async function openPipeline(
  store: Store,
  clock: FakeClock,
  options: Partial<HeatmapPipelineOptions> = {},
): Promise<{ readonly pipeline: HeatmapPipeline; readonly starts: readonly LaneStart[] }> {
  const pipeline = new HeatmapPipeline({
    venue: VENUE,
    store,
    clock,
    live: true,
    leverageWeights: null,
    ...options,
  });
  return { pipeline, starts: await pipeline.start() };
}

export async function startedPipeline(
  store: Store,
  clock: FakeClock,
  options: Partial<HeatmapPipelineOptions> = {},
): Promise<HeatmapPipeline> {
  return (await openPipeline(store, clock, options)).pipeline;
}

export async function read<T>(rows: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const chunk of rows) all.push(...chunk);
  return all;
}

/** Lets everything that is under way come to its end or to a timer. */
export async function turns(count = 20): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}
