import { beforeEach, describe, expect, it } from 'vitest';
import type { HeatStatus } from '../../src/model/heatmap/heat-status.ts';
import { Heatmap } from '../../src/model/heatmap/heatmap.ts';
import type { HeatmapIncoming, Market } from '../../src/wire/heatmap/heatmap-incoming.ts';
import { readHealth } from '../../src/wire/read-health.ts';
import { candle, column, snapshot, TIME_SEC } from './samples.ts';

const NOW_MS = TIME_SEC * 1000;
const market = (symbol: string): Market => ({ symbol, venues: ['v'], intervalSec: 300 });
const MARKETS = [market('BTCUSDT'), market('ETHUSDT')];

let state: Heatmap;

beforeEach(() => {
  state = new Heatmap();
  state.takeMarkets({ markets: MARKETS, demo: false });
  state.lineChanged({ kind: 'open', sinceMs: NOW_MS });
});

const take = (message: HeatmapIncoming, nowMs = NOW_MS): void => state.take(message, nowMs);
const map = (over: Parameters<typeof snapshot>[0] = {}): HeatmapIncoming => {
  return { kind: 'snapshot', demo: false, snapshot: snapshot(over) };
};
const kindOf = (nowMs = NOW_MS): HeatStatus['kind'] => state.status(nowMs).kind;
const warning = (code: string, sinceSec: number | null = null): HeatmapIncoming => {
  return { kind: 'warning', code, message: '', source: null, sinceSec };
};

describe('the market', () => {
  it('is the first one, or the one that is asked for in any spelling', () => {
    expect(state.market?.symbol).toBe('BTCUSDT');
    expect(state.choose({ symbol: 'ethusdt', range: '1d' })).toBe(true);
    expect(state.market?.symbol).toBe('ETHUSDT');
    expect(state.shownChoice).toEqual({ symbol: 'ETHUSDT', range: '1d' });
    expect(state.choose({ symbol: 'ETHUSDT', range: '1d' })).toBe(false);
  });

  it('takes map and history with it when it is left', () => {
    take(map());
    state.takeHistory({ binUsd: 2, columns: [column(TIME_SEC)], candles: [] }, true);
    state.choose({ symbol: 'ETHUSDT', range: '1d' });
    expect([state.snapshot, state.history.isEmpty]).toEqual([null, true]);
    take(map({ seq: 6 }));
    expect(state.snapshot).toBeNull();
  });

  it('keeps its map when only the range changes', () => {
    take(map());
    state.takeHistory({ binUsd: 2, columns: [column(TIME_SEC)], candles: [] }, true);
    expect(state.choose({ symbol: null, range: '7d' })).toBe(false);
    expect([state.snapshot?.seq, state.history.isEmpty]).toEqual([5, true]);
  });

  it('may not be there: in the list, or in the answer to a subscription', () => {
    state.choose({ symbol: 'PEPE', range: '1d' });
    expect(state.status(NOW_MS)).toEqual({ kind: 'unknown-symbol', symbol: 'PEPE' });
    state.choose({ symbol: 'ETHUSDT', range: '1d' });
    take({ kind: 'error', code: 'INVALID_SYMBOL', message: 'no' });
    expect(state.status(NOW_MS)).toEqual({ kind: 'unknown-symbol', symbol: 'ETHUSDT' });
    state.choose({ symbol: 'BTCUSDT', range: '1d' });
    expect(kindOf()).toBe('connecting');
  });

  it('is the same after another list that has it', () => {
    take(map());
    expect(state.takeMarkets({ markets: MARKETS.slice(0, 1), demo: true })).toBe(false);
    expect(state.snapshot?.seq).toBe(5);
    expect(state.takeMarkets({ markets: MARKETS.slice(1), demo: true })).toBe(true);
  });
});

describe('the map', () => {
  it('never goes back within an epoch; another epoch begins anew', () => {
    take(map({ seq: 5 }));
    take(map({ seq: 4 }));
    expect(state.snapshot?.seq).toBe(5);
    take(map({ seq: 1, epoch: 'e2' }));
    expect([state.snapshot?.seq, state.snapshot?.epoch]).toEqual([1, 'e2']);
  });

  it('moves the candle in progress', () => {
    const candles = [candle(TIME_SEC - 900, 90)];
    state.takeHistory({ binUsd: 2, columns: [], candles }, true);
    take(map({ currentPriceUsd: 104, timeSec: TIME_SEC + 5 }));
    expect(state.history.candles.at(-1)).toMatchObject({ timeSec: TIME_SEC, close: 104 });
  });

  it('counts what cannot be read, and says what the server complains of', () => {
    take({ kind: 'malformed', reason: 'x' });
    take({ kind: 'unknown', type: 'weather' });
    take({ kind: 'error', code: 'RATE_LIMITED', message: 'slower' });
    expect([state.malformedCount, state.unknownCount]).toEqual([1, 1]);
    expect(state.serverError).toBe('RATE_LIMITED: slower');
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
    take(map());
    expect(kindOf()).toBe('live');
  });

  it('does not vouch for an old map on a new line before the server has answered', () => {
    take(map());
    state.lineChanged({ kind: 'waiting', retryAtMs: NOW_MS + 3_400, failures: 1 });
    expect(state.status(NOW_MS)).toEqual({ kind: 'reconnecting', inSec: 4, lasting: false });
    state.lineChanged({ kind: 'open', sinceMs: NOW_MS });
    expect(kindOf()).toBe('connecting');
    state.settle();
    expect(kindOf()).toBe('live');
  });

  it('is slow for a while after the server said so', () => {
    take(map());
    take(warning('SLOW_CONSUMER'));
    expect([kindOf(), kindOf(NOW_MS + 15_000)]).toEqual(['slow', 'live']);
  });

  it('is stale until a map comes that is newer than the silence', () => {
    take(map({ seq: 5, timeSec: TIME_SEC }));
    take(warning('SOURCE_STALE', TIME_SEC + 20));
    expect(state.status(NOW_MS)).toEqual({ kind: 'stale', sinceSec: TIME_SEC + 20 });
    take(map({ seq: 6, timeSec: TIME_SEC + 19 }));
    expect(kindOf()).toBe('stale');
    take(map({ seq: 7, timeSec: TIME_SEC + 80 }));
    expect(kindOf()).toBe('live');
  });

  it('is stale since the newest data where the server was started in the silence', () => {
    take(map({ timeSec: TIME_SEC - 7_200 }));
    take(warning('SOURCE_STALE', TIME_SEC - 40));
    expect(state.status(NOW_MS)).toEqual({ kind: 'stale', sinceSec: TIME_SEC - 7_200 });
    // Also where the server says nothing, as others of its markets are alive.
    take(map({ seq: 6, timeSec: TIME_SEC - 7_000 }));
    state.lineChanged({ kind: 'open', sinceMs: NOW_MS });
    state.settle();
    expect(state.status(NOW_MS)).toEqual({ kind: 'stale', sinceSec: TIME_SEC - 7_000 });
  });

  it('is stale until the next map where the server does not say since when', () => {
    take(map({ seq: 5 }));
    take(warning('SOURCE_STALE'));
    expect(kindOf()).toBe('stale');
    take(map({ seq: 6 }));
    expect(kindOf()).toBe('live');
  });
});

describe('data that ends in the past', () => {
  const ENDED_SEC = TIME_SEC - 30 * 86_400;
  const files = [{ ...market('BTCUSDT'), venues: ['files'] }];

  it('is what the range looks back from', () => {
    take(map({ timeSec: ENDED_SEC }));
    expect([state.pastSec(NOW_MS), state.endSec(NOW_MS)]).toEqual([ENDED_SEC, ENDED_SEC]);
    state.takeHistory({ binUsd: 2, columns: [column(ENDED_SEC)], candles: [] }, true);
    state.forgetOld(NOW_MS);
    expect(state.history.columns).toHaveLength(1);
    take(map({ seq: 6 }));
    expect([state.pastSec(NOW_MS), state.endSec(NOW_MS)]).toEqual([null, TIME_SEC]);
    state.forgetOld(NOW_MS);
    expect(state.history.columns).toHaveLength(0);
  });

  it('is more than a few candles old, and some delay', () => {
    take(map({ timeSec: TIME_SEC - 3 * 300 - 120 }));
    expect(state.pastSec(NOW_MS)).toBeNull();
    expect(state.pastSec(NOW_MS + 1_000)).toBe(TIME_SEC - 1_020);
  });

  it('goes by the clock of the server', () => {
    const hello = { kind: 'hello', protocol: 1, demo: false, timeSec: ENDED_SEC } as const;
    take(hello as HeatmapIncoming);
    take(map({ timeSec: ENDED_SEC }));
    expect(state.pastSec(NOW_MS)).toBeNull();
  });

  it('is no trouble where it comes from files, however new it is, and never live', () => {
    state.takeMarkets({ markets: files, demo: false });
    for (const [i, untilSec] of [ENDED_SEC, TIME_SEC - 60].entries()) {
      take(map({ seq: 6 + i, timeSec: untilSec }));
      expect(state.status(NOW_MS)).toEqual({ kind: 'past', untilSec });
    }
    state.takeMarkets({ markets: MARKETS, demo: false });
    expect(kindOf()).toBe('live');
  });

  it('begins no candle of its own where the newest one is closed', () => {
    const candles = [candle(ENDED_SEC - 300, 100)];
    state.takeHistory({ binUsd: 2, columns: [], candles }, true);
    take(map({ timeSec: ENDED_SEC }));
    expect(state.history.candles.map(({ timeSec }) => timeSec)).toEqual([ENDED_SEC - 300]);
  });
});
