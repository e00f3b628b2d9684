import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { priceHistoryRoute } from '../../src/http/price-history-route.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import { ask, bodyAs, refusal, routerWith } from './ask.ts';

const NOW_SEC = 1_767_607_200;

/** Two days of prices, one each 10 s, each by 1 above the one before. */
async function twoDays(): Promise<MemoryStore> {
  const store = new MemoryStore();
  const prices = Array.from({ length: 17_280 }, (_, index) => {
    const priceUsd = 50_000 + index;
    const timeSec = NOW_SEC - 172_800 + 10 * index;
    return { timeSec, priceUsd, lowUsd: priceUsd - 5, highUsd: priceUsd + 5, confidence: 0.9 };
  });
  await store.putPrices(prices);
  return store;
}

const store = await twoDays();

function get(query: string, demo = false) {
  const route = priceHistoryRoute({ demo, store, nowSec: () => NOW_SEC }, systemClock);
  return ask(routerWith([route]), `/api/v1/price/history${query}`);
}

async function points(query: string): Promise<{ time: number; price: number }[]> {
  const body = bodyAs('PriceHistoryBody', await get(query));
  return (body as { points: { time: number; price: number }[] }).points;
}

describe('/api/v1/price/history', () => {
  test('without parameters: the last day, the last price of each minute', async () => {
    const day = await points('');
    expect(day).toHaveLength(1440);
    expect(day[0]!.time).toBe(NOW_SEC - 86_400 + 50);
    expect(day.at(-1)).toEqual({
      time: NOW_SEC - 10,
      price: 67_279,
      low: 67_274,
      high: 67_284,
      confidence: 0.9,
    });
    expect(bodyAs('PriceHistoryBody', await get('', true))).toMatchObject({ demo: true });
  });

  test('of a range, at an interval that fits it or that is given', async () => {
    const from = NOW_SEC - 3600;
    expect(await points(`?from=${from}`)).toHaveLength(360);
    expect(await points(`?from=${from}&interval=5m`)).toHaveLength(12);
    expect(await points(`?from=${from + 1}&to=${from + 601}&interval=5m`)).toHaveLength(2);
    expect(await points('?from=2020-01-01&to=2020-02-01')).toEqual([]);
  });

  test('at most 5,000 points', async () => {
    const most = NOW_SEC - 50_000;
    expect(await points(`?from=${most}&interval=10s`)).toHaveLength(5000);
    expect(refusal(await get(`?from=${most - 1}&interval=10s`), 400)).toBe(
      'from (2026-01-04T20:06:39Z), to (2026-01-05T10:00:00Z) and interval (10s) ask for ' +
        '5001 points; allowed are 5000: a longer interval or a shorter time',
    );
    expect(refusal(await get('?interval=1d&from=1970-01-01'), 400)).toContain(
      'ask for 20459 points',
    );
  });

  test('bad parameters: each is named, with what was given and what is allowed', async () => {
    expect(refusal(await get('?interval=2m'), 400)).toBe(
      "interval '2m' is not served here; " +
        'allowed is 10s, 30s, 1m, 5m, 15m, 30m, 1h, 2h, 4h, 8h, 12h, 1d',
    );
    expect(refusal(await get('?from=now'), 400)).toContain("from 'now' is no time");
    expect(refusal(await get('?from=2027-01-01'), 400)).toBe(
      'from (2027-01-01T00:00:00Z) is not before to (2026-01-05T10:00:00Z); ' +
        'allowed is an earlier from or a later to',
    );
    expect(refusal(await get('?step=1'), 400)).toContain('takes from, to, interval');
  });

  test('the same history again: 304', async () => {
    const answer = await get('');
    const route = priceHistoryRoute({ demo: false, store, nowSec: () => NOW_SEC }, systemClock);
    const headers = { 'if-none-match': answer.headers.etag! };
    const again = await ask(routerWith([route]), '/api/v1/price/history', { headers });
    expect(again.status).toBe(304);
  });
});
