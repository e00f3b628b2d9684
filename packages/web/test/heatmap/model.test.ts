import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { findByTime, mergeByTime } from '../../src/model/heatmap/by-time.ts';
import {
  cumulativeLongs,
  cumulativeShorts,
  cumulativeTo,
} from '../../src/model/heatmap/cumulative.ts';
import {
  densityScale,
  densitySpread,
  rescaled,
  SHADES,
  shadeOf,
} from '../../src/model/heatmap/density-scale.ts';
import { bucketOf, largestLevel, levelAt } from '../../src/model/heatmap/levels.ts';
import { MapHistory } from '../../src/model/heatmap/map-history.ts';
import { wantedMapRange } from '../../src/model/heatmap/map-range.ts';
import { rebucket } from '../../src/model/heatmap/rebucket.ts';
import {
  columnsFor,
  planTime,
  RANGE_NAMES,
  slotEndSec,
} from '../../src/model/heatmap/time-plan.ts';
import { priceToY, yToPrice } from '../../src/model/price-scale.ts';
import { candle, column, levels, snapshot, TIME_SEC } from './samples.ts';

describe('plan of the time', () => {
  it('has the finest steps that fit', () => {
    const names = (columnsMax: number) =>
      RANGE_NAMES.map((range) => planTime(range, columnsMax, 60).intervalName);
    expect(names(400)).toEqual(['5m', '5m', '15m', '30m', '2h', '8h', '1d']);
    expect(names(200)).toEqual(['5m', '15m', '30m', '1h', '4h', '12h', '1d']);
    expect(names(64)).toEqual(['15m', '30m', '2h', '4h', '12h', '1d', '1d']);
  });

  it('asks for nothing finer than the market has', () => {
    expect(planTime('12h', 400, 3_600)).toEqual({
      intervalName: '1h',
      intervalSec: 3_600,
      slotCount: 12,
    });
  });

  it('never has more columns than there is room for, as far as there are longer ones', () => {
    for (const widthPx of [320, 1_280, 3_840]) {
      const columnsMax = columnsFor(widthPx);
      for (const range of RANGE_NAMES) {
        const { slotCount, intervalName } = planTime(range, columnsMax, 300);
        if (intervalName !== '1d') expect(slotCount).toBeLessThanOrEqual(columnsMax);
      }
    }
  });

  it('counts the end of a slot to it', () => {
    const plan = planTime('12h', 400, 300);
    expect([TIME_SEC - 1, TIME_SEC, TIME_SEC + 1].map((at) => slotEndSec(plan, at))).toEqual([
      TIME_SEC,
      TIME_SEC,
      TIME_SEC + 300,
    ]);
  });
});

describe('lists by time', () => {
  const at = (...times: number[]) => times.map((timeSec) => ({ timeSec, from: 'old' }));

  it('are merged, the newer one believed', () => {
    const newer = [
      { timeSec: 2, from: 'new' },
      { timeSec: 3, from: 'new' },
    ];
    expect(mergeByTime(at(1, 2, 5), newer)).toEqual([...at(1), ...newer, ...at(5)]);
    expect(mergeByTime(at(1), [])).toEqual(at(1));
  });

  it('are searched by their moment', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 50 }));
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 50 }), (list, wanted) => {
        const entries = at(...list.toSorted((a, b) => a - b));
        const found = findByTime(entries, wanted);
        expect(found?.timeSec ?? null).toBe(list.includes(wanted) ? wanted : null);
      }),
    );
  });
});

describe('history of the map', () => {
  let history: MapHistory;
  beforeEach(() => {
    history = new MapHistory(300, TIME_SEC - 300, TIME_SEC);
    history.add({
      binUsd: 2,
      columns: [column(TIME_SEC, [90, 1, 0]), column(TIME_SEC + 100, [90, 2, 0])],
      candles: [candle(TIME_SEC - 300, 100), candle(TIME_SEC, 101)],
    });
  });
  const times = (): readonly number[] => history.columns.map(({ timeSec }) => timeSec);

  it('places a column in progress at the end of its slot', () => {
    expect(times()).toEqual([TIME_SEC, TIME_SEC + 300]);
  });

  it('takes what follows, and the closed form of what was in progress', () => {
    const columns = [column(TIME_SEC + 300, [90, 3, 0]), column(TIME_SEC + 600, [90, 4, 0])];
    history.add({ binUsd: 2, columns, candles: [candle(TIME_SEC, 102)] });
    expect(times()).toEqual([TIME_SEC, TIME_SEC + 300, TIME_SEC + 600]);
    expect(history.columns[1]!.levels.longUsd[0]).toBe(3);
    expect(history.candles.at(-1)!.close).toBe(102);
  });

  it('keeps no buckets of another size beside the new ones', () => {
    history.add({ binUsd: 5, columns: [column(TIME_SEC + 600)], candles: [] });
    expect(times()).toEqual([TIME_SEC + 600]);
    history.add({ binUsd: null, columns: [], candles: [] });
    expect([times(), history.binUsd]).toEqual([[TIME_SEC + 600], 5]);
  });

  it('lets the candle in progress follow the price, then begins the next one', () => {
    history.followPrice(snapshot({ timeSec: TIME_SEC + 10, currentPriceUsd: 99 }));
    expect(history.candles.at(-1)).toEqual({
      timeSec: TIME_SEC,
      open: 101,
      high: 101,
      low: 99,
      close: 99,
    });
    history.followPrice(snapshot({ timeSec: TIME_SEC + 310, currentPriceUsd: 103 }));
    expect(history.candles.at(-1)).toEqual({
      timeSec: TIME_SEC + 300,
      open: 99,
      high: 103,
      low: 99,
      close: 103,
    });
    history.followPrice(snapshot({ timeSec: TIME_SEC, currentPriceUsd: 1 }));
    expect(history.candles.map(({ close }) => close)).toEqual([100, 99, 103]);
    // What the price did in between is not known.
    history.followPrice(snapshot({ timeSec: TIME_SEC + 950, currentPriceUsd: 110 }));
    expect(history.candles.at(-1)).toEqual(candle(TIME_SEC + 900, 110));
  });

  it('is that of another stretch as far as it is known, and shares what is in it', () => {
    const later = history.within(TIME_SEC, TIME_SEC + 300);
    expect(later.columns.map(({ timeSec }) => timeSec)).toEqual([TIME_SEC + 300]);
    expect(later.columns[0]).toBe(history.columns[1]);
    expect(later.candles.map(({ timeSec }) => timeSec)).toEqual([TIME_SEC]);
    expect([later.fromSec, later.toSec, later.binUsd]).toEqual([TIME_SEC, TIME_SEC + 300, 2]);
  });
});

describe('range of the axis', () => {
  it('is unknown without a price', () => {
    expect(wantedMapRange([], null)).toBeNull();
  });

  it('holds the candles, and most of what is at stake within limits', () => {
    const near = wantedMapRange([candle(0, 99, 104)], snapshot())!;
    expect(near.lowUsd).toBeCloseTo((99 / 1.08) * 0.998, 3);
    expect(near.highUsd).toBeCloseTo(110 * 1.002, 3);
    const far = snapshot({ levels: levels([500, 0, 70]), totalShortUsd: 70, totalLongUsd: 0 });
    expect(wantedMapRange([candle(0, 99, 104)], far)!.highUsd).toBeCloseTo(104 * 1.08 * 1.002, 3);
    // On a quiet day the candles keep their share of the axis.
    const quiet = wantedMapRange([candle(0, 100, 102)], far)!;
    expect(quiet.highUsd).toBeCloseTo(102 * 1.04 * 1.002, 3);
    expect(wantedMapRange([], far)!.highUsd).toBeCloseTo(100 * 1.03 * 1.002, 3);
    const none = snapshot({ levels: levels(), totalLongUsd: 0, totalShortUsd: 0 });
    const narrow = wantedMapRange([candle(0, 99, 104)], none)!;
    expect(narrow.lowUsd).toBeCloseTo((99 / 1.02) * 0.998, 3);
    expect(narrow.highUsd).toBeCloseTo(104 * 1.02 * 1.002, 3);
  });
});

describe('shades', () => {
  const range = { lowUsd: 50, highUsd: 150 };
  const rows = Array.from({ length: 400 }, (_, i) => [60 + i / 10, 1 + i, 0] as const);

  it('are spread over what is in view', () => {
    const spread = densitySpread([{ timeSec: 0, levels: levels(...rows, [900, 1e9, 0]) }], range)!;
    expect(spread.middleUsd).toBeGreaterThan(180);
    expect(spread.middleUsd).toBeLessThan(230);
    expect(spread.fullUsd).toBeGreaterThan(380);
    expect(spread.fullUsd).toBeLessThan(430);
    expect(densitySpread([column(0, [900, 5, 5])], range)).toBeNull();
  });

  it('rise with the density, from nothing to the brightest', () => {
    const scale = densityScale({ middleUsd: 100, fullUsd: 1_000 }, 0);
    expect([0, 1_000, 5_000].map((usd) => shadeOf(scale, usd))).toEqual([0, SHADES, SHADES]);
    expect(shadeOf(scale, 1e-9)).toBeGreaterThan(0);
    const usd = fc.double({ min: 0, max: 2_000, noNaN: true });
    fc.assert(
      fc.property(usd, usd, (one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        expect(shadeOf(scale, less)).toBeLessThanOrEqual(shadeOf(scale, more));
      }),
    );
  });

  it('are dark in the middle, whether positions lie evenly or not', () => {
    for (const middleUsd of [150, 400]) {
      const scale = densityScale({ middleUsd, fullUsd: 1_000 }, 0);
      expect(shadeOf(scale, middleUsd) / SHADES).toBeCloseTo(0.22, 1);
    }
    const flat = densityScale({ middleUsd: 1_000, fullUsd: 1_000 }, 0);
    expect(shadeOf(flat, 1_000)).toBe(SHADES);
  });

  it('end where the slider hides them', () => {
    const spread = { middleUsd: 100, fullUsd: 1_000 };
    const half = densityScale(spread, 0.5);
    expect(half.floorUsd).toBeCloseTo(1_000 / 10 ** 1.5);
    expect(shadeOf(half, half.floorUsd * 0.99)).toBe(0);
    expect(shadeOf(half, half.floorUsd)).toBe(shadeOf(densityScale(spread, 0), half.floorUsd));
    expect(shadeOf(densityScale(spread, 1), 999)).toBe(0);
  });

  it('are the same for buckets of another size that hold as much by height', () => {
    const scale = densityScale({ middleUsd: 100, fullUsd: 1_000 }, 0.3);
    expect(shadeOf(rescaled(scale, 2), 600)).toBe(shadeOf(scale, 300));
  });
});

describe('buckets', () => {
  it('are numbered by their lower edge, a hair below it included', () => {
    expect([100, 199.99, 200, 199.999_999_99].map((usd) => bucketOf(usd, 100))).toEqual([
      1, 1, 2, 2,
    ]);
    expect(bucketOf(0.3, 0.1)).toBe(3);
  });

  it('are found by number; those that hold nothing are there too', () => {
    const { levels: map } = snapshot();
    expect(levelAt(map, 48, 2)).toEqual({ priceUsd: 96, longUsd: 30, shortUsd: 0 });
    expect(levelAt(map, 49, 2)).toEqual({ priceUsd: 98, longUsd: 0, shortUsd: 0 });
    expect(levelAt(map, 90, 2)).toEqual({ priceUsd: 180, longUsd: 0, shortUsd: 0 });
  });

  it('that hold the most are told by side', () => {
    expect(largestLevel(snapshot().levels, 'longUsd')?.priceUsd).toBe(90);
    expect(largestLevel(snapshot().levels, 'shortUsd')?.priceUsd).toBe(110);
    expect(largestLevel(levels([1, 0, 0]), 'longUsd')).toBeNull();
  });
});

describe('buckets of another size', () => {
  const rows = (bucketUsd: number, wantedUsd: number) => {
    const map = rebucket(levels([90, 50, 0], [96, 30, 8]), bucketUsd, wantedUsd);
    return [...map.priceUsd].map((price, i) => [price, map.longUsd[i], map.shortUsd[i]]);
  };

  it('hold the same at the same heights', () => {
    expect(rows(2, 1)).toEqual([
      [90, 25, 0],
      [91, 25, 0],
      [96, 15, 4],
      [97, 15, 4],
    ]);
    expect(rows(2, 10)).toEqual([[90, 80, 8]]);
    expect(rows(4, 3)).toEqual([
      [90, 37.5, 0],
      [93, 12.5, 0],
      [96, 22.5, 6],
      [99, 7.5, 2],
    ]);
  });

  it('are the very same map where the size is the same', () => {
    const map = levels([90, 50, 0]);
    expect(rebucket(map, 0.1, 0.1 + 1e-17)).toBe(map);
  });

  it('neither win nor lose anything', () => {
    const size = fc.double({ min: 0.1, max: 50, noNaN: true });
    fc.assert(
      fc.property(size, size, (bucketUsd, wantedUsd) => {
        const { longUsd } = rebucket(levels([bucketUsd * 7, 50, 0]), bucketUsd, wantedUsd);
        expect(longUsd.reduce((sum, usd) => sum + usd, 0)).toBeCloseTo(50, 3);
      }),
    );
  });
});

describe('curves', () => {
  it('add up away from the price, at the far edge of each bucket', () => {
    expect(cumulativeLongs(snapshot())).toEqual([
      { priceUsd: 100, totalUsd: 0 },
      { priceUsd: 96, totalUsd: 30 },
      { priceUsd: 90, totalUsd: 80 },
    ]);
    expect(cumulativeShorts(snapshot())).toEqual([
      { priceUsd: 100, totalUsd: 0 },
      { priceUsd: 104, totalUsd: 20 },
      { priceUsd: 112, totalUsd: 90 },
    ]);
  });

  it('tell what lies between the price and another one', () => {
    const longs = cumulativeLongs(snapshot());
    expect([99, 96, 90.5, 80].map((usd) => cumulativeTo(longs, usd))).toEqual([0, 30, 30, 80]);
    const shorts = cumulativeShorts(snapshot());
    expect([101, 104, 111, 200].map((usd) => cumulativeTo(shorts, usd))).toEqual([0, 20, 20, 90]);
    expect(cumulativeTo([], 5)).toBe(0);
  });

  it('tell nothing on the other side of the price', () => {
    expect(cumulativeTo(cumulativeLongs(snapshot()), 104)).toBe(0);
    expect(cumulativeTo(cumulativeShorts(snapshot()), 96)).toBe(0);
  });
});

it('heights are turned into the prices that they came from', () => {
  const scale = { range: { lowUsd: 50, highUsd: 200 }, topPx: 10, heightPx: 300 };
  fc.assert(
    fc.property(fc.double({ min: 50, max: 200, noNaN: true }), (usd) => {
      expect(yToPrice(scale, priceToY(scale, usd))).toBeCloseTo(usd, 6);
    }),
  );
});
