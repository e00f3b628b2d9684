import { type PriceUpdate, TidegaugeError } from '@tidegauge/client';
import { describe, expect, it } from 'vitest';
import { duration } from '../src/format/duration.ts';
import { numberFormats } from '../src/format/numbers.ts';
import { timeFormats } from '../src/format/times.ts';
import { Dashboard } from '../src/model/dashboard.ts';
import { IDLE, type LineStatus } from '../src/model/line-status.ts';
import { Announcer } from '../src/view/announcer.ts';
import { lineWords } from '../src/view/line-words.ts';
import { noticeFor } from '../src/view/notice.ts';
import { pageTitle } from '../src/view/page-title.ts';
import { priceNote } from '../src/view/price-note.ts';
import { sourceWords } from '../src/view/source-words.ts';
import type { Health } from '../src/wire/health.ts';
import { readHealth } from '../src/wire/read-health.ts';
import { priceUpdate, TIME_SEC, WARMING_UP } from './updates.ts';

const numbers = numberFormats('en-US');
const times = timeFormats('en-US');
const REFUSED = new TidegaugeError('REFUSED', 'the server closed the line with 4500: go', {
  fatal: true,
});

describe('numbers', () => {
  it('are written in the locale', () => {
    expect(numbers.price(87_412.5)).toBe('$87,413');
    expect(numbers.price(512.25)).toBe('$512.25');
    expect(numbers.axisPrice(87_500)).toBe('87,500');
    expect(numbers.count(12_543)).toBe('12,543');
    expect(numbers.percent(0.937)).toBe('94%');
    expect(numbers.halfWidth(0.00225)).toBe('±0.23%');
    expect(numbers.btc(0.05)).toBe('0.0500 BTC');
    const german = numberFormats('de-DE');
    expect(german.price(87_412.5)).toMatch(/^87\.413\s\$$/);
    expect(german.count(12_543)).toBe('12.543');
  });

  it('of the axis are a whole dollar apart at most where steps are', () => {
    expect(numbers.axisPrice(2.5)).toBe('2.5');
  });
});

describe('times', () => {
  it('are told in the zone of the device too, where its clocks differ', () => {
    const berlin = timeFormats('en-GB', 'Europe/Berlin');
    expect(berlin.secondHere(TIME_SEC)).toBe('10:00:05\u00a0UTC · 11:00:05\u00a0CET');
    const summer = Date.UTC(2026, 6, 1, 10) / 1000;
    expect(berlin.secondHere(summer)).toBe('10:00:00\u00a0UTC · 12:00:00\u00a0CEST');
    const london = timeFormats('en-GB', 'Europe/London');
    expect(london.secondHere(TIME_SEC)).toBe('10:00:05 UTC');
    expect(london.secondHere(summer)).toMatch(/11:00:00\u00a0BST$/);
    expect(london.dayAndMinuteHere(TIME_SEC, TIME_SEC)).toBe('5 Jan, 10:00 UTC');
  });

  it('name the day where it is another one there', () => {
    const tokyo = timeFormats('en-GB', 'Asia/Tokyo');
    const utc = '5\u00a0Jan,\u00a010:00\u00a0UTC';
    expect(tokyo.dayAndMinuteHere(TIME_SEC, TIME_SEC)).toBe(`${utc} · 19:00\u00a0GMT+9`);
    const late = TIME_SEC + 6 * 3_600;
    expect(tokyo.dayAndMinuteHere(late, late)).toMatch(/ · 6\u00a0Jan,\u00a001:00\u00a0GMT\+9$/);
  });

  it('are UTC, around the clock', () => {
    expect(times.second(TIME_SEC)).toBe('10:00:05 UTC');
    expect(times.minute(TIME_SEC - (TIME_SEC % 86_400))).toBe('00:00');
  });

  it.each([
    [0, '0 s'],
    [-5, '0 s'],
    [48.9, '48 s'],
    [60, '1 min'],
    [254, '4 min 14 s'],
    [754, '12 min'],
    [8_100, '2 h 15 min'],
    [3_601, '1 h'],
    [444_000, '5 d 3 h'],
  ])('%d s is %s', (sec, text) => {
    expect(duration(sec)).toBe(text);
  });
});

describe('words for the line', () => {
  const rows: [LineStatus, string, string][] = [
    [{ kind: 'connecting' }, 'idle', 'Connecting…'],
    [{ kind: 'live' }, 'good', 'Live'],
    [{ kind: 'slow' }, 'slow', 'Connection slow, updates may be missing'],
    [{ kind: 'stale', sinceSec: TIME_SEC }, 'stale', 'Source stale since 10:00:05 UTC'],
    [{ kind: 'silent', silentSec: 7 }, 'wait', 'No updates for 7 s'],
    [{ kind: 'reconnecting', inSec: 4, lasting: false }, 'wait', 'Reconnecting in 4 s'],
    [{ kind: 'reconnecting', inSec: null, lasting: true }, 'lost', 'Disconnected, trying again…'],
    [{ kind: 'polling' }, 'poll', 'No live line: polling'],
    [{ kind: 'refused', error: REFUSED }, 'lost', 'Disconnected by the server'],
    [{ kind: 'offline' }, 'lost', 'Disconnected: this device is offline'],
  ];
  it.each(rows)('%o', (status, tone, text) => {
    expect(lineWords(status, times)).toMatchObject({ tone, text });
  });

  it('spoken ones do not count seconds', () => {
    const spoken = (inSec: number) =>
      lineWords({ kind: 'reconnecting', inSec, lasting: false }, times).spoken;
    expect(spoken(4)).toBe(spoken(3));
  });
});

describe('words for the node', () => {
  const source = { name: 'zmq', state: 'connected', sinceSec: TIME_SEC - 90, detail: null };

  it('are those of the worst source', () => {
    const lost = { ...source, name: 'rpc', state: 'lost', detail: 'no answer' };
    expect(sourceWords([source, lost], false, TIME_SEC)).toEqual({
      tone: 'lost',
      text: 'rpc lost',
      detail: 'no answer',
    });
    const connecting = { ...source, state: 'connecting' };
    expect(sourceWords([connecting, lost], false, TIME_SEC).text).toBe('rpc lost');
    expect(sourceWords([source, connecting], false, TIME_SEC).text).toBe('zmq connecting');
    const troubled = { ...source, detail: 'blocks do not come' };
    expect(sourceWords([source, troubled], false, TIME_SEC)).toEqual({
      tone: 'wait',
      text: 'connected, with trouble',
      detail: 'blocks do not come',
    });
    expect(sourceWords([source], false, TIME_SEC)).toEqual({
      tone: 'good',
      text: 'connected',
      detail: 'for 1 min 30 s',
    });
  });

  it('say that a demo has none, and nothing when nothing is known', () => {
    expect(sourceWords([source], true, TIME_SEC).text).toBe('demo, no node');
    expect(sourceWords([], false, TIME_SEC).text).toBe('–');
  });
});

describe('words for the price', () => {
  const stateWith = (over: Partial<PriceUpdate>): Dashboard => {
    const state = new Dashboard();
    state.price = priceUpdate({ priceUsd: 87_412.5, ...over });
    return state;
  };
  const note = (state: Dashboard, status: LineStatus) => priceNote(state, status, numbers, times);

  it('say what it rests on, or what it waits for', () => {
    expect(note(stateWith({}), { kind: 'live' })).toBe('From 4,309 amounts, as of 10:00:05 UTC');
    expect(note(stateWith({}), { kind: 'offline' })).toBe(
      'Not live: this price is of 10:00:05 UTC',
    );
    const waits = stateWith({ ...WARMING_UP, sampleSize: 0 });
    expect(note(waits, { kind: 'warming-up' })).toBe('Waiting for mempool data');
    const warms = stateWith({ ...WARMING_UP, sampleSize: 312 });
    expect(note(warms, { kind: 'warming-up' })).toBe('Warming up: 312 amounts so far');
    expect(note(new Dashboard(), { kind: 'connecting' })).toBe('Connecting…');
  });

  it('stand in the title only while it is live', () => {
    expect(pageTitle(stateWith({}), { kind: 'live' }, numbers)).toBe('$87,413 · Tidegauge');
    expect(pageTitle(stateWith({}), { kind: 'polling' }, numbers)).toBe('$87,413 · Tidegauge');
    expect(pageTitle(stateWith({}), { kind: 'offline' }, numbers)).toBe('Tidegauge');
    const demo = stateWith({});
    demo.demo = true;
    expect(pageTitle(demo, { kind: 'live' }, numbers)).toBe('DEMO $87,413 · Tidegauge');
  });
});

describe('notice', () => {
  const healthWith = (over: object): Health => readHealth({ status: 'ok', ...over })!;

  it('is there for what needs a person, gravest first', () => {
    const state = new Dashboard();
    expect(noticeFor(state, { kind: 'live' })).toBeNull();
    state.serverError = 'RATE_LIMITED: slower';
    expect(noticeFor(state, { kind: 'live' })?.text).toContain('RATE_LIMITED: slower');
    const refused = noticeFor(state, { kind: 'refused', error: REFUSED });
    expect(refused?.action).toBe('connect');
    expect(refused?.text).toContain('closed the line with 4500: go.');
  });

  it('offers to load the page anew where the server is of another version', () => {
    const message = 'the server speaks protocol 2; this client: protocol 1';
    const error = new TidegaugeError('PROTOCOL_UNSUPPORTED', message, { fatal: true });
    const notice = noticeFor(new Dashboard(), { kind: 'refused', error });
    expect(notice?.action).toBe('reload');
    expect(notice?.text).toContain('the server speaks protocol 2');
  });

  it('says what a source lacks while the price waits for it', () => {
    const state = new Dashboard();
    const lost = { name: 'zmq', state: 'lost', sinceSec: null, detail: 'no answer' };
    state.takeHealth({ ...healthWith({}), sources: [lost] }, 0);
    expect(noticeFor(state, { kind: 'warming-up' })?.text).toBe('zmq: no answer');
    expect(noticeFor(state, { kind: 'stale', sinceSec: null })?.text).toBe('zmq: no answer');
    expect(noticeFor(state, { kind: 'live' })).toBeNull();
    expect(noticeFor(state, { kind: 'offline' })).toBeNull();
  });

  it('says calmly that the server is another version', () => {
    const state = new Dashboard(undefined, '0.1.0');
    state.takeHealth(healthWith({ version: '0.2.0' }), 0);
    const newer = 'The server now runs 0.2.0; this page is 0.1.0.';
    expect(noticeFor(state, { kind: 'live' })).toEqual({
      text: newer,
      action: 'reload',
      weight: 'calm',
    });
    state.takeHealth(healthWith({ version: '0.0.9' }), 0);
    const older = 'The server runs 0.0.9, which is older than this page (0.1.0).';
    expect(noticeFor(state, { kind: 'live' })?.text).toBe(older);
    state.serverError = 'graver';
    expect(noticeFor(state, { kind: 'live' })?.text).toContain('graver');
  });

  it('says why nobody is let in for now, where the server said so', () => {
    const state = new Dashboard();
    const reconnecting = { kind: 'reconnecting', inSec: 3, lasting: false } as const;
    expect(noticeFor(state, reconnecting)).toBeNull();
    const error = new TidegaugeError('UNAVAILABLE', 'the server is full');
    state.line = { ...IDLE, state: 'reconnecting', error };
    expect(noticeFor(state, reconnecting)).toEqual({
      text: 'Not connected: the server is full.',
      action: null,
      weight: 'usual',
    });
    expect(noticeFor(state, { kind: 'polling' })).toBeNull();
  });
});

describe('what is read out', () => {
  function listener() {
    const said: string[] = [];
    const announcer = new Announcer({
      sayLine: (text) => said.push(text),
      sayPrice: (text) => said.push(text),
    });
    return { said, announcer };
  }

  it('of the line: once it has settled, each state once', () => {
    const { said, announcer } = listener();
    for (const [text, atMs] of [
      ['Live', 0],
      ['Reconnecting', 1_000],
      ['Live', 2_000],
      ['Live', 3_400],
      ['Live', 3_500],
      ['Live', 9_000],
    ] as const) {
      announcer.line(text, atMs);
    }
    expect(said).toEqual(['Live']);
  });

  it('of the price: at most twice a minute, and only when it moved', () => {
    const { said, announcer } = listener();
    announcer.price(100_000, 'a', 0);
    announcer.price(105_000, 'b', 29_999);
    announcer.price(100_050, 'c', 30_000);
    announcer.price(100_200, 'd', 31_000);
    expect(said).toEqual(['a', 'd']);
  });
});
