import { beforeEach, describe, expect, it } from 'vitest';
import { Dashboard } from '../src/model/dashboard.ts';
import { vouchesForPrice } from '../src/model/line-status.ts';
import type { LivePrice } from '../src/wire/incoming.ts';

const NOW_MS = 1_767_225_600_000;
const NOW_SEC = NOW_MS / 1000;
const PRICE: LivePrice = {
  priceUsd: 100_000,
  lowUsd: 99_000,
  highUsd: 101_000,
  confidence: 0.9,
  timestampSec: NOW_SEC,
  sampleSize: 10,
  status: 'live',
};

let state: Dashboard;
beforeEach(() => {
  state = new Dashboard();
  state.lineChanged({ kind: 'open', sinceMs: NOW_MS }, NOW_MS);
});

function takePrice(over: Partial<LivePrice> = {}, atMs = NOW_MS, demo = false): void {
  const timestampSec = atMs / 1000;
  state.take({ kind: 'price', demo, price: { ...PRICE, timestampSec, ...over } }, atMs);
}
function warn(code: string, sinceSec: number | null = null, atMs = NOW_MS): void {
  state.take({ kind: 'warning', code, message: '', source: 'zmq', sinceSec }, atMs);
}
const NOTHING = { priceUsd: null, lowUsd: null, highUsd: null, confidence: 0 } as const;

describe('state of the line', () => {
  it('is connecting until the first price, then live', () => {
    expect(state.status(NOW_MS)).toEqual({ kind: 'connecting' });
    takePrice();
    expect(state.status(NOW_MS)).toEqual({ kind: 'live' });
  });

  it('is warming up as long as there is no price', () => {
    takePrice({ ...NOTHING, status: 'warming_up' });
    expect(state.status(NOW_MS)).toEqual({ kind: 'warming-up' });
  });

  it('is silent when no price came for 5 s, counted in seconds', () => {
    takePrice();
    expect(state.status(NOW_MS + 5_000).kind).toBe('live');
    expect(state.status(NOW_MS + 5_001)).toEqual({ kind: 'silent', silentSec: 5 });
    expect(state.status(NOW_MS + 61_500)).toEqual({ kind: 'silent', silentSec: 61 });
    takePrice({}, NOW_MS + 62_000);
    expect(state.status(NOW_MS + 62_000).kind).toBe('live');
  });

  it('counts the silence of a line that never said anything from its opening', () => {
    expect(state.status(NOW_MS + 7_000)).toEqual({ kind: 'silent', silentSec: 7 });
  });

  it('does not take the price of the line before for one of this line', () => {
    takePrice();
    state.lineChanged({ kind: 'open', sinceMs: NOW_MS + 1_000 }, NOW_MS + 1_000);
    expect(state.status(NOW_MS + 1_000).kind).toBe('connecting');
  });

  it('is slow for 15 s after a warning', () => {
    takePrice({}, NOW_MS + 14_000);
    warn('SLOW_CONSUMER');
    expect(state.status(NOW_MS + 14_999).kind).toBe('slow');
    expect(state.status(NOW_MS + 15_000).kind).toBe('live');
  });

  it('counts down to the next try and calls it disconnected from the fifth failure on', () => {
    takePrice();
    const retryAtMs = NOW_MS + 7_400;
    state.lineChanged({ kind: 'waiting', retryAtMs, failures: 4 }, NOW_MS);
    expect(state.status(NOW_MS)).toEqual({ kind: 'reconnecting', inSec: 8, lasting: false });
    expect(state.status(retryAtMs + 50)).toMatchObject({ inSec: 0 });
    state.lineChanged({ kind: 'connecting', failures: 5 }, NOW_MS);
    expect(state.status(NOW_MS)).toEqual({ kind: 'reconnecting', inSec: null, lasting: true });
  });

  it('vouches for the price only while updates come', () => {
    const vouching = ['live', 'slow'];
    const kinds = [
      { kind: 'live' },
      { kind: 'slow' },
      { kind: 'stale', sinceSec: 1 },
      { kind: 'silent', silentSec: 6 },
      { kind: 'connecting' },
      { kind: 'reconnecting', inSec: 3, lasting: false },
      { kind: 'refused', code: 4500, reason: '' },
      { kind: 'offline' },
    ] as const;
    for (const status of kinds) {
      expect(vouchesForPrice(status)).toBe(vouching.includes(status.kind));
    }
  });
});

describe('stale source', () => {
  it('is stale since the warning says, whichever comes first', () => {
    warn('SOURCE_STALE', NOW_SEC - 60);
    takePrice();
    takePrice({ status: 'stale' });
    expect(state.status(NOW_MS)).toEqual({ kind: 'stale', sinceSec: NOW_SEC - 60 });
    state.lineChanged({ kind: 'open', sinceMs: NOW_MS }, NOW_MS);
    takePrice({ status: 'stale' });
    expect(state.status(NOW_MS)).toEqual({ kind: 'stale', sinceSec: NOW_SEC });
    warn('SOURCE_STALE', NOW_SEC - 90);
    takePrice({ status: 'stale' });
    expect(state.status(NOW_MS)).toEqual({ kind: 'stale', sinceSec: NOW_SEC - 90 });
  });

  it('is over with the next live price, and the next one has its own time', () => {
    warn('SOURCE_STALE', NOW_SEC - 60);
    takePrice({ status: 'stale' });
    takePrice();
    expect(state.status(NOW_MS).kind).toBe('live');
    takePrice({ status: 'stale' }, NOW_MS + 1_000);
    expect(state.status(NOW_MS + 1_000)).toEqual({ kind: 'stale', sinceSec: NOW_SEC + 1 });
  });

  it('that was lost before the page was opened is told by /health', () => {
    takePrice({ status: 'stale' });
    const lost = { name: 'zmq', state: 'lost', sinceSec: NOW_SEC - 300, detail: null };
    state.takeHealth({ ...EMPTY_HEALTH, sources: [lost] });
    takePrice({ status: 'stale' }, NOW_MS + 500);
    expect(state.status(NOW_MS + 500)).toEqual({ kind: 'stale', sinceSec: NOW_SEC - 300 });
  });

  it('breaks the line of the price and remembers when it was last live', () => {
    takePrice();
    takePrice({ status: 'stale' }, NOW_MS + 9_000);
    expect(state.priceHistory.length).toBe(2);
    expect(state.priceHistory.priceUsd(1)).toBeNaN();
    expect(state.priceLiveSec).toBe(NOW_SEC);
  });
});

describe('what is kept', () => {
  it('marks made-up data as long as it comes', () => {
    takePrice({}, NOW_MS, true);
    expect(state.demo).toBe(true);
    takePrice();
    expect(state.demo).toBe(false);
  });

  it('breaks the line of the price when the connection is lost', () => {
    takePrice();
    state.lineChanged({ kind: 'waiting', retryAtMs: 0, failures: 1 }, NOW_MS + 500);
    expect(state.priceHistory.priceUsd(1)).toBeNaN();
  });

  it('asks for the window after a gap', () => {
    const points = { kind: 'points', demo: false, points: [] } as const;
    expect(state.take({ ...points, seq: 1, whole: true }, NOW_MS)).toBe('none');
    expect(state.take({ ...points, seq: 3, whole: false }, NOW_MS)).toBe('ask-window');
  });

  it('takes only a whole window after a new connection', () => {
    const points = { kind: 'points', demo: false, points: [] } as const;
    state.take({ ...points, seq: 1, whole: true }, NOW_MS);
    expect(state.stream.waitsForWindow).toBe(false);
    state.lineChanged({ kind: 'open', sinceMs: NOW_MS }, NOW_MS);
    expect(state.stream.waitsForWindow).toBe(true);
  });

  it('tells the server’s time by the message that was quickest', () => {
    takePrice({ timestampSec: NOW_SEC + 9.9 });
    takePrice({ timestampSec: NOW_SEC + 9.2 });
    expect(state.clock.nowSec(NOW_MS + 1_000)).toBeCloseTo(NOW_SEC + 10.9);
    state.lineChanged({ kind: 'open', sinceMs: NOW_MS }, NOW_MS);
    takePrice({ timestampSec: NOW_SEC - 5 });
    expect(state.clock.nowSec(NOW_MS)).toBeCloseTo(NOW_SEC - 5);
  });

  it('replaces the confirmed points with each block', () => {
    const message = {
      kind: 'confirmed',
      demo: false,
      reading: PRICE,
      blockHeight: 5,
      blockTimeSec: NOW_SEC - 60,
    } as const;
    state.take({ ...message, points: [[NOW_SEC - 60, 1]] }, NOW_MS);
    state.take({ ...message, points: [[NOW_SEC - 60, 2]] }, NOW_MS);
    expect(state.confirmedPoints.length).toBe(1);
    expect(state.confirmedPoints.priceUsd(0)).toBe(2);
    expect(state.confirmedHistory.length).toBe(1);
    expect(state.block).toEqual({ height: 5, timeSec: NOW_SEC - 60 });
  });

  it('prefers the newer of the blocks that were pushed and polled', () => {
    const health = { lastBlock: { height: 4, timeSec: NOW_SEC - 600 } };
    state.takeHealth({ ...EMPTY_HEALTH, ...health });
    expect(state.block?.height).toBe(4);
    state.block = { height: 5, timeSec: NOW_SEC - 60 };
    state.takeHealth({ ...EMPTY_HEALTH, ...health });
    expect(state.block.height).toBe(5);
  });

  it('lets go of what is older than three hours, by the server’s clock', () => {
    takePrice({ timestampSec: NOW_SEC + 500 });
    state.mempoolPoints.push(NOW_SEC + 500 - 10_801, 1);
    state.mempoolPoints.push(NOW_SEC + 500 - 10_799, 2);
    state.forgetOld(NOW_MS);
    expect(state.mempoolPoints.length).toBe(1);
    expect(state.mempoolPoints.priceUsd(0)).toBe(2);
  });

  it('says so when the server speaks a newer protocol, until the next connection', () => {
    const hello = { kind: 'hello', server: 'x', timeSec: null, demo: false } as const;
    state.take({ ...hello, protocol: 1 }, NOW_MS);
    expect(state.newerProtocol).toBeNull();
    state.take({ ...hello, protocol: 2 }, NOW_MS);
    expect(state.newerProtocol).toBe(2);
    state.lineChanged({ kind: 'open', sinceMs: NOW_MS }, NOW_MS);
    expect(state.newerProtocol).toBeNull();
  });

  it('counts what it cannot use and goes on', () => {
    state.take({ kind: 'malformed', reason: 'x' }, NOW_MS);
    state.take({ kind: 'unknown', type: 'y' }, NOW_MS);
    takePrice();
    expect([state.malformedCount, state.unknownCount]).toEqual([1, 1]);
    expect(state.status(NOW_MS).kind).toBe('live');
  });
});

const EMPTY_HEALTH = {
  activeTxs: null,
  receivedTxs: null,
  filteredTxs: null,
  uptimeSec: null,
  demo: false,
  draining: false,
  sources: [],
  venues: [],
  lastBlock: null,
};
