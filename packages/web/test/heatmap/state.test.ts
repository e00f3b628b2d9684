import type { FeedStatus } from '@tidegauge/client';
import { beforeEach, describe, expect, it } from 'vitest';
import type { HeatStatus } from '../../src/model/heatmap/heat-status.ts';
import { Heatmap } from '../../src/model/heatmap/heatmap.ts';
import { IDLE } from '../../src/model/line-status.ts';
import type { Market } from '../../src/wire/heatmap/heatmap-incoming.ts';
import { readHealth } from '../../src/wire/read-health.ts';
import { candle, column, frontMap, mapUpdate, TIME_SEC, takePast } from './samples.ts';

const NOW_MS = TIME_SEC * 1000;
const market = (symbol: string): Market => ({ symbol, venues: ['v'], intervalSec: 300 });
const MARKETS = [market('BTCUSDT'), market('ETHUSDT')];

let state: Heatmap;

beforeEach(() => {
  state = new Heatmap();
  state.takeMarkets({ markets: MARKETS, demo: false });
  line({ state: 'live' });
});

function line(over: Partial<FeedStatus>): void {
  state.lineChanged({ ...IDLE, ...over });
}
/** @param timeSec when the map held */
function take(timeSec = TIME_SEC, over: Parameters<typeof mapUpdate>[0] = {}): void {
  state.takeMap(mapUpdate({ asOfMs: timeSec * 1000, ...over }));
}
function warn(code: string, sinceSec: number | null = null): void {
  const sinceMs = sinceSec === null ? null : sinceSec * 1000;
  const feed = 'heatmap';
  state.takeWarning({ code, message: '', feed, source: null, sinceMs, droppedMessages: null });
}
const kindOf = (nowMs = NOW_MS): HeatStatus['kind'] => state.status(nowMs).kind;

describe('the market', () => {
  it('is the first one, or the one that is asked for in any spelling', () => {
    expect(state.market?.symbol).toBe('BTCUSDT');
    expect(state.choose({ symbol: 'ethusdt', range: '1d', zoom: null })).toBe(true);
    expect(state.market?.symbol).toBe('ETHUSDT');
    expect(state.shownChoice).toEqual({ symbol: 'ETHUSDT', range: '1d', zoom: null });
    expect(state.choose({ symbol: 'ETHUSDT', range: '1d', zoom: null })).toBe(false);
  });

  it('takes map and history with it when it is left', () => {
    take();
    takePast(state, { binUsd: 2, columns: [column(TIME_SEC)] }, NOW_MS);
    state.choose({ symbol: 'ETHUSDT', range: '1d', zoom: null });
    expect([state.snapshot, state.maps.count]).toEqual([null, 0]);
    take();
    expect(state.snapshot).toBeNull();
  });

  it('keeps its map when only the range changes, and the past until there is another', () => {
    take();
    takePast(state, { binUsd: 2, columns: [column(TIME_SEC)] }, NOW_MS);
    expect(state.choose({ symbol: null, range: '7d', zoom: null })).toBe(false);
    expect([state.snapshot?.seq, state.maps.count, state.isComplete(NOW_MS)]).toEqual([
      5,
      1,
      false,
    ]);
    expect(frontMap(state, NOW_MS)?.columns).toHaveLength(1);
  });

  it('may not be there: in the list, or in the answer to a subscription', () => {
    state.choose({ symbol: 'PEPE', range: '1d', zoom: null });
    expect(state.status(NOW_MS)).toEqual({ kind: 'unknown-symbol', symbol: 'PEPE' });
    state.choose({ symbol: 'ETHUSDT', range: '1d', zoom: null });
    state.refuse('BTCUSDT');
    expect(kindOf()).toBe('connecting');
    state.refuse('ETHUSDT');
    expect(state.status(NOW_MS)).toEqual({ kind: 'unknown-symbol', symbol: 'ETHUSDT' });
    state.choose({ symbol: 'BTCUSDT', range: '1d', zoom: null });
    expect(kindOf()).toBe('connecting');
  });

  it('is the same after another list that has it', () => {
    take();
    expect(state.takeMarkets({ markets: MARKETS.slice(0, 1), demo: true })).toBe(false);
    expect(state.snapshot?.seq).toBe(5);
    expect(state.takeMarkets({ markets: MARKETS.slice(1), demo: true })).toBe(true);
  });
});

describe('the map', () => {
  it('moves the candle in progress', () => {
    const candles = [candle(TIME_SEC - 900, 90)];
    takePast(state, { candles }, NOW_MS);
    take(TIME_SEC + 5, { currentPriceUsd: 104 });
    expect(frontMap(state, NOW_MS)?.candles.at(-1)).toMatchObject({
      timeSec: TIME_SEC,
      close: 104,
    });
  });
});

it('the trouble of a venue is known from /health, and goes with it', () => {
  const line = { name: 'binance', state: 'lost', sinceSec: 1 };
  const health = readHealth({ status: 'ok' })!;
  state.takeHealth({ ...health, venues: [{ ...line, detail: 'no answer' }] });
  expect(state.venueProblem).toBe('binance: no answer');
  state.takeHealth({ ...health, venues: [{ ...line, detail: null }] });
  expect(state.venueProblem).toBeNull();
});

describe('the state of its line', () => {
  it('is live with a map, and none yet once the server has answered without one', () => {
    expect(kindOf()).toBe('connecting');
    state.settle();
    expect(kindOf()).toBe('no-data');
    take();
    expect(kindOf()).toBe('live');
  });

  it('does not vouch for an old map before the server has answered', () => {
    take();
    state.unsettle();
    expect(kindOf()).toBe('connecting');
    state.settle();
    expect(kindOf()).toBe('live');
  });

  it('is as the client says while there is a map', () => {
    take();
    line({ state: 'reconnecting', retryAtMs: NOW_MS + 3_400, failures: 1 });
    expect(state.status(NOW_MS)).toEqual({ kind: 'reconnecting', inSec: 4, lasting: false });
    for (const name of ['polling', 'slow', 'live'] as const) {
      line({ state: name });
      expect(kindOf()).toBe(name);
    }
  });

  it('is of no interest where there is no such market: there is no line then', () => {
    line({});
    expect(kindOf()).toBe('connecting');
    state.choose({ symbol: 'PEPE', range: '1d', zoom: null });
    expect(kindOf()).toBe('unknown-symbol');
  });

  it('is stale until a map comes that is newer than the silence', () => {
    take();
    warn('SOURCE_STALE', TIME_SEC + 20);
    expect(state.status(NOW_MS)).toEqual({ kind: 'stale', sinceSec: TIME_SEC + 20 });
    take(TIME_SEC + 19);
    expect(kindOf()).toBe('stale');
    take(TIME_SEC + 80);
    expect(kindOf()).toBe('live');
  });

  it('is stale since the newest data where the server was started in the silence', () => {
    take(TIME_SEC - 7_200);
    warn('SOURCE_STALE', TIME_SEC - 40);
    expect(state.status(NOW_MS)).toEqual({ kind: 'stale', sinceSec: TIME_SEC - 7_200 });
    // Also where the server says nothing, as others of its markets are alive.
    take(TIME_SEC - 7_000);
    line({ state: 'reconnecting' });
    line({ state: 'live' });
    expect(state.status(NOW_MS)).toEqual({ kind: 'stale', sinceSec: TIME_SEC - 7_000 });
  });

  it('is stale until the next map where the server does not say since when', () => {
    take();
    warn('SOURCE_STALE');
    expect(kindOf()).toBe('stale');
    take();
    expect(kindOf()).toBe('live');
  });

  it('is not stale for what the server before this one said', () => {
    take();
    warn('SOURCE_STALE', TIME_SEC + 20);
    line({ state: 'reconnecting' });
    line({ state: 'live' });
    expect(kindOf()).toBe('live');
  });
});

describe('data that ends in the past', () => {
  const ENDED_SEC = TIME_SEC - 30 * 86_400;
  const files = [{ ...market('BTCUSDT'), venues: ['files'] }];

  it('is what the range looks back from', () => {
    take(ENDED_SEC);
    expect([state.pastSec(NOW_MS), state.endSec(NOW_MS)]).toEqual([ENDED_SEC, ENDED_SEC]);
    takePast(state, { binUsd: 2, columns: [column(ENDED_SEC)] }, NOW_MS);
    expect([state.isComplete(NOW_MS), state.beginsSec(NOW_MS)]).toEqual([true, ENDED_SEC - 300]);
    take();
    expect([state.pastSec(NOW_MS), state.endSec(NOW_MS)]).toEqual([null, TIME_SEC]);
    expect([state.isComplete(NOW_MS), state.beginsSec(NOW_MS)]).toEqual([false, null]);
  });

  it('is more than a few candles old, and some delay', () => {
    take(TIME_SEC - 1_020);
    expect(state.pastSec(NOW_MS)).toBeNull();
    expect(state.pastSec(NOW_MS + 1_000)).toBe(TIME_SEC - 1_020);
  });

  it('goes by the clock of the server', () => {
    state.clock.observe({ asOfMs: ENDED_SEC * 1000, ageMs: 3_000 });
    take(ENDED_SEC);
    expect(state.pastSec(NOW_MS)).toBeNull();
    expect(state.endSec(NOW_MS)).toBe(ENDED_SEC + 3);
  });

  it('is no trouble where it comes from files, however new it is, and never live', () => {
    state.takeMarkets({ markets: files, demo: false });
    for (const untilSec of [ENDED_SEC, TIME_SEC - 60]) {
      take(untilSec);
      expect(state.status(NOW_MS)).toEqual({ kind: 'past', untilSec });
    }
    state.takeMarkets({ markets: MARKETS, demo: false });
    expect(kindOf()).toBe('live');
  });

  it('begins no candle of its own where the newest one is closed', () => {
    const candles = [candle(ENDED_SEC - 300, 100)];
    take(ENDED_SEC);
    takePast(state, { candles }, NOW_MS);
    expect(frontMap(state, NOW_MS)?.candles.map(({ timeSec }) => timeSec)).toEqual([
      ENDED_SEC - 300,
    ]);
  });
});
