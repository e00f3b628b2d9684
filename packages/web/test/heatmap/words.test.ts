import { TidegaugeError } from '@tidegauge/client';
import { beforeEach, describe, expect, it } from 'vitest';
import { numberFormats } from '../../src/format/numbers.ts';
import { timeFormats } from '../../src/format/times.ts';
import type { HeatStatus } from '../../src/model/heatmap/heat-status.ts';
import { Heatmap } from '../../src/model/heatmap/heatmap.ts';
import {
  bookWords,
  gapsText,
  heatNote,
  heatWords,
  venueText,
} from '../../src/view/heatmap/heat-words.ts';
import { findMarkets, nearMarkets } from '../../src/view/heatmap/market-search.ts';
import type { Candle } from '../../src/wire/heatmap/heatmap-incoming.ts';
import { candle, column, mapUpdate, snapshot, TIME_SEC, takePast } from './samples.ts';

const numbers = numberFormats('en-US');
const times = timeFormats('en-US');
const NOW_MS = TIME_SEC * 1000;
const market = (symbol: string) => ({ symbol, venues: ['v'], intervalSec: 300 });

const momentText = (timeSec: number): string => times.dayAndMinute(timeSec, TIME_SEC);

describe('words for the line of the map', () => {
  const said = (status: HeatStatus) => heatWords(status, times, TIME_SEC);

  it('are its own where it has states of its own, else those of the price', () => {
    expect(said({ kind: 'no-data' }).text).toBe('Connected, no map yet');
    expect(said({ kind: 'unknown-symbol', symbol: 'PEPE' }).text).toBe('No market PEPE');
    expect(said({ kind: 'stale', sinceSec: TIME_SEC }).text).toBe(
      'Market stale since 10:00:00 UTC',
    );
    expect(said({ kind: 'stale', sinceSec: null }).text).toBe('Market stale');
    const waits = { kind: 'reconnecting', inSec: 3, lasting: false } as const;
    expect(said(waits).text).toBe('Reconnecting in 3 s');
    expect(said({ kind: 'live' }).tone).toBe('good');
    expect(said({ kind: 'polling' }).tone).toBe('poll');
  });

  it('name the day of what was not today, and the year of what was not in this one', () => {
    const [yesterday, lastYear] = [TIME_SEC - 86_400, TIME_SEC - 10 * 86_400];
    expect(said({ kind: 'stale', sinceSec: yesterday })).toMatchObject({
      tone: 'stale',
      text: 'Market stale since Jan 4, 10:00 UTC',
    });
    expect(said({ kind: 'past', untilSec: lastYear })).toEqual({
      tone: 'ended',
      text: 'Data until Dec 26, 2025, 10:00 UTC',
      spoken: 'Data until Dec 26, 2025, 10:00 UTC',
    });
  });
});

describe('what stands in the place of the map', () => {
  let state: Heatmap;
  beforeEach(() => {
    state = new Heatmap();
    state.takeMarkets({ markets: [market('BTCUSDT'), market('ETHUSDT')], demo: false });
    state.historyLoad = { kind: 'loaded' };
  });
  const live = { kind: 'live' } as const;
  const note = (status: Parameters<typeof heatNote>[1] = live) =>
    heatNote(state, status, NOW_MS, times);
  const DAY_SEC = 86_400;
  const fill = (...candles: readonly Candle[]): void =>
    takePast(state, { candles: [candle(TIME_SEC - DAY_SEC, 100), ...candles] }, NOW_MS);

  it('is nothing when all is there', () => {
    fill();
    expect(note()).toBeNull();
  });

  it('tells what is on its way', () => {
    state.historyLoad = { kind: 'loading' };
    const text = 'Loading the map of BTCUSDT…';
    expect(note()).toEqual({ text, action: null, kind: 'waiting' });
    fill();
    expect(note()).toBeNull();
    state.choose({ symbol: null, range: '7d', zoom: null });
    expect(note()).toEqual({ text: 'Loading this time…', action: null, kind: 'aside' });
    takePast(state, { candles: [candle(TIME_SEC - 3 * DAY_SEC - 3_600, 100)] }, NOW_MS);
    const zoom = { spanSec: 7_200, endSec: TIME_SEC - 3 * DAY_SEC };
    state.choose({ symbol: null, range: '7d', zoom });
    expect(note()?.text).toBe('Loading finer columns…');
  });

  it('tells where the data begins, in a range that reaches further back', () => {
    takePast(state, { candles: [candle(TIME_SEC - 7_200, 100)] }, NOW_MS);
    const text = 'Data begins Jan 5, 08:00 UTC';
    expect(note()).toEqual({ text, action: null, kind: 'aside' });
    const zoom = { spanSec: 7_200, endSec: null };
    state.choose({ symbol: null, range: '1d', zoom });
    expect(note()).toBeNull();
    state.choose({ symbol: null, range: '1d', zoom: { ...zoom, endSec: TIME_SEC - 10_800 } });
    expect(note()?.text).toBe('There is no past of this market from this time.');
  });

  it('tells what is missing: candles at all, or in this range', () => {
    takePast(state, {}, NOW_MS);
    expect(note({ kind: 'no-data' })?.text).toContain('no candles of this market yet');
    expect(note()).toMatchObject({ action: 'retry', kind: 'wrong' });
    expect(note()?.text).toContain('in this range');
  });

  it('is still to come as long as the server has not said where the data ends', () => {
    expect(note({ kind: 'connecting' })).toMatchObject({ action: null, kind: 'waiting' });
  });

  it('tells that no levels can be estimated without open interest', () => {
    const gap = { what: 'open_interest', fromMs: NOW_MS - 9_000_000, toMs: NOW_MS } as const;
    const without = mapUpdate({ levels: [], gaps: [gap] });
    fill();
    state.takeMap(without);
    expect(note()?.text).toBe(
      'No open interest of this market has come for this time, so no levels can be estimated.',
    );
    state.takeMarkets({ markets: [{ ...market('BTCUSDT'), venues: ['files'] }], demo: false });
    expect(note()?.text).toMatch(
      /^No open interest of this market was ingested .* with tidegauge ingest\.$/,
    );
    // A map that was eaten up to the last level, or of which some of the past is known.
    state.takeMap({ ...without, gaps: [{ ...gap, toMs: NOW_MS - 400_000 }] });
    expect(note()).toBeNull();
    state.takeMap(without);
    takePast(state, { binUsd: 2, columns: [column(TIME_SEC - DAY_SEC + 900, [90, 1, 0])] }, NOW_MS);
    expect(note()).toBeNull();
  });

  it('tells what failed, in the words of the server, and when it is tried again', () => {
    fill();
    state.historyLoad = { kind: 'failed', message: 'too many wait', retryAtMs: NOW_MS + 1_200 };
    expect(note()).toEqual({
      text: 'The past of the map could not be loaded: too many wait. Trying again in 2 s.',
      action: 'retry',
      kind: 'wrong',
    });
    state.marketsLoad = { kind: 'failed', message: 'Not found.', retryAtMs: null };
    expect(note()?.text).toBe('The markets could not be loaded: Not found.');
  });

  it('offers another market where there is no such one', () => {
    const unknown = { kind: 'unknown-symbol', symbol: 'PEPE' } as const;
    expect(note(unknown)).toMatchObject({ action: 'showFirst' });
    expect(note(unknown)?.text).toContain('no market PEPE. Choose');
    expect(note({ kind: 'unknown-symbol', symbol: 'BTC-USD' })).toMatchObject({
      text: 'This server has no market BTC-USD. Did you mean',
      offers: ['BTCUSDT'],
    });
    state.takeMarkets({ markets: [], demo: false });
    expect(note(unknown)).toMatchObject({ action: 'retry' });
    expect(note()?.text).toBe('This server has no market yet.');
  });

  it('tells what is wrong with the venue, where it shows', () => {
    fill();
    state.venueProblem = 'demo-market: no candle for 40 s';
    expect(note()).toBeNull();
    const stale = { kind: 'stale', sinceSec: null } as const;
    expect(note(stale)?.text).toBe('demo-market: no candle for 40 s.');
  });

  it('tells what the server refuses, and what a person can do about it', () => {
    fill();
    const refused = (code: 'REFUSED' | 'PROTOCOL_UNSUPPORTED') =>
      note({ kind: 'refused', error: new TidegaugeError(code, 'closed with 4500: go') });
    expect(refused('REFUSED')).toMatchObject({ action: 'retry' });
    expect(refused('REFUSED')?.text).toContain('closed with 4500: go.');
    expect(refused('PROTOCOL_UNSUPPORTED')).toMatchObject({ action: 'reload' });
  });
});

it('the newest map is called that of now only where it is', () => {
  expect(bookWords(snapshot(), true, momentText).name).toBe('Now');
  expect(bookWords(null, false, momentText).name).toBe('Now');
  expect(bookWords(snapshot(), false, momentText)).toEqual({
    name: 'Then',
    aside: 'Jan 5, 10:00 UTC, added up',
  });
});

it('gaps are told by the newest one', () => {
  const gap = { what: 'open_interest', fromSec: TIME_SEC, toSec: TIME_SEC + 3_600 } as const;
  expect(gapsText([], momentText)).toBe('');
  expect(gapsText([gap], momentText)).toBe(
    'Missing: open interest from Jan 5, 10:00 UTC to Jan 5, 11:00 UTC.',
  );
  expect(gapsText([{ ...gap, what: 'candles' }, gap, gap], momentText)).toMatch(
    /candles .* and 2 more/,
  );
});

describe('search of a market', () => {
  const markets = ['BTCUSDT', 'ETHUSDT', 'ETHBTC', 'SOLUSDT'].map(market);
  const found = (text: string) => findMarkets(markets, text).map(({ symbol }) => symbol);

  it('finds it by any part, those first that begin with it', () => {
    expect(found(' eth')).toEqual(['ETHUSDT', 'ETHBTC']);
    expect(found('btc')).toEqual(['BTCUSDT', 'ETHBTC']);
    expect(found('')).toHaveLength(4);
    expect(found('pepe')).toEqual([]);
  });
});

it('one venue is called by its name, several are said to be added up', () => {
  expect(['', 'a', 'a,b'].map((names) => venueText(names === '' ? [] : names.split(',')))).toEqual([
    '',
    'a',
    'all venues: a, b',
  ]);
});

describe('markets that may have been meant', () => {
  const markets = ['BTCUSDT', 'ETHUSDT', 'ETHBTC', 'SOLUSDT', 'BTCUSDC'].map(market);
  const near = (text: string) => nearMarkets(markets, text).map(({ symbol }) => symbol);

  it('are those of almost the same letters, the nearest first', () => {
    expect(near('btcusd')).toEqual(['BTCUSDT', 'BTCUSDC']);
    expect(near('XBTUSDT')).toContain('BTCUSDT');
    expect(near('ETHUSD')[0]).toBe('ETHUSDT');
    expect(near('PEPE')).toEqual([]);
    expect(near('AAAUSDT')).toHaveLength(3);
  });
});

describe('numbers of markets', () => {
  it('have as many digits as the steps of the market', () => {
    expect(numbers.stepPrice(97_527.4, 100)).toBe('97,527');
    expect(numbers.stepPrice(3_411.123, 0.5)).toBe('3,411.1');
    expect(numbers.stepPrice(2.5, 0.25)).toBe('2.50');
    expect(numbers.stepPrice(0.2655, 0.0005)).toBe('0.2655');
    expect(numbers.stepPrice(0.000_012_3, 1e-8)).toBe('0.00001230');
  });

  it('are short where they are volumes', () => {
    expect([0, 999, 12_345, 1.5e6, 2.345e10].map(numbers.shortUsd)).toEqual([
      '$0',
      '$999',
      '$12.3K',
      '$1.5M',
      '$23.5B',
    ]);
    expect(numbers.signedPercent(-0.0342)).toBe('-3.4%');
    expect(numbers.signedPercent(0.05)).toBe('+5%');
  });
});

it('times of an axis name the day where it begins, and months by their year', () => {
  const tick = (timeSec: number, stepSec: number): string => times.tick(timeSec, stepSec);
  expect([TIME_SEC, TIME_SEC - 36_000].map((at) => tick(at, 3_600))).toEqual(['10:00', 'Jan 5']);
  expect(tick(TIME_SEC + 15, 15)).toBe('10:00:15');
  expect(tick(Date.UTC(2026, 3) / 1000, 90 * 86_400)).toBe('Apr 2026');
  expect(times.dayAndMinute(TIME_SEC, TIME_SEC)).toBe('Jan 5, 10:00 UTC');
  const nextYearSec = TIME_SEC + 365 * 86_400;
  expect(times.dayAndMinute(TIME_SEC, nextYearSec)).toBe('Jan 5, 2026, 10:00 UTC');
});
