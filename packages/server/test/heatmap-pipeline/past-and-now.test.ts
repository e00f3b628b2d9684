/** The map of now and the newest column of the past are the same map, however each was made. */
import type { Candle, HeatmapLevel, HeatmapSnapshot, OpenInterest } from '@tidegauge/liquidations';
import { beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { NEGLIGIBLE_SHARE } from '../../src/http/time-series-body.ts';
import { timeSeriesRoute } from '../../src/http/time-series-route.ts';
import { HeatmapLane } from '../../src/pipelines/heatmap-lane.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import { ask, bodyAs, routerWith } from '../http/ask.ts';
import { market, marketView } from '../http/markets.ts';
import { clockAfter, SYMBOL, startedPipeline } from './market-hours.ts';

const HOUR_SEC = 3600;
const DAY_SEC = 86_400;
const DAYS = 800;
const COUNT = DAYS * 24;
/** 2026-01-01T00:00:00Z */
const END_SEC = 1_767_225_600;
const START_SEC = END_SEC - DAYS * DAY_SEC;
const MARKET = { symbol: SYMBOL, intervalSec: HOUR_SEC };

type SeenMap = Pick<HeatmapSnapshot, 'levels' | 'totalLongUsd' | 'totalShortUsd'>;

/** Twice as much a year later: how often, at the end of an hour. */
const grown = (hour: number): number => 2 ** (hour / (365 * 24));

function candleAt(hour: number): Candle {
  const price = (at: number): number =>
    Math.round(90_000 + 9000 * Math.sin(at / 400) + 2500 * Math.sin(at / 31));
  const [open, close] = [price(hour), price(hour + 1)];
  return {
    timeSec: START_SEC + hour * HOUR_SEC,
    open,
    high: Math.max(open, close) + 150,
    low: Math.min(open, close) - 150,
    close,
    volume: (2000 + 900 * Math.sin(hour / 5)) * grown(hour),
  };
}

/** Falls while volume rises, so that what each does to the map does not cancel the other out. */
function sampleAt(hour: number): OpenInterest {
  const usd = (2e10 + 1e9 * Math.sin(hour / 60)) / grown(hour);
  return { timeSec: START_SEC + hour * HOUR_SEC, usd };
}

/** Open interest each so many hours. */
function samplesEach(hours: (hour: number) => number): OpenInterest[] {
  return Array.from({ length: COUNT + 1 }, (_, hour) => hour)
    .filter((hour) => hour % hours(hour) === 0)
    .map(sampleAt);
}

const candles = Array.from({ length: COUNT }, (_, hour) => candleAt(hour));

async function storeOf(samples: readonly OpenInterest[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.putCandles(MARKET, candles, { keep: true });
  await store.putOpenInterest(SYMBOL, samples, { keep: true });
  return store;
}

/** The map of a market that a server finds in its store. */
async function rebuilt(store: MemoryStore): Promise<HeatmapSnapshot> {
  const venue = { name: 'files', demo: false, markets: [MARKET] };
  const pipeline = await startedPipeline(store, clockAfter(0), { venue, live: false });
  return pipeline.snapshot(SYMBOL)!;
}

interface Series {
  readonly data: readonly {
    readonly timestamp: string;
    readonly levels: readonly {
      readonly price: number;
      readonly long_density: number;
      readonly short_density: number;
    }[];
  }[];
  readonly meta: { readonly total_long_volume: number; readonly total_short_volume: number };
}

async function newestColumn(store: MemoryStore, days: number, interval: string): Promise<SeenMap> {
  const clock = { ...systemClock, nowSec: () => END_SEC };
  const markets = () => [market(SYMBOL, { intervalSec: HOUR_SEC })];
  const route = timeSeriesRoute(marketView({ store, markets }), { clock, leverageWeights: null });
  const range = `start_time=${END_SEC - days * DAY_SEC}&end_time=${END_SEC}&interval=${interval}`;
  const target = `${route.path}?symbol=${SYMBOL}&${range}`;
  const answer = await ask(routerWith([route]), target);
  const { data, meta } = bodyAs('HeatmapTimeSeriesBody', answer) as unknown as Series;
  const newest = data.at(-1)!;
  expect(Date.parse(newest.timestamp) / 1000).toBe(END_SEC);
  return {
    totalLongUsd: meta.total_long_volume,
    totalShortUsd: meta.total_short_volume,
    levels: newest.levels.map((level) => ({
      priceUsd: level.price,
      longUsd: level.long_density,
      shortUsd: level.short_density,
    })),
  };
}

const sidesOf = ({ longUsd, shortUsd }: HeatmapLevel): [number, number] => [longUsd, shortUsd];

/** Fails unless totals and levels agree up to a share, and to what no eye tells from nothing. */
function expectAgreement(map: SeenMap, other: SeenMap, share: number): void {
  const relative = (own: number, theirs: number): number => Math.abs(theirs - own) / own;
  expect(relative(map.totalLongUsd, other.totalLongUsd)).toBeLessThan(share);
  expect(relative(map.totalShortUsd, other.totalShortUsd)).toBeLessThan(share);
  const byPrice = new Map(other.levels.map((level) => [level.priceUsd, level]));
  const unseenUsd = NEGLIGIBLE_SHARE * Math.max(...map.levels.flatMap(sidesOf));
  for (const level of map.levels) {
    const theirs = sidesOf(byPrice.get(level.priceUsd) ?? { ...level, longUsd: 0, shortUsd: 0 });
    for (const [side, usd] of sidesOf(level).entries()) {
      const apartUsd = Math.abs(theirs[side]! - usd);
      expect(apartUsd, `at ${level.priceUsd}`).toBeLessThanOrEqual(share * usd + unseenUsd);
    }
  }
  expect(map.levels.length).toBeGreaterThan(100);
}

const RANGES: [string, number, string][] = [
  ['a day in hours', 1, '1h'],
  ['a month in days', 30, '1d'],
  ['half a year', 180, '4h'],
];

describe('a market with a long history', () => {
  const samples = samplesEach(() => 4);
  let store: MemoryStore;
  let now: HeatmapSnapshot;

  beforeAll(async () => {
    store = await storeOf(samples);
    now = await rebuilt(store);
  });

  it.each([...RANGES, ['more than there is', DAYS + 100, '1d'] as const])(
    'has a map of now that is the newest column of %s',
    async (_name, days, interval) => {
      expectAgreement(now, await newestColumn(store, days, interval), 0.01);
    },
  );

  it('has nearly the map of a server that was there from the beginning', () => {
    const openInterestPeriodSec = 4 * HOUR_SEC;
    const lane = new HeatmapLane({ market: MARKET, leverageWeights: null, openInterestPeriodSec });
    lane.begin(candles.at(-1)!.close);
    for (const sample of samples) lane.takeOpenInterest(sample);
    for (const candle of candles) {
      lane.takeCandle(candle, true, END_SEC);
      lane.settle();
    }
    expectAgreement(lane.snapshot()!, now, 0.02);
  });
});

describe('a market whose open interest comes less often lately', () => {
  it.each(RANGES)('has a map of now that is the newest column of %s', async (_name, ...range) => {
    const store = await storeOf(samplesEach((hour) => (hour < COUNT - 20 * 24 ? 4 : 24)));
    expectAgreement(await rebuilt(store), await newestColumn(store, ...range), 0.01);
  });
});
