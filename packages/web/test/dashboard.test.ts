import { type FeedStatus, type PriceUpdate, TidegaugeError } from '@tidegauge/client';
import { beforeEach, describe, expect, it } from 'vitest';
import { Dashboard } from '../src/model/dashboard.ts';
import { IDLE, vouchesForPrice } from '../src/model/line-status.ts';
import {
  confirmedUpdate,
  point,
  pointsUpdate,
  priceUpdate,
  TIME_MS,
  TIME_SEC,
  WARMING_UP,
} from './updates.ts';

let state: Dashboard;
beforeEach(() => {
  state = new Dashboard();
  line({ state: 'live' });
});

function line(over: Partial<FeedStatus>, atMs = TIME_MS): void {
  state.lineChanged({ ...IDLE, ...over }, atMs);
}
function takePrice(over: Partial<PriceUpdate> = {}, atMs = TIME_MS): void {
  state.takePrice(priceUpdate({ asOfMs: atMs, ...over }), atMs);
}
function warn(code: string, sinceMs: number | null = null): void {
  const feed = 'mempool';
  state.takeWarning({ code, message: '', feed, source: 'zmq', sinceMs, droppedMessages: null });
}

describe('state of the line', () => {
  it('is connecting until the first price, then live', () => {
    expect(state.status(TIME_MS)).toEqual({ kind: 'connecting' });
    takePrice();
    expect(state.status(TIME_MS)).toEqual({ kind: 'live' });
  });

  it('is connecting before anything was asked for, and with the first try', () => {
    for (const name of ['idle', 'connecting'] as const) {
      line({ state: name });
      expect(state.status(TIME_MS)).toEqual({ kind: 'connecting' });
    }
  });

  it('is warming up as long as there is no price', () => {
    takePrice(WARMING_UP);
    expect(state.status(TIME_MS)).toEqual({ kind: 'warming-up' });
  });

  it('is silent when no price came for 5 s, counted in seconds', () => {
    takePrice();
    expect(state.status(TIME_MS + 5_000).kind).toBe('live');
    expect(state.status(TIME_MS + 5_001)).toEqual({ kind: 'silent', silentSec: 5 });
    expect(state.status(TIME_MS + 61_500)).toEqual({ kind: 'silent', silentSec: 61 });
    takePrice({}, TIME_MS + 62_000);
    expect(state.status(TIME_MS + 62_000).kind).toBe('live');
  });

  it('counts the silence of a line that never said anything from its opening', () => {
    expect(state.status(TIME_MS + 7_000)).toEqual({ kind: 'silent', silentSec: 7 });
  });

  it('does not take the price of the line before for one of this line', () => {
    takePrice({ isLive: false });
    expect(state.status(TIME_MS).kind).toBe('connecting');
  });

  it('is slow or polling as long as the client says so', () => {
    takePrice();
    for (const name of ['slow', 'polling', 'live'] as const) {
      line({ state: name });
      expect(state.status(TIME_MS).kind).toBe(name);
    }
  });

  it('counts down to the next try and calls it disconnected from the fifth failure on', () => {
    takePrice();
    const retryAtMs = TIME_MS + 7_400;
    line({ state: 'reconnecting', retryAtMs, failures: 4 });
    expect(state.status(TIME_MS)).toEqual({ kind: 'reconnecting', inSec: 8, lasting: false });
    expect(state.status(retryAtMs + 50)).toMatchObject({ inSec: 0 });
    line({ state: 'reconnecting', failures: 5 });
    expect(state.status(TIME_MS)).toEqual({ kind: 'reconnecting', inSec: null, lasting: true });
  });

  it('is offline where the device says so', () => {
    line({ state: 'reconnecting', offline: true, failures: 1 });
    expect(state.status(TIME_MS)).toEqual({ kind: 'offline' });
  });

  it('is refused when the server closed it for good, and closed when this page did', () => {
    const error = new TidegaugeError('REFUSED', 'no', { fatal: true, closeCode: 4500 });
    line({ state: 'closed', error });
    expect(state.status(TIME_MS)).toEqual({ kind: 'refused', error });
    line({ state: 'closed' });
    expect(state.status(TIME_MS)).toEqual({ kind: 'closed' });
  });

  it('vouches for the price only while updates come', () => {
    const vouching = ['live', 'slow', 'polling'];
    const kinds = [
      { kind: 'live' },
      { kind: 'slow' },
      { kind: 'polling' },
      { kind: 'stale', sinceSec: 1 },
      { kind: 'silent', silentSec: 6 },
      { kind: 'connecting' },
      { kind: 'reconnecting', inSec: 3, lasting: false },
      { kind: 'refused', error: new TidegaugeError('REFUSED', 'no') },
      { kind: 'offline' },
    ] as const;
    for (const status of kinds) {
      expect(vouchesForPrice(status)).toBe(vouching.includes(status.kind));
    }
  });
});

describe('stale source', () => {
  it('is stale since the warning says, whichever comes first', () => {
    warn('SOURCE_STALE', TIME_MS - 60_000);
    takePrice();
    takePrice({ status: 'stale' });
    expect(state.status(TIME_MS)).toEqual({ kind: 'stale', sinceSec: TIME_SEC - 60 });
    line({ state: 'reconnecting' });
    line({ state: 'live' });
    takePrice({ status: 'stale', asOfMs: TIME_MS - 70_000 });
    expect(state.status(TIME_MS)).toEqual({ kind: 'stale', sinceSec: TIME_SEC - 70 });
    warn('SOURCE_STALE', TIME_MS - 90_000);
    takePrice({ status: 'stale' });
    expect(state.status(TIME_MS)).toEqual({ kind: 'stale', sinceSec: TIME_SEC - 90 });
  });

  it('is stale from the warning on: the price on screen is not that of now', () => {
    takePrice({ isLive: false });
    warn('SOURCE_STALE', TIME_MS - 5_000);
    expect(state.status(TIME_MS)).toEqual({ kind: 'stale', sinceSec: TIME_SEC - 5 });
  });

  it('is over with the next live price, and the next one has its own time', () => {
    warn('SOURCE_STALE', TIME_MS - 60_000);
    takePrice({ status: 'stale' });
    takePrice();
    expect(state.status(TIME_MS).kind).toBe('live');
    takePrice({ status: 'stale' }, TIME_MS + 1_000);
    expect(state.status(TIME_MS + 1_000)).toEqual({ kind: 'stale', sinceSec: TIME_SEC + 1 });
  });

  it('that was lost before the page was opened is told by /health', () => {
    takePrice({ status: 'stale' });
    const lost = { name: 'zmq', state: 'lost', sinceSec: TIME_SEC - 300, detail: null };
    state.takeHealth({ ...EMPTY_HEALTH, sources: [lost] }, TIME_MS);
    takePrice({ status: 'stale' }, TIME_MS + 500);
    expect(state.status(TIME_MS + 500)).toEqual({ kind: 'stale', sinceSec: TIME_SEC - 300 });
  });

  it('breaks the line of the price', () => {
    takePrice();
    takePrice({ status: 'stale', asOfMs: TIME_MS, ageMs: 9_000 }, TIME_MS + 9_000);
    expect(state.priceHistory.length).toBe(2);
    expect(state.priceHistory.priceUsd(1)).toBeNaN();
    expect(state.priceHistory.timeSec(1)).toBe(TIME_SEC + 9);
  });
});

describe('what is kept', () => {
  it('marks made-up data as long as it comes', () => {
    takePrice({ demo: true });
    expect(state.demo).toBe(true);
    takePrice();
    expect(state.demo).toBe(false);
  });

  it('breaks the line of the price when the connection is lost', () => {
    takePrice({ ageMs: 500 });
    line({ state: 'reconnecting', failures: 1 }, TIME_MS + 500);
    expect(state.priceHistory.priceUsd(1)).toBeNaN();
    expect(state.priceHistory.timeSec(1)).toBe(TIME_SEC + 0.5);
  });

  it('goes on with the line of the price when only the way changes', () => {
    takePrice();
    line({ state: 'polling' });
    line({ state: 'live' });
    expect(state.priceHistory.length).toBe(1);
  });

  it('adds the points that are new, and replaces them with a whole window', () => {
    state.takePoints(pointsUpdate(true, point(TIME_SEC - 2, 1, 0), point(TIME_SEC - 1, 2, 0.5)));
    state.takePoints(pointsUpdate(false, point(TIME_SEC, 3)));
    expect(pointsOf(state)).toEqual([
      [TIME_SEC - 2, 1, Number.NaN],
      [TIME_SEC - 1, 2, 0.5],
      [TIME_SEC, 3, Number.NaN],
    ]);
    state.takePoints(pointsUpdate(true, point(TIME_SEC, 4)));
    expect(pointsOf(state)).toEqual([[TIME_SEC, 4, Number.NaN]]);
  });

  it('takes back with the line what only the server behind it said', () => {
    state.serverError = 'RATE_LIMITED: slower';
    line({ state: 'polling' });
    expect(state.serverError).not.toBeNull();
    line({ state: 'reconnecting' });
    expect(state.serverError).toBeNull();
  });

  it('replaces the confirmed points with each block', () => {
    state.takeConfirmed(confirmedUpdate({ points: [point(TIME_SEC - 60, 1)] }));
    state.takeConfirmed(confirmedUpdate({ points: [point(TIME_SEC - 60, 2)] }));
    expect(state.confirmedPoints.length).toBe(1);
    expect(state.confirmedPoints.priceUsd(0)).toBe(2);
    expect(state.confirmedPoints.placeSec(0)).toBeLessThan(TIME_SEC - 60);
    expect(state.confirmedHistory.length).toBe(1);
    expect(state.block).toEqual({ height: 5, timeSec: TIME_SEC - 60 });
  });

  it('takes no block for the present, whose time may lie ahead', () => {
    takePrice();
    const blockTimeMs = TIME_MS + 7_200_000;
    state.takeConfirmed(confirmedUpdate({ asOfMs: blockTimeMs, ageMs: 0, blockTimeMs }));
    expect(state.clock.nowSec(0)).toBe(TIME_SEC);
  });

  it('prefers the newer of the blocks that were pushed and polled', () => {
    const health = { lastBlock: { height: 4, timeSec: TIME_SEC - 600 } };
    state.takeHealth({ ...EMPTY_HEALTH, ...health }, TIME_MS);
    expect(state.block?.height).toBe(4);
    state.block = { height: 5, timeSec: TIME_SEC - 60 };
    state.takeHealth({ ...EMPTY_HEALTH, ...health }, TIME_MS);
    expect(state.block.height).toBe(5);
  });

  it('lets the uptime run on by the age of the answer, until the line is lost', () => {
    expect(state.uptimeSec(TIME_MS)).toBeNull();
    state.takeHealth({ ...EMPTY_HEALTH, uptimeSec: 17 }, TIME_MS);
    expect(state.uptimeSec(TIME_MS + 4_000)).toBe(21);
    line({ state: 'reconnecting' }, TIME_MS + 6_000);
    expect(state.uptimeSec(TIME_MS + 60_000)).toBe(23);
    line({ state: 'live' }, TIME_MS + 70_000);
    state.takeHealth({ ...EMPTY_HEALTH, uptimeSec: 2 }, TIME_MS + 70_000);
    expect(state.uptimeSec(TIME_MS + 71_000)).toBe(3);
  });

  it('takes an answer about the server for what holds for 15 s, and the uptime stops with it', () => {
    expect(state.isHealthFresh(TIME_MS)).toBe(false);
    state.takeHealth({ ...EMPTY_HEALTH, uptimeSec: 10 }, TIME_MS);
    expect(state.isHealthFresh(TIME_MS + 14_999)).toBe(true);
    expect(state.isHealthFresh(TIME_MS + 15_001)).toBe(false);
    expect(state.uptimeSec(TIME_MS + 60_000)).toBe(25);
  });

  it('knows nothing of a server that was reached anew before that was asked', () => {
    state.takeHealth({ ...EMPTY_HEALTH, uptimeSec: 10 }, TIME_MS);
    line({ state: 'reconnecting' }, TIME_MS + 1_000);
    expect(state.isHealthFresh(TIME_MS + 1_000)).toBe(false);
    line({ state: 'live' }, TIME_MS + 3_000);
    expect(state.isHealthFresh(TIME_MS + 3_000)).toBe(false);
    expect(state.uptimeSec(TIME_MS + 3_000)).toBe(11);
    // Asked of the one before, and late.
    state.takeHealth({ ...EMPTY_HEALTH, uptimeSec: 11 }, TIME_MS + 900);
    expect(state.isHealthFresh(TIME_MS + 3_000)).toBe(false);
    state.takeHealth({ ...EMPTY_HEALTH, uptimeSec: 1 }, TIME_MS + 3_000);
    expect(state.isHealthFresh(TIME_MS + 4_000)).toBe(true);
  });

  it('tells a server of another version, until that was put away', () => {
    const page = new Dashboard(undefined, '0.1.0');
    const other = (version: string | null) => {
      page.takeHealth({ ...EMPTY_HEALTH, version }, TIME_MS);
      return page.otherVersion;
    };
    expect(page.otherVersion).toBeNull();
    expect(other(null)).toBeNull();
    expect(other('0.1.0')).toBeNull();
    expect(other('0.2.0')).toEqual({ server: '0.2.0', page: '0.1.0', isNewer: true });
    page.seenVersion = '0.2.0';
    expect(page.otherVersion).toBeNull();
    expect(other('0.3.0')).toMatchObject({ server: '0.3.0' });
  });

  it('keeps what has left the window of the server, which tells of three hours', () => {
    const early = point(TIME_SEC - 10_900, 1);
    state.takePoints(pointsUpdate(true, early, point(TIME_SEC - 60, 2)));
    state.takePoints({ ...pointsUpdate(true, point(TIME_SEC, 3)), asOfMs: TIME_MS });
    expect(pointsOf(state).map(([timeSec]) => timeSec)).toEqual([TIME_SEC - 10_900, TIME_SEC]);
    state.takeConfirmed(confirmedUpdate({ points: [early, point(TIME_SEC - 9_000, 2)] }));
    state.takeConfirmed(confirmedUpdate({ points: [point(TIME_SEC - 9_000, 3)] }));
    expect(state.confirmedPoints.length).toBe(2);
    expect(state.confirmedPoints.priceUsd(1)).toBe(3);
    // A block follows the one before it also where the server does not know that one any more.
    expect(state.confirmedPoints.placeSec(1)).toBeLessThan(TIME_SEC - 9_000 - 600);
  });

  it('takes the word of the server for all that it tells, also of a block from the future', () => {
    const blockTimeMs = TIME_MS + 7_200_000;
    const points = [point(TIME_SEC - 9_000, 1), point(TIME_SEC + 7_200, 2)];
    for (let i = 0; i < 2; i += 1) {
      state.takeConfirmed(confirmedUpdate({ asOfMs: blockTimeMs, ageMs: 0, blockTimeMs, points }));
    }
    expect(state.confirmedPoints.length).toBe(2);
  });

  it('lets go of what is older than a day, by the server’s clock', () => {
    takePrice({ asOfMs: TIME_MS + 500_000 });
    state.mempoolPoints.push(TIME_SEC + 500 - 86_401, 1);
    state.mempoolPoints.push(TIME_SEC + 500 - 86_399, 2);
    state.forgetOld(TIME_MS);
    expect(state.mempoolPoints.length).toBe(1);
    expect(state.mempoolPoints.priceUsd(0)).toBe(2);
  });

  it('never shows what was made up together with what was not', () => {
    takePrice({ demo: true });
    state.takePoints({ ...pointsUpdate(true, point(TIME_SEC - 10_900, 1)), demo: true });
    expect(state.mempoolPoints.length).toBe(1);
    takePrice({}, TIME_MS + 1_000);
    expect([state.demo, state.mempoolPoints.length, state.priceHistory.length]).toEqual([
      false,
      0,
      1,
    ]);
  });

  it('never shows a price that was made up on a server whose prices are not', () => {
    takePrice({ demo: true });
    state.takeConfirmed(confirmedUpdate({ demo: true }));
    takePrice(WARMING_UP, TIME_MS + 1_000);
    expect([state.demo, state.confirmed, state.block]).toEqual([false, null, null]);
    state.takePoints({ ...pointsUpdate(true), demo: true });
    expect(state.price).toBeNull();
  });
});

function pointsOf({ mempoolPoints: ring }: Dashboard): number[][] {
  return Array.from({ length: ring.length }, (_, i) => [
    ring.timeSec(i),
    ring.priceUsd(i),
    ring.amountBtc(i),
  ]);
}

const EMPTY_HEALTH = {
  activeTxs: null,
  receivedTxs: null,
  filteredTxs: null,
  uptimeSec: null,
  sources: [],
  venues: [],
  lastBlock: null,
  version: null,
};
