import { encodeHeatmap, encodeHeatmapData } from '@tidegauge/protocol';
import { beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { marketRoutes } from '../../src/http/market-routes.ts';
import type { MarketView } from '../../src/http/market-view.ts';
import type { StaleSource } from '../../src/hub/heatmap-endpoint.ts';
import type { MemoryStore } from '../../src/store/memory-store.ts';
import { type Asking, ask, bodyAs, refusal, routerWith } from './ask.ts';
import { CANDLE_SEC, candleAt, market, marketView, START_SEC, storeWith } from './markets.ts';

const COUNT = 6000;
let store: MemoryStore;

beforeAll(async () => {
  store = await storeWith(['BTCUSDT'], COUNT);
});

function get(target: string, changes: Partial<MarketView> = {}, asking: Asking = {}) {
  return ask(
    routerWith(marketRoutes(marketView({ store, ...changes }), systemClock)),
    target,
    asking,
  );
}

describe('/api/v1/symbols', () => {
  test('names what is served, and where it comes from', async () => {
    const answer = await get('/api/v1/symbols', { demo: true });
    expect(bodyAs('SymbolsBody', answer)).toEqual({
      symbols: [
        { symbol: 'BTCUSDT', venues: ['demo'], interval: '5m', bucket_size: 100 },
        { symbol: 'ETHUSDT', venues: ['demo'], interval: '5m', bucket_size: null },
      ],
      demo: true,
    });
    const again = { headers: { 'if-none-match': answer.headers.etag! } };
    expect((await get('/api/v1/symbols', { demo: true }, again)).status).toBe(304);
    expect((await get('/api/v1/symbols', {}, again)).status).toBe(200);
  });
});

describe('/api/v1/heatmap/{symbol}', () => {
  const data = encodeHeatmapData({
    bucketUsd: 100,
    currentPriceUsd: 98_450,
    levels: [{ priceUsd: 98_000, longUsd: 1_500_000, shortUsd: 0 }],
    totalLongUsd: 1_500_000,
    totalShortUsd: 0,
    positionsCreated: 450,
    positionsConsumed: 120,
    gaps: [],
  });
  const position = { symbol: 'BTCUSDT', epoch: 'k3x9', seq: 41, timeSec: START_SEC, demo: false };
  const text = encodeHeatmap(position, data);

  test('is the newest snapshot message, with an ETag for those who poll', async () => {
    const heatmap = (symbol: string) => (symbol === 'BTCUSDT' ? Buffer.from(text) : null);
    const answer = await get('/api/v1/heatmap/BTCUSDT', { heatmap });
    expect(bodyAs('HeatmapMessage', answer)).toMatchObject({ type: 'snapshot', seq: 41 });
    expect(answer.body.toString()).toBe(text);
    const again = { headers: { 'if-none-match': answer.headers.etag! } };
    expect((await get('/api/v1/heatmap/BTCUSDT', { heatmap }, again)).status).toBe(304);
    const next = () => Buffer.from(encodeHeatmap({ ...position, seq: 42 }, data));
    expect((await get('/api/v1/heatmap/BTCUSDT', { heatmap: next }, again)).status).toBe(200);
  });

  test('says since when its venue is silent, while that lasts', async () => {
    const heatmap = () => Buffer.from(text);
    let stale: StaleSource[] = [{ name: 'demo', sinceSec: START_SEC + 0.1234 }];
    const router = routerWith(
      marketRoutes(marketView({ store, heatmap }), systemClock, () => stale),
    );
    const answer = await ask(router, '/api/v1/heatmap/BTCUSDT');
    expect(bodyAs('HeatmapMessage', answer)).toEqual({
      ...(JSON.parse(text) as object),
      stale_since: START_SEC + 0.123,
    });
    const again = { headers: { 'if-none-match': answer.headers.etag! } };
    expect((await ask(router, '/api/v1/heatmap/BTCUSDT', again)).status).toBe(304);
    stale = [{ name: 'another', sinceSec: START_SEC }];
    const back = await ask(router, '/api/v1/heatmap/BTCUSDT', again);
    expect([back.status, back.body.toString()]).toEqual([200, text]);
  });

  test('before the first candle: 503 and when to come again', async () => {
    const answer = await get('/api/v1/heatmap/ETHUSDT');
    expect(refusal(answer, 503)).toBe('no candle of ETHUSDT has come yet');
    expect(answer.headers['retry-after']).toBe('5');
  });

  test('of an unknown symbol: 404 naming those there are, and the one that was meant', async () => {
    const unknown: [string, string][] = [
      ['XRPUSDT', 'unknown symbol "XRPUSDT"; allowed: BTCUSDT, ETHUSDT'],
      ['btcusdt', 'unknown symbol "btcusdt" (did you mean BTCUSDT?); allowed: BTCUSDT, ETHUSDT'],
      ['ETHUSD', 'unknown symbol "ETHUSD" (did you mean ETHUSDT?); allowed: BTCUSDT, ETHUSDT'],
    ];
    for (const [symbol, message] of unknown) {
      const answer = await get(`/api/v1/heatmap/${symbol}`);
      expect(refusal(answer, 404)).toBe(message);
      expect(bodyAs('ErrorBody', answer)).toMatchObject({ error: { symbol } });
      expect(refusal(await get(`/api/v1/klines/${symbol}`), 404)).toBe(message);
    }
    const long = refusal(await get(`/api/v1/heatmap/${'x'.repeat(5000)}`), 404);
    expect(long.length).toBeLessThan(200);
    const none = await get('/api/v1/heatmap/BTCUSDT', { markets: () => [] });
    expect(refusal(none, 404)).toContain('allowed: none at present');
  });
});

interface Kline {
  time: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

async function klines(query: string, changes: Partial<MarketView> = {}): Promise<Kline[]> {
  const answer = await get(`/api/v1/klines/BTCUSDT${query}`, changes);
  return (bodyAs('KlinesBody', answer) as { klines: Kline[] }).klines;
}

const asKline = ({ timeSec, ...rest }: ReturnType<typeof candleAt>): Kline => {
  return { time: timeSec, ...rest };
};

describe('/api/v1/klines/{symbol}', () => {
  const endSec = START_SEC + COUNT * CANDLE_SEC;
  const atEnd = { nowSec: () => endSec };

  test('without parameters: the newest 500 as they are stored', async () => {
    const answer = await get('/api/v1/klines/BTCUSDT', { ...atEnd, demo: true });
    const body = bodyAs('KlinesBody', answer);
    expect(body).toMatchObject({ symbol: 'BTCUSDT', interval: '5m', demo: true });
    const expected = Array.from({ length: 500 }, (_, i) => asKline(candleAt(COUNT - 500 + i)));
    expect(body.klines).toEqual(expected);
    const again = { headers: { 'if-none-match': answer.headers.etag! } };
    const later = { ...atEnd, demo: true };
    expect((await get('/api/v1/klines/BTCUSDT', later, again)).status).toBe(304);
  });

  test('of a longer interval are put together from the stored ones', async () => {
    const to = START_SEC + 86_400;
    const hours = await klines(`?interval=1h&from=${START_SEC}&to=${to}`);
    expect(hours).toHaveLength(24);
    for (const [hour, kline] of hours.entries()) {
      const parts = Array.from({ length: 12 }, (_, i) => candleAt(hour * 12 + i));
      expect(kline).toEqual({
        time: START_SEC + hour * 3600,
        open: parts[0]!.open,
        high: Math.max(...parts.map(({ high }) => high)),
        low: Math.min(...parts.map(({ low }) => low)),
        close: parts[11]!.close,
        volume: parts.reduce((sum, { volume }) => sum + volume, 0),
      });
    }
  });

  test('are those that open within the range, each of them whole', async () => {
    const query = `?interval=1h&from=${START_SEC + 1}&to=${START_SEC + 2 * 3600 + 1}`;
    const [first, second, ...rest] = await klines(query);
    expect([first!.time, second!.time, rest]).toEqual([START_SEC + 3600, START_SEC + 7200, []]);
    expect(second!.close).toBe(candleAt(35).close);
  });

  test('of a range without data: none', async () => {
    expect(await klines('?from=2020-01-01&to=2020-01-02')).toEqual([]);
    const answer = await get('/api/v1/klines/ETHUSDT', atEnd);
    expect(bodyAs('KlinesBody', answer)).toMatchObject({ symbol: 'ETHUSDT', klines: [] });
  });

  test('end with the candle in progress, unless the stored one is there already', async () => {
    const inProgress = { ...candleAt(COUNT), close: 1, low: 1 };
    const now = { nowSec: () => endSec + 60, candleInProgress: () => inProgress };
    expect((await klines('', now)).at(-1)).toEqual(asKline(inProgress));
    expect((await klines('?interval=4h', now)).at(-1)).toMatchObject({ close: 1, low: 1 });
    expect((await klines(`?to=${endSec}`, now)).at(-1)).toEqual(asKline(candleAt(COUNT - 1)));
    const stored = { ...now, candleInProgress: () => ({ ...inProgress, timeSec: endSec - 300 }) };
    expect((await klines('', stored)).at(-1)).toEqual(asKline(candleAt(COUNT - 1)));
  });

  test('are at most 5,000', async () => {
    const most = await klines(`?from=${START_SEC}&to=${START_SEC + 5000 * 300}`);
    expect(most).toHaveLength(5000);
    const more = `/api/v1/klines/BTCUSDT?from=${START_SEC}&to=${START_SEC + 5000 * 300 + 1}`;
    expect(refusal(await get(more), 400)).toBe(
      'from (2026-01-05T10:00:00Z), to (2026-01-22T18:40:01Z) and interval (5m) ask for ' +
        '5001 candles; allowed are 5000: a longer interval or a shorter time',
    );
  });

  test('bad parameters: each is named, with what was given and what is allowed', async () => {
    const problemsOf = async (query: string): Promise<string> =>
      refusal(await get(`/api/v1/klines/BTCUSDT?${query}`), 400);
    expect(await problemsOf('interval=1m')).toBe(
      "interval '1m' is not served here; allowed is 5m, 15m, 30m, 1h, 2h, 4h, 8h, 12h, 1d",
    );
    expect(await problemsOf('from=x&to=y')).toMatch(/^from 'x' is no time; .*; to 'y' is no time;/);
    expect(await problemsOf('from=2026-01-05T10:00:00Z&to=2026-01-05T10:00:00Z')).toBe(
      'from (2026-01-05T10:00:00Z) is not before to (2026-01-05T10:00:00Z); ' +
        'allowed is an earlier from or a later to',
    );
    expect(await problemsOf('interval=1h&interval=1h')).toBe(
      'interval is given 2 times; allowed is once',
    );
    expect(await problemsOf('limit=5')).toBe(
      "unknown parameter 'limit=5'; /api/v1/klines/{symbol} takes interval, from, to",
    );
    const hourly = { markets: () => [market('BTCUSDT', { intervalSec: 3600 })] };
    const finer = await get('/api/v1/klines/BTCUSDT?interval=5m', hourly);
    expect(refusal(finer, 400)).toContain('allowed is 1h, 2h, 4h, 8h, 12h, 1d');
  });
});
