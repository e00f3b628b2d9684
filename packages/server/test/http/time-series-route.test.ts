import { type HeatmapLevel, LiquidationModel, parseLeverageWeights } from '@tidegauge/liquidations';
import { beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Answer } from '../../src/http/answer.ts';
import type { MarketView } from '../../src/http/market-view.ts';
import { NEGLIGIBLE_SHARE } from '../../src/http/time-series-body.ts';
import { timeSeriesRoute } from '../../src/http/time-series-route.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import { ask, bodyAs, refusal, routerWith } from './ask.ts';
import {
  CANDLE_SEC,
  candleAt,
  market,
  marketView,
  openInterestAt,
  START_SEC,
  storeWith,
} from './markets.ts';

const PATH = '/liquidations/heatmap-timeseries';
/** Eight days: all of it within the warm-up of its end. */
const COUNT = 2304;
const END_SEC = START_SEC + COUNT * CANDLE_SEC;
const HOUR_SEC = 3600;
let store: MemoryStore;

beforeAll(async () => {
  store = await storeWith(['BTCUSDT', 'ETHUSDT'], COUNT);
});

interface Level {
  price: number;
  long_density: number;
  short_density: number;
}

interface Series {
  data: { timestamp: string; levels: Level[] }[];
  meta: {
    price_bin_size: number | null;
    total_snapshots: number;
    price_range: { min: number; max: number } | null;
    total_long_volume: number;
    total_short_volume: number;
    total_consumed: number;
    interval: string;
  };
}

type Query = Readonly<Record<string, string | number>>;

function get(query: Query | string, changes: Partial<MarketView> = {}, nowSec = END_SEC) {
  const clock = { ...systemClock, nowSec: () => nowSec };
  const view = marketView({ store, ...changes });
  const router = routerWith([timeSeriesRoute(view, { clock, leverageWeights: null })]);
  const entries = typeof query === 'string' ? query : new URLSearchParams(stringly(query));
  return ask(router, `${PATH}?${entries.toString()}`);
}

function stringly(query: Query): Record<string, string> {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
}

const seriesOf = (answer: Answer): Series =>
  bodyAs('HeatmapTimeSeriesBody', answer) as unknown as Series;

async function series(query: Query, changes?: Partial<MarketView>): Promise<Series> {
  return seriesOf(await get({ symbol: 'BTCUSDT', ...query }, changes));
}

const times = ({ data }: Series): number[] => data.map((each) => Date.parse(each.timestamp) / 1000);

describe('columns', () => {
  test('without parameters but the symbol: the last day, in the finest columns that fit', async () => {
    const body = await series({});
    expect(body.meta).toMatchObject({ symbol: 'BTCUSDT', interval: '5m', price_bin_size: 100 });
    expect(body.meta.total_snapshots).toBe(288);
    const expected = Array.from({ length: 288 }, (_, i) => END_SEC - (287 - i) * CANDLE_SEC);
    expect(times(body)).toEqual(expected);
    expect(await series({}, { demo: true })).toMatchObject({ demo: true });
    expect(body).not.toHaveProperty('demo');
  });

  test('show what the live map showed then', async () => {
    const from = END_SEC - 12 * HOUR_SEC;
    const body = await series({ start_time: from, end_time: END_SEC, interval: '1h' });
    const live = liveMaps(from + HOUR_SEC, HOUR_SEC);
    expect(times(body)).toEqual([...live.keys()]);
    for (const [index, levels] of [...live.values()].entries()) {
      const largest = Math.max(...levels.flatMap(({ longUsd, shortUsd }) => [longUsd, shortUsd]));
      const least = largest * NEGLIGIBLE_SHARE;
      const shown = levels.filter((each) => Math.max(each.longUsd, each.shortUsd) >= least);
      expect(shown.length).toBeGreaterThan(100);
      expect(body.data[index]!.levels).toEqual(
        shown.map(({ priceUsd, longUsd, shortUsd }) => ({
          price: priceUsd,
          long_density: Math.round(longUsd),
          short_density: Math.round(shortUsd),
        })),
      );
    }
    const last = live.get(END_SEC)!;
    const sum = (side: 'longUsd' | 'shortUsd'): number =>
      Math.round(last.reduce((total, level) => total + level[side], 0));
    expect(body.meta.total_long_volume).toBe(sum('longUsd'));
    expect(body.meta.total_short_volume).toBe(sum('shortUsd'));
  });

  test('count what was liquidated in all of them, so that two halves make the whole', async () => {
    const [from, middle] = [END_SEC - 4 * HOUR_SEC, END_SEC - 2 * HOUR_SEC];
    const consumed = async (query: Query): Promise<number> =>
      (await series({ interval: '1h', ...query })).meta.total_consumed;
    const first = await consumed({ start_time: from, end_time: middle });
    const second = await consumed({ start_time: middle, end_time: END_SEC });
    const whole = await consumed({ start_time: from, end_time: END_SEC });
    expect(first).toBeGreaterThan(0);
    expect(Math.abs(first + second - whole)).toBeLessThanOrEqual(1);
  });

  test('end within the range: after its start, up to and with its end', async () => {
    const range = { start_time: END_SEC - 2 * HOUR_SEC, end_time: END_SEC, interval: '1h' };
    expect(times(await series(range))).toEqual([END_SEC - HOUR_SEC, END_SEC]);
    const uneven = { ...range, start_time: range.start_time - 1, end_time: END_SEC - 1 };
    expect(times(await series(uneven))).toEqual([END_SEC - 2 * HOUR_SEC, END_SEC - HOUR_SEC]);
    const within = { ...range, start_time: END_SEC - 1800, end_time: END_SEC - 1799 };
    expect((await series(within)).data).toEqual([]);
  });

  test('never lie in the future, nor where no candle is', async () => {
    const ahead = { start_time: END_SEC - HOUR_SEC, end_time: END_SEC + 86_400, interval: '1h' };
    const now = await get({ symbol: 'BTCUSDT', ...ahead }, {}, END_SEC + 60);
    expect(times(seriesOf(now))).toEqual([END_SEC]);
    const later = await get({ symbol: 'BTCUSDT', ...ahead }, {}, END_SEC + 5 * HOUR_SEC);
    expect(times(seriesOf(later))).toEqual([END_SEC]);
    const wide = { ...ahead, start_time: END_SEC - 4 * HOUR_SEC, interval: '4h' };
    const unfinished = await get({ symbol: 'BTCUSDT', ...wide }, {}, END_SEC + 60);
    expect(times(seriesOf(unfinished))).toEqual([END_SEC - 2 * HOUR_SEC]);
    const holed = new MemoryStore();
    const kept = [0, 1, 2, 100, 101].map((index) => candleAt(index));
    const key = { symbol: 'BTCUSDT', intervalSec: CANDLE_SEC };
    await holed.putCandles(key, kept, { keep: true });
    const query = { symbol: 'BTCUSDT', start_time: START_SEC, end_time: START_SEC + 200 * 300 };
    const holes = await get({ ...query, interval: '5m' }, { store: holed });
    const ends = [1, 2, 3, 101, 102].map((index) => START_SEC + index * CANDLE_SEC);
    expect(times(seriesOf(holes))).toEqual(ends);
  });

  test('of a range without data: none, and no error', async () => {
    const body = await series({ start_time: '2020-01-01', end_time: '2020-01-02' });
    expect(body).toEqual({
      data: [],
      meta: {
        symbol: 'BTCUSDT',
        interval: '5m',
        price_bin_size: 100,
        total_snapshots: 0,
        price_range: null,
        total_long_volume: 0,
        total_short_volume: 0,
        total_consumed: 0,
      },
    });
    const unpriced = { store: new MemoryStore() };
    const none = seriesOf(await get({ symbol: 'ETHUSDT' }, unpriced));
    expect(none.meta.price_bin_size).toBeNull();
  });

  test('of a market whose bucket is not known yet have one that suits its prices', async () => {
    const body = seriesOf(await get({ symbol: 'ETHUSDT' }));
    expect(body.meta.price_bin_size).toBe(100);
  });
});

/** The maps of a live model at even distances, by their times. */
function liveMaps(firstSec: number, distanceSec: number): Map<number, readonly HeatmapLevel[]> {
  const model = new LiquidationModel({
    intervalSec: CANDLE_SEC,
    bucketUsd: 100,
    openInterestPeriodSec: CANDLE_SEC,
  });
  const maps: Map<number, readonly HeatmapLevel[]> = new Map();
  for (let index = 0; index < COUNT; index++) {
    const candle = candleAt(index);
    const endSec = candle.timeSec + CANDLE_SEC;
    model.takeCandle(candle, true);
    model.takeOpenInterest(openInterestAt(index));
    model.settle();
    if (endSec >= firstSec && (endSec - firstSec) % distanceSec === 0) {
      maps.set(endSec, model.snapshot()!.levels);
    }
  }
  return maps;
}

describe('price_bin_size', () => {
  const hour = { start_time: END_SEC - HOUR_SEC, end_time: END_SEC, interval: '1h' };

  test('is the distance of the levels', async () => {
    const coarse = await series({ ...hour, price_bin_size: '512.5' });
    expect(coarse.meta.price_bin_size).toBe(512.5);
    for (const { price } of coarse.data[0]!.levels) expect(price % 512.5).toBe(0);
    const fine = await series({ ...hour, price_bin_size: 50 });
    expect(fine.data[0]!.levels.length).toBeGreaterThan(coarse.data[0]!.levels.length);
    const { min, max } = fine.meta.price_range!;
    expect([min, max]).toEqual([
      fine.data[0]!.levels[0]!.price,
      fine.data[0]!.levels.at(-1)!.price + 50,
    ]);
    expect(fine.meta.total_long_volume).toBeCloseTo(coarse.meta.total_long_volume, -1);
  });

  test('is bounded by the prices and by how many columns there are', async () => {
    const problem = async (query: Query): Promise<string> =>
      refusal(await get({ symbol: 'BTCUSDT', ...hour, ...query }), 400);
    expect(await problem({ price_bin_size: 1 })).toMatch(
      /^price_bin_size '1' is not allowed; at these prices allowed is a number from 2\.\d+ to 10\d+, for a series of 1 columns$/,
    );
    expect(await problem({ price_bin_size: 20_000 })).toContain("'20000' is not allowed");
    const wide = { start_time: END_SEC - 2000 * 300, interval: '5m', price_bin_size: 50 };
    expect(await problem(wide)).toContain('for a series of 2000 columns');
    expect((await series({ ...wide, price_bin_size: 200 })).meta.total_snapshots).toBe(2000);
    for (const bad of ['0', '-5', 'ten', '']) {
      expect(await problem({ price_bin_size: bad })).toBe(
        `price_bin_size '${bad}' is not allowed; allowed is a number from 1e-9 to 1000000000`,
      );
    }
  });
});

describe('leverage_weights', () => {
  const hour = { start_time: END_SEC - HOUR_SEC, end_time: END_SEC, interval: '1h' };

  test('take the place of those that were learned, or of the setting', async () => {
    const high = await series({ ...hour, leverage_weights: '50:.5,100:.5' });
    const low = await series({ ...hour, leverage_weights: '3:1' });
    const width = ({ meta }: Series): number => meta.price_range!.max - meta.price_range!.min;
    expect(width(high)).toBeLessThan(width(low));
    const parsed = parseLeverageWeights('3:1');
    const leverageWeights = parsed.ok ? parsed.weights : null;
    const clock = { ...systemClock, nowSec: () => END_SEC };
    const route = timeSeriesRoute(marketView({ store }), { clock, leverageWeights });
    const query = new URLSearchParams(stringly({ symbol: 'BTCUSDT', ...hour })).toString();
    expect(seriesOf(await ask(routerWith([route]), `${PATH}?${query}`))).toEqual(low);
  });

  test('that make no sense: 400 with what is wrong and what is allowed', async () => {
    const problem = async (weights: string): Promise<string> =>
      refusal(await get({ symbol: 'BTCUSDT', leverage_weights: weights }), 400);
    expect(await problem('5:.5')).toMatch(/^leverage_weights: the weights sum to 0.5/);
    expect(await problem('0.5:1')).toContain("leverage '0.5' is not a number above 1");
    expect(await problem('five')).toContain("'five' is not a pair");
    expect(await problem('')).toMatch(/^leverage_weights: /);
  });
});

describe('bad parameters', () => {
  test('the symbol is required, and has to be one that is carried', async () => {
    expect(refusal(await get(''), 400)).toBe('symbol is missing; allowed is BTCUSDT, ETHUSDT');
    expect(refusal(await get({ symbol: 'XRPUSDT' }), 404)).toBe(
      'unknown symbol "XRPUSDT"; allowed: BTCUSDT, ETHUSDT',
    );
    expect(refusal(await get({ symbol: 'btcusdt' }), 404)).toContain('did you mean BTCUSDT?');
    expect(refusal(await get('symbol=BTCUSDT&symbol=ETHUSDT'), 400)).toBe(
      'symbol is given 2 times; allowed is once',
    );
  });

  test('times and interval', async () => {
    const problem = async (query: Query): Promise<string> =>
      refusal(await get({ symbol: 'BTCUSDT', ...query }), 400);
    expect(await problem({ start_time: 'x', end_time: 'y', interval: 'z' })).toMatch(
      /^start_time 'x' is no time; .*; end_time 'y' is no time; .*; interval 'z' is not served here; allowed is 5m, 15m, 30m, 1h, 2h, 4h, 8h, 12h, 1d$/,
    );
    expect(await problem({ start_time: END_SEC })).toContain('is not before end_time (2026-01-13');
    expect(await problem({ start_time: END_SEC - 2000 * 300 - 1, interval: '5m' })).toMatch(
      /ask for 2001 columns; allowed are 2000: a longer interval or a shorter time$/,
    );
    expect(await problem({ bin: 1 })).toContain(`${PATH} takes symbol, start_time, end_time`);
    const minutes = { markets: () => [market('BTCUSDT', { intervalSec: 60 })] };
    const query = { symbol: 'BTCUSDT', start_time: '2024-01-01', interval: '1d' };
    expect(refusal(await get(query, minutes), 400)).toMatch(
      /is 1\d{6} candles; allowed are 1000000: a shorter time$/,
    );
  });
});
