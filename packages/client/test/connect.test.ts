/** What `connect` makes of the runtime's own means. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { connect, type FetchAnswer, type WebSocketLike } from '../src/index.ts';
import { settle } from './fakes/settle.ts';

/** A WebSocket as runtimes have it, as far as the client uses it. */
class StubWebSocket {
  static readonly all: StubWebSocket[] = [];
  readonly url: string;
  readonly offered: string[];
  readonly sent: string[] = [];
  isClosed = false;
  onopen: (event: object) => void = () => {};
  onmessage: (event: object) => void = () => {};
  onclose: (event: object) => void = () => {};
  /** Unheard errors end some runtimes. */
  onerror: (event: object) => void = () => {
    throw new Error('unheard');
  };

  constructor(url: string, protocols: string[]) {
    this.url = url;
    this.offered = protocols;
    StubWebSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.isClosed = true;
  }
}

const WebSocket = StubWebSocket as unknown as new (
  url: string,
  protocols: string[],
) => WebSocketLike;

function newest(): StubWebSocket {
  return StubWebSocket.all.at(-1)!;
}

function unreachable(): Promise<FetchAnswer> {
  return Promise.reject(new TypeError('fetch failed'));
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  StubWebSocket.all.length = 0;
});

describe('the WebSocket', () => {
  test('that was given is opened, spoken to, and closed', async () => {
    const tide = connect('ws://tide.example', { WebSocket, fetch: unreachable });
    const price = tide.price();
    await settle();
    const socket = newest();
    expect(socket.url).toMatch(/^ws:\/\/tide\.example\/ws\/mempool\?/);
    expect(socket.offered).toEqual([]);
    socket.onopen({});
    expect(JSON.parse(socket.sent[0]!)).toMatchObject({ subscribe: 'price' });
    const timestamp = Date.now() / 1000;
    const data = { price: 2, low: 1, high: 3, confidence: 0.5, sample_size: 9 };
    socket.onmessage({
      data: JSON.stringify({
        type: 'price_update',
        seq: 1,
        data: { ...data, status: 'live', timestamp },
      }),
    });
    expect(price.latest).toMatchObject({ priceUsd: 2, isLive: true });
    expect(price.latest!.ageMs).toBeLessThan(60_000);
    tide.close();
    expect(socket.isClosed).toBe(true);
  });

  test('that fails is told by its close; its error alone is nothing', async () => {
    const tide = connect('ws://tide.example', { WebSocket, fetch: unreachable });
    tide.price();
    await settle();
    newest().onerror({});
    expect(tide.status.state).toBe('connecting');
    newest().onclose({ code: 1006, reason: '' });
    expect(tide.status).toMatchObject({ state: 'reconnecting', failures: 1 });
    tide.close();
  });

  test('is the runtime’s own where none is given', async () => {
    vi.stubGlobal('WebSocket', StubWebSocket);
    const tide = connect('ws://tide.example');
    tide.heatmap(['A']);
    await settle();
    expect(newest().url).toContain('/ws/heatmap');
    tide.close();
  });
});

describe('fetch', () => {
  test('is the runtime’s own where none is given, without a `this` that it does not know', async () => {
    const asked: unknown[] = [];
    vi.stubGlobal('fetch', function fetch(this: unknown, url: string) {
      asked.push(this === undefined || this === globalThis, url);
      return unreachable();
    });
    const tide = connect('ws://tide.example', { WebSocket });
    tide.price();
    await settle();
    newest().onclose({ code: 1006, reason: '' });
    await settle();
    tide.close();
    expect(asked).toEqual([true, 'http://tide.example/ws/mempool']);
  });

  test('the WebSocket constructor that is given needs no global one', () => {
    vi.stubGlobal('WebSocket', undefined);
    connect('ws://tide.example', { WebSocket, fetch: unreachable }).close();
  });
});

describe('a page', () => {
  /** Counts who listens. */
  class CountedTarget extends EventTarget {
    visibilityState = 'hidden';
    listening = 0;

    override addEventListener(type: string, listener: () => void): void {
      this.listening += 1;
      super.addEventListener(type, listener);
    }

    override removeEventListener(type: string, listener: () => void): void {
      this.listening -= 1;
      super.removeEventListener(type, listener);
    }
  }

  /** What a page has of `globalThis`. */
  function page() {
    const target = new CountedTarget();
    const document = new CountedTarget();
    const navigator = { onLine: true };
    vi.stubGlobal('addEventListener', (type: string, listener: () => void) =>
      target.addEventListener(type, listener),
    );
    vi.stubGlobal('removeEventListener', (type: string, listener: () => void) =>
      target.removeEventListener(type, listener),
    );
    vi.stubGlobal('document', document);
    vi.stubGlobal('navigator', navigator);
    return { target, document, navigator };
  }

  async function cut(url = 'ws://tide.example') {
    const tide = connect(url, { WebSocket, fetch: unreachable });
    tide.price();
    await settle();
    newest().onclose({ code: 1006, reason: 'reconnect after 9000 ms' });
    return tide;
  }

  test('that comes online tries at once', async () => {
    const { target, navigator } = page();
    const tide = await cut();
    navigator.onLine = false;
    target.dispatchEvent(new Event('offline'));
    expect(tide.status).toMatchObject({ offline: true });
    navigator.onLine = true;
    target.dispatchEvent(new Event('online'));
    await settle();
    expect(StubWebSocket.all).toHaveLength(2);
    tide.close();
  });

  test('that is shown tries at once, not when it is hidden', async () => {
    const { document } = page();
    const tide = await cut();
    document.dispatchEvent(new Event('visibilitychange'));
    await settle();
    expect(StubWebSocket.all).toHaveLength(1);
    document.visibilityState = 'visible';
    document.dispatchEvent(new Event('visibilitychange'));
    await settle();
    expect(StubWebSocket.all).toHaveLength(2);
    tide.close();
  });

  test('is not listened to any more after the end', async () => {
    const { target, document } = page();
    const tide = await cut();
    expect([target.listening, document.listening]).toEqual([2, 1]);
    tide.close();
    expect([target.listening, document.listening]).toEqual([0, 0]);
  });

  test.each([
    ['ws://localhost:8000', false],
    ['ws://app.localhost', false],
    ['ws://127.0.0.1:8000', false],
    ['ws://127.5.4.3', false],
    ['ws://[::1]:8000', false],
    ['ws://192.168.0.4', true],
    ['ws://localhost.tide.example', true],
  ])('without a network: to %s nothing is tried is %s', async (url, offline) => {
    page().navigator.onLine = false;
    const tide = connect(url, { WebSocket, fetch: unreachable });
    tide.price();
    await settle();
    expect(tide.status.offline).toBe(offline);
    expect(StubWebSocket.all).toHaveLength(offline ? 0 : 1);
    tide.close();
  });
});

test('a worker that has neither document nor navigator is well', async () => {
  vi.stubGlobal('navigator', undefined);
  const tide = connect('ws://tide.example', { WebSocket, fetch: unreachable });
  tide.price();
  await settle();
  newest().onclose({ code: 1006, reason: '' });
  expect(tide.status.offline).toBe(false);
  tide.close();
});

test('waits by the runtime’s own timers, none of which is left', async () => {
  vi.useFakeTimers();
  const tide = connect('ws://tide.example', { WebSocket, fetch: unreachable });
  tide.price();
  await vi.advanceTimersByTimeAsync(0);
  newest().onclose({ code: 1006, reason: 'reconnect after 3000 ms' });
  await vi.advanceTimersByTimeAsync(3_000);
  expect(StubWebSocket.all).toHaveLength(2);
  newest().onopen({});
  expect(vi.getTimerCount()).toBeGreaterThan(0);
  tide.close();
  expect(vi.getTimerCount()).toBe(0);
});
