/** Fakes for the hub's ports, and stand-ins for the feed and the log. */
import type {
  AmountHistogram,
  ConfirmedView,
  PriceEstimate,
  PricePoint,
  PriceStats,
} from '@tidegauge/onchain';
import { type Clock, systemClock } from '../src/clock.ts';
import type { Bundle } from '../src/hub/bundle.ts';
import type { ClientSocket, SocketEvents } from '../src/hub/client-socket.ts';
import type { HubOptions } from '../src/hub/hub.ts';
import { NO_STATS } from '../src/hub/hub-stats.ts';
import type { ChannelStates } from '../src/hub/publication.ts';
import { SendQueue } from '../src/hub/send-queue.ts';
import type { Client, SessionSettings } from '../src/hub/session.ts';
import type { Log } from '../src/log.ts';
import { type PriceCounters, PriceTally } from '../src/pipelines/price-counters.ts';
import type { PriceFeed } from '../src/pipelines/price-feed.ts';
import type { SourceStatus } from '../src/sources/source.ts';

/** A clock that stands until it is advanced. */
export class FakeClock implements Clock {
  ms = 1_000_000;
  #soon: (() => void)[] = [];
  #timers: { readonly dueMs: number; readonly callback: () => void }[] = [];

  nowSec(): number {
    return 1_767_225_600 + this.ms / 1000;
  }

  monotonicMs(): number {
    return this.ms;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.ms + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  /** Calls back in the next turn: before anything else that time brings. */
  soon(callback: () => void): void {
    this.#soon.push(callback);
  }

  /** Lets time pass, running what falls due in its order. */
  advance(ms: number): void {
    const endMs = this.ms + ms;
    for (;;) {
      while (this.#soon.length > 0) this.turn();
      const next = this.#timers.toSorted((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined || next.dueMs > endMs) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.ms = Math.max(this.ms, next.dueMs);
      next.callback();
    }
    while (this.#soon.length > 0) this.turn();
    this.ms = Math.max(this.ms, endMs);
  }

  /** One turn of the event loop: runs what is due soon. */
  turn(): void {
    for (const callback of this.#soon.splice(0)) callback();
  }

  get timers(): number {
    return this.#timers.length;
  }
}

type Json = Record<string, unknown>;

/** A socket that takes everything at once, until `stall`; then nothing leaves until `drain`. */
export class FakeSocket implements ClientSocket {
  readonly messages: Json[] = [];
  readonly buffers: Buffer[] = [];
  readonly writes: number[] = [];
  readonly pongs: string[] = [];
  pings = 0;
  answersPings = true;
  closeCode: number | null = null;
  closeReason = '';
  terminated = false;
  unsentBytes = 0;
  #stalled = false;
  #events: SocketEvents | null = null;

  listen(events: SocketEvents): void {
    this.#events = events;
  }

  get events(): SocketEvents {
    if (this.#events === null) throw new Error('nobody listens');
    return this.#events;
  }

  publish(bundle: Bundle): boolean {
    this.writes.push(bundle.publications.length);
    for (const { bytes } of bundle.publications) this.#take(bytes);
    return this.unsentBytes === 0;
  }

  send(text: string): void {
    this.writes.push(1);
    this.#take(Buffer.from(text));
  }

  #take(message: Buffer): void {
    this.buffers.push(message);
    this.messages.push(JSON.parse(message.toString()) as Json);
    if (this.#stalled) this.unsentBytes += message.length;
  }

  ping(): void {
    this.pings++;
    if (this.answersPings) this.events.pong();
  }

  pong(data: Buffer): void {
    this.pongs.push(data.toString());
  }

  close(code: number, reason: string): void {
    this.closeCode = code;
    this.closeReason = reason;
  }

  terminate(): void {
    this.terminated = true;
    this.events.closed(1006);
  }

  stall(): void {
    this.#stalled = true;
  }

  /** Everything leaves, and the socket is told so. */
  drain(): void {
    this.#stalled = false;
    if (this.unsentBytes === 0) return;
    this.unsentBytes = 0;
    this.events.drained();
  }

  receive(value: unknown): void {
    this.events.message(typeof value === 'string' ? value : JSON.stringify(value));
  }

  /** The messages since the last call. */
  take(): Json[] {
    return this.messages.splice(0);
  }
}

/** What a hub needs, with counts that go nowhere. */
export function hubParts(
  clock: FakeClock,
  log: Log = new FakeLog(),
  changes: Partial<SessionSettings> = {},
): HubOptions {
  return {
    clock,
    log,
    settings: {
      slowTimeoutMs: 1000,
      pendingBytesMax: 1_048_576,
      messagesPer10sMax: 100,
      ...changes,
    },
    stats: NO_STATS,
    sendQueue: new SendQueue({
      clock,
      soon: (callback) => clock.soon(callback),
      onBroadcast: () => {},
    }),
  };
}

/** The same in real time. */
export function realHubParts(log: Log, changes: Partial<SessionSettings> = {}): HubOptions {
  return {
    ...hubParts(new FakeClock(), log, changes),
    clock: systemClock,
    sendQueue: new SendQueue({ clock: systemClock, soon: setImmediate, onBroadcast: () => {} }),
  };
}

export const NOTHING_PUBLISHED: ChannelStates = {
  epoch: 'k3x9',
  current: () => null,
  since: () => [],
};

/** A client without a name, from one address. */
export const SOMEBODY: Client = {
  address: '203.0.113.7',
  addressKey: '203.0.113.7',
  wantsHello: false,
  wantsDefault: true,
  expiresSec: null,
  sessionId: null,
};

export interface LogLine {
  readonly level: string;
  readonly fields: Json;
  readonly message: string;
}

export class FakeLog implements Log {
  readonly lines: LogLine[] = [];
  debug(fields: object, message: string): void {
    this.#add('debug', fields, message);
  }
  info(fields: object, message: string): void {
    this.#add('info', fields, message);
  }
  warn(fields: object, message: string): void {
    this.#add('warn', fields, message);
  }
  error(fields: object, message: string): void {
    this.#add('error', fields, message);
  }
  events(name: string): Json[] {
    return this.lines.filter(({ fields }) => fields.event === name).map(({ fields }) => fields);
  }
  #add(level: string, fields: object, message: string): void {
    this.lines.push({ level, fields: fields as Json, message });
  }
}

export const LIVE: PriceEstimate = {
  priceUsd: 87_412.5,
  lowUsd: 87_210.1,
  highUsd: 87_603.9,
  confidence: 0.94,
  sampleSize: 4309,
  status: 'live',
};

export const WARMING: PriceEstimate = {
  priceUsd: null,
  lowUsd: null,
  highUsd: null,
  confidence: 0,
  sampleSize: 0,
  status: 'warming_up',
};

/** A feed whose values are set by hand and which keeps every point. */
export class FakeFeed implements PriceFeed {
  reading: PriceEstimate = LIVE;
  counts: PriceStats = { received: 12_543, filtered: 8234, activeInWindow: 4309 };
  bars: AmountHistogram = { binsBtc: [0.001, 0.01, 0.1], counts: [5, 6, 7] };
  view: ConfirmedView | null = null;
  readonly #points: PricePoint[] = [];
  #taken = 0;

  /** Adds points that tell each other apart by their price. */
  add(count: number): void {
    for (let i = 0; i < count; i++) {
      const number = this.#points.length;
      const timeSec = 1_767_225_600 + number / 10;
      this.#points.push({ timeSec, priceUsd: 50_000 + number, amountSats: 1000 + number });
    }
  }

  estimate(): PriceEstimate {
    return this.reading;
  }

  stats(): PriceStats {
    return this.counts;
  }

  points(limit: number): readonly PricePoint[] {
    return this.#points.slice(-limit);
  }

  takeNewPoints(): readonly PricePoint[] {
    const fresh = this.#points.slice(this.#taken);
    this.#taken = this.#points.length;
    return fresh;
  }

  histogram(): AmountHistogram {
    return this.bars;
  }

  confirmed(): ConfirmedView | null {
    return this.view;
  }
}

/** Counters of a pipeline that has seen nothing but what is given. */
export function priceCounters(changes: Partial<PriceCounters> = {}): PriceCounters {
  return { ...new PriceTally().read(), ...changes };
}

export function sourceStatus(changes: Partial<SourceStatus> = {}): SourceStatus {
  return {
    name: 'stand-in',
    state: 'connected',
    sinceSec: 1_767_225_600,
    lastFrameSec: 1_767_225_601,
    frames: 7,
    missed: 0,
    dropped: 0,
    malformed: 0,
    detail: null,
    ...changes,
  };
}
