/**
 * Hours of updates in minutes: a page whose time is led, and its timers with it, and this process,
 * so that a stand-in speaks of the same time. Frames come when they really come.
 */
import type { CDPSession, Page } from 'playwright-core';

interface Led {
  /** Messages of the price that came over WebSockets, answers to pings not among them. */
  received: number;
  /** Lets time pass and runs the timers that fall due, in their order. */
  pass(ms: number): void;
}

/** The time of this process and of the pages that follow it. */
export class LedClock {
  readonly #realNow = Date.now;
  readonly #pages: Page[] = [];
  #nowMs: number;

  /** @param startMs the time at first, since 1970 */
  constructor(startMs: number) {
    this.#nowMs = startMs;
    Date.now = () => this.#nowMs;
  }

  /** Before the page is opened. */
  async lead(page: Page): Promise<void> {
    await page.addInitScript(replaceClock, this.#nowMs);
    this.#pages.push(page);
  }

  /**
   * Lets time pass everywhere.
   *
   * @param received how many messages of the price a page has to have before its time passes
   */
  async pass(ms: number, received = 0): Promise<void> {
    this.#nowMs += ms;
    await Promise.all(this.#pages.map((page) => passTime(page, ms, received)));
  }

  /** Lets time pass in small steps until a page shows an element. */
  async passUntil(page: Page, selector: string): Promise<void> {
    while ((await page.locator(selector).count()) === 0) await this.pass(20);
  }

  /** Gives this process its own time back. */
  release(): void {
    Date.now = this.#realNow;
  }
}

function passTime(page: Page, ms: number, received: number): Promise<void> {
  return page.evaluate(
    async ([passMs, wanted]) => {
      const { led } = globalThis as unknown as { led: Led };
      const { port1, port2 } = new MessageChannel();
      while (led.received < wanted) {
        await new Promise((resolve) => {
          port1.onmessage = resolve;
          port2.postMessage(null);
        });
      }
      port1.close();
      led.pass(passMs);
    },
    [ms, received] as const,
  );
}

/** Runs in the page, and so uses nothing from outside itself. */
function replaceClock(startMs: number): void {
  const RealDate = Date;
  const RealSocket = WebSocket;
  const timers = new Map<number, { readonly dueMs: number; readonly run: () => void }>();
  let nowMs = 0;
  let lastId = 0;

  class LedDate extends RealDate {
    constructor(...parts: readonly unknown[]) {
      super(...((parts.length === 0 ? [startMs + nowMs] : parts) as [number]));
    }
    static override now(): number {
      return startMs + nowMs;
    }
  }
  class CountedSocket extends RealSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      if (!String(url).includes('/ws/mempool')) return;
      this.addEventListener('message', ({ data }: MessageEvent<string>) => {
        // How often the client asks whether somebody is there is its own matter.
        if (!data.startsWith('{"type":"pong"')) led.received += 1;
      });
    }
  }
  const led: Led = {
    received: 0,
    pass(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        let nextId = 0;
        let nextMs = untilMs;
        for (const [id, { dueMs }] of timers) {
          if (dueMs > nextMs || (dueMs === nextMs && nextId > 0)) continue;
          nextId = id;
          nextMs = dueMs;
        }
        if (nextId === 0) break;
        const { run } = timers.get(nextId)!;
        timers.delete(nextId);
        nowMs = Math.max(nowMs, nextMs);
        run();
      }
      nowMs = untilMs;
    },
  };
  Object.assign(globalThis, {
    led,
    Date: LedDate,
    WebSocket: CountedSocket,
    setTimeout(run: (...values: unknown[]) => void, delayMs = 0, ...values: unknown[]): number {
      lastId += 1;
      timers.set(lastId, { dueMs: nowMs + delayMs, run: () => run(...values) });
      return lastId;
    },
    clearTimeout: (id: number) => void timers.delete(id),
  });
  performance.now = () => nowMs;
}

/** What a page holds after all garbage was collected. */
export interface Held {
  /** Objects of the script, what the browser keeps for them, and array buffers, bytes. */
  readonly heapBytes: number;
  readonly nodes: number;
  readonly listeners: number;
}

export async function heldBy(session: CDPSession): Promise<Held> {
  await session.send('HeapProfiler.enable');
  await session.send('Performance.enable');
  // What a finalizer lets go of is only garbage the second time.
  for (let i = 0; i < 2; i += 1) await session.send('HeapProfiler.collectGarbage');
  const { usedSize, embedderHeapUsedSize, backingStorageSize } =
    await session.send('Runtime.getHeapUsage');
  const { metrics } = await session.send('Performance.getMetrics');
  const metric = (wanted: string): number =>
    metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
  return {
    heapBytes: usedSize + embedderHeapUsedSize + backingStorageSize,
    nodes: metric('Nodes'),
    listeners: metric('JSEventListeners'),
  };
}
