import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundsFor,
  type HeatView,
  rangeView,
  type ViewFacts,
  zoomView,
} from '../../src/model/heatmap/heat-view.ts';
import { type Lack, LoadedMaps } from '../../src/model/heatmap/loaded-maps.ts';
import type { HistoryPart } from '../../src/model/heatmap/map-history.ts';
import { seenCandles, seenColumns, stakeAtEnd } from '../../src/model/heatmap/seen-prices.ts';
import { planSpan, RANGE_NAMES, type RangeName } from '../../src/model/heatmap/time-plan.ts';
import { panWindow, type TimeWindow, zoomWindow } from '../../src/model/time-window.ts';
import { candle, column, snapshot, TIME_SEC } from './samples.ts';

const DAY_SEC = 86_400;
const FACTS: ViewFacts = { columnsMax: 200, ownIntervalSec: 300, endSec: TIME_SEC + 70 };
const CLOSED_SEC = FACTS.endSec - 4;

const spanSec = fc.integer({ min: 1, max: 2_000 * DAY_SEC });
const endSec = fc.option(fc.integer({ min: 0, max: TIME_SEC + 500 * DAY_SEC }), { nil: null });
const zooms: fc.Arbitrary<TimeWindow> = fc.record({ spanSec, endSec });

describe('what is seen of the map', () => {
  it('is the range in whole slots, up to the end of the one in progress', () => {
    const view = rangeView('1d', FACTS);
    expect(view).toMatchObject({ plan: { intervalName: '15m' }, follows: true, isRange: true });
    expect([view.fromSec, view.toSec]).toEqual([TIME_SEC + 900 - DAY_SEC, TIME_SEC + 900]);
  });

  it('is any window in the finest steps that fit, within a year and no shorter than an hour', () => {
    fc.assert(
      fc.property(zooms, (zoom) => {
        const { plan, fromSec, toSec, follows } = zoomView(zoom, FACTS);
        expect(toSec - fromSec).toBeGreaterThanOrEqual(3_600);
        expect(toSec - fromSec).toBeLessThanOrEqual(365 * DAY_SEC);
        expect(toSec).toBeLessThanOrEqual(FACTS.endSec + plan.intervalSec);
        expect(follows).toBe(zoom.endSec === null);
        const isFinest = plan.intervalSec === 300;
        const finer = (toSec - fromSec) / (plan.intervalSec / 4);
        if (!isFinest) expect(finer).toBeGreaterThan(FACTS.columnsMax);
        if (plan.intervalName !== '1d') {
          expect((toSec - fromSec) / plan.intervalSec).toBeLessThanOrEqual(FACTS.columnsMax);
        }
      }),
    );
  });

  it('ends with the end of its own slot in progress while it follows the newest', () => {
    const toSec = (span: number) => zoomView({ spanSec: span, endSec: null }, FACTS).toSec;
    expect([toSec(3_600), toSec(90 * DAY_SEC)]).toEqual([TIME_SEC + 300, TIME_SEC + 7_200]);
  });

  it('has steps of the market’s own where those are finer than all others', () => {
    const minute = planSpan(3 * 3_600, 200, 60);
    expect(minute).toEqual({ intervalName: '1m', intervalSec: 60, slotCount: 180 });
    expect(planSpan(DAY_SEC, 200, 60).intervalName).toBe('15m');
  });
});

/** A market of which everything is known, at the end of each slot. */
function answer({ fromSec, toSec, plan: { intervalSec } }: Lack): HistoryPart {
  const columns = [];
  const candles = [];
  const first = Math.floor(fromSec / intervalSec) * intervalSec;
  for (let at = first; at < toSec; at += intervalSec) {
    if (at >= fromSec) candles.push(candle(at, 100));
    const isClosed = at + intervalSec <= Math.min(toSec, FACTS.endSec);
    if (isClosed && at + intervalSec > fromSec) columns.push(column(at + intervalSec));
  }
  return { binUsd: 2, columns, candles };
}

/** Asks until nothing is lacking. @returns how many times it asked */
function load(maps: LoadedMaps, view: HeatView, range = rangeView('1d', FACTS)): number {
  for (let asked = 0; ; asked += 1) {
    const lack = maps.lackOf(view, CLOSED_SEC, FACTS.endSec);
    if (!lack || asked > 3) return asked;
    maps.take(answer(lack), lack, FACTS.endSec - 2, range);
  }
}

describe('the stretches of the map that are here', () => {
  const moves = fc.record({
    factor: fc.constantFrom(0.3, 0.7, 1, 1.5, 4),
    share: fc.double({
      min: -1.2,
      max: 1.2,
      noNaN: true,
    }),
  });

  /** Two stretches in like steps come to overlap, and the older one lacks the last two slots. */
  const ZOOMED_OUT_AND_IN: TimeWindow = { spanSec: 3_686_401, endSec: 0 };
  const zoomOnly = (factor: number) => ({ factor, share: 0 });

  it('have every closed slot of what is seen once, after one question, whatever came before', () => {
    fc.assert(
      fc.property(zooms, fc.array(moves, { maxLength: 12 }), (first, steps) => {
        const maps = new LoadedMaps();
        let window = first;
        for (const { factor, share } of steps) {
          const bounds = boundsFor(window.spanSec, FACTS);
          const { fromSec, toSec } = zoomView(window, FACTS);
          window = zoomWindow(window, bounds, (fromSec + toSec) / 2, factor);
          window = panWindow(window, bounds, share * window.spanSec);
          const view = zoomView(window, FACTS);
          expect(load(maps, view)).toBeLessThanOrEqual(1);
          expect(maps.shown(view)).toHaveLength(1);
          const [map] = maps.shown(view);
          const { intervalSec, columns, candles } = map!;
          const firstSec = Math.floor(view.fromSec / intervalSec) * intervalSec;
          const lastSec = Math.min(view.toSec, CLOSED_SEC - intervalSec);
          const ends = new Set(columns.map(({ timeSec }) => timeSec));
          const opens = new Set(candles.map(({ timeSec }) => timeSec));
          for (let at = firstSec; at < lastSec; at += intervalSec) {
            expect(ends.has(at + intervalSec)).toBe(true);
            expect(opens.has(at)).toBe(true);
          }
          expect(ends.size).toBe(columns.length);
          expect(maps.count).toBeLessThanOrEqual(4);
          expect(maps.columns.length).toBeLessThanOrEqual(4 * 2 * FACTS.columnsMax + 400);
        }
      }),
      { numRuns: 40, examples: [[ZOOMED_OUT_AND_IN, [0.7, 1.5, 1.5, 0.7].map(zoomOnly)]] },
    );
  });

  it('keep the range whatever else was looked at, so that nothing is asked on the way back', () => {
    const maps = new LoadedMaps();
    const range = rangeView('1d', FACTS);
    load(maps, range);
    for (let days = 10; days < 300; days += 13) {
      load(maps, zoomView({ spanSec: days * 20_000, endSec: TIME_SEC - days * DAY_SEC }, FACTS));
    }
    expect(load(maps, range)).toBe(0);
  });

  it('are joined: a hand that pans asks for what is new, in buckets of the same size', () => {
    const maps = new LoadedMaps();
    const bounds = boundsFor(DAY_SEC, FACTS);
    let window: TimeWindow = { spanSec: DAY_SEC, endSec: TIME_SEC - 5 * DAY_SEC };
    load(maps, zoomView(window, FACTS));
    window = panWindow(window, bounds, -DAY_SEC / 2);
    const view = zoomView(window, FACTS);
    const lack = maps.lackOf(view, CLOSED_SEC, FACTS.endSec)!;
    expect(lack.joins?.binUsd).toBe(2);
    expect(lack.toSec - lack.fromSec).toBeLessThan(0.6 * DAY_SEC);
    load(maps, view);
    // There and back is no question.
    expect(load(maps, zoomView(panWindow(window, bounds, DAY_SEC / 2), FACTS))).toBe(0);
  });

  it('joined in front of another end with it, and reach back to what was asked for', () => {
    const maps = new LoadedMaps();
    const view = zoomView({ spanSec: DAY_SEC, endSec: TIME_SEC - 5 * DAY_SEC }, FACTS);
    const earlier = zoomView({ spanSec: DAY_SEC, endSec: TIME_SEC - 5.5 * DAY_SEC }, FACTS);
    load(maps, view);
    const [near] = maps.shown(view);
    const wider = zoomView({ spanSec: 2 * DAY_SEC, endSec: view.toSec }, FACTS);
    expect(maps.lackOf(wider, CLOSED_SEC, FACTS.endSec)?.heldToSec).toBe(near!.toSec);
    const lack = maps.lackOf(earlier, CLOSED_SEC, FACTS.endSec)!;
    // One slot over it, whose candle is asked for again.
    expect(lack.toSec).toBe(near!.fromSec + near!.intervalSec);
    expect(lack.heldToSec).toBe(earlier.toSec + DAY_SEC / 4);
    load(maps, earlier);
    const [joined] = maps.shown(earlier);
    expect([joined!.fromSec, joined!.toSec]).toEqual([lack.heldFromSec, lack.heldToSec]);
    const next = panWindow(
      { spanSec: DAY_SEC, endSec: earlier.toSec },
      boundsFor(DAY_SEC, FACTS),
      DAY_SEC / 4,
    );
    expect(load(maps, zoomView(next, FACTS))).toBe(0);
  });

  it('follow the price only where they reach up to it', () => {
    const maps = new LoadedMaps();
    const [now, past] = [
      zoomView({ spanSec: DAY_SEC, endSec: null }, FACTS),
      zoomView({ spanSec: DAY_SEC, endSec: TIME_SEC - 5 * DAY_SEC }, FACTS),
    ];
    load(maps, now);
    load(maps, past);
    const newestOf = (view: HeatView) => maps.shown(view)[0]!.candles.at(-1);
    const before = newestOf(past);
    const { toSec, intervalSec } = maps.shown(now)[0]!;
    const timeSec = toSec + 3 * intervalSec;
    maps.followPrice(snapshot({ timeSec, currentPriceUsd: 123 }));
    expect(newestOf(now)).toMatchObject({ timeSec: timeSec - intervalSec, close: 123 });
    maps.followPrice(snapshot({ timeSec: timeSec + 1, currentPriceUsd: 124 }));
    expect([newestOf(now)!.close, newestOf(past)]).toEqual([123, before]);
  });

  it('do not stand beside buckets of another size', () => {
    const maps = new LoadedMaps();
    const view = zoomView({ spanSec: DAY_SEC, endSec: TIME_SEC - 5 * DAY_SEC }, FACTS);
    const later = zoomView({ spanSec: DAY_SEC, endSec: TIME_SEC - 4.5 * DAY_SEC }, FACTS);
    load(maps, view);
    const lack = maps.lackOf(later, CLOSED_SEC, FACTS.endSec)!;
    maps.take({ ...answer(lack), binUsd: 5 }, lack, FACTS.endSec - 2, rangeView('1d', FACTS));
    expect(maps.has(later)).toBe(false);
    expect(maps.shown(later).map(({ binUsd }) => binUsd)).toEqual([2, 5]);
  });

  it('are drawn coarse to fine while what is seen loads', () => {
    const maps = new LoadedMaps();
    load(maps, rangeView('1d', FACTS));
    load(maps, rangeView('7d', FACTS));
    const wide = rangeView('30d', FACTS);
    expect(maps.has(wide)).toBe(false);
    expect(maps.shown(wide).map(({ intervalSec }) => intervalSec)).toEqual([3_600, 900]);
    load(maps, wide);
    expect(maps.shown(wide).map(({ intervalSec }) => intervalSec)).toEqual([14_400]);
  });

  it('never need more than one question for a range that was looked at before', () => {
    const names = fc.array(fc.constantFrom<RangeName>(...RANGE_NAMES), { maxLength: 8 });
    fc.assert(
      fc.property(names, (ranges) => {
        const maps = new LoadedMaps();
        for (const range of ranges) {
          const view = rangeView(range, FACTS);
          expect(load(maps, view, view)).toBeLessThanOrEqual(1);
          expect(load(maps, view, view)).toBe(0);
        }
      }),
    );
  });
});

describe('what of the past is seen', () => {
  it('are the candles and columns that are seen at all', () => {
    const candles = [0, 300, 600, 900].map((timeSec) => candle(timeSec, 100));
    const shown = { fromSec: 450, toSec: 900 };
    const opens = seenCandles({ candles, intervalSec: 300 }, shown).map(({ timeSec }) => timeSec);
    expect(opens).toEqual([300, 600]);
    const columns = [300, 600, 900, 1_200].map((timeSec) => column(timeSec));
    const ends = seenColumns(columns, 300, 450, 901).map(({ timeSec }) => timeSec);
    expect(ends).toEqual([600, 900, 1_200]);
  });

  it('sets the prices by the end of what is seen: the map of now, or that of then', () => {
    const [columns, candles] = [[column(300, [90, 1, 0])], [candle(0, 95)]];
    expect(stakeAtEnd(snapshot(), columns, candles, true)).toEqual(snapshot());
    expect(stakeAtEnd(snapshot(), columns, candles, false)).toEqual({
      levels: columns[0]!.levels,
      currentPriceUsd: 95,
    });
    expect(stakeAtEnd(snapshot(), [], candles, false)).toBeNull();
  });

  it('stays where the pointer is while it is zoomed', () => {
    const bounds = boundsFor(DAY_SEC, FACTS);
    const window = { spanSec: DAY_SEC, endSec: TIME_SEC - 9 * DAY_SEC };
    const zoom = zoomWindow(window, bounds, TIME_SEC - 9.5 * DAY_SEC, 0.5);
    const { fromSec, toSec } = zoomView(zoom, FACTS);
    expect((fromSec + toSec) / 2).toBeCloseTo(TIME_SEC - 9.5 * DAY_SEC, 3);
  });
});
