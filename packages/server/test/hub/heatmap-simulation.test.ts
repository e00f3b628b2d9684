import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Bundle } from '../../src/hub/bundle.ts';
import { TURN_SLACK_MS } from '../../src/hub/limits.ts';
import { type FakeClock, FakeSocket } from '../hub-fakes.ts';
import { HeatmapBench, SYMBOLS } from './heatmap-fakes.ts';

/**
 * Any order of joins, subscriptions, changes of data, late timers, stalls, drains and cuts. What
 * holds for every client and symbol: sequences rise, nothing that it has is sent again, nothing
 * sooner than its interval after the last, nothing that it did not ask for; whoever drains in the
 * end has the newest map, and then hears no more.
 */
type Step =
  | { readonly do: 'pass'; readonly ms: number; readonly lateMs: number }
  | { readonly do: 'change'; readonly symbol: string }
  | { readonly do: 'touch'; readonly symbol: string }
  | { readonly do: 'poll'; readonly symbol: string }
  | { readonly do: 'join' }
  | {
      readonly do: 'subscribe';
      readonly who: number;
      readonly symbols: readonly string[];
      readonly intervalSec: number;
      readonly resumes: boolean;
    }
  | { readonly do: 'unsubscribe'; readonly who: number; readonly symbols: readonly string[] }
  | { readonly do: 'stall' | 'drain' | 'leave'; readonly who: number };

const who = fc.nat({ max: 3 });
const symbol = fc.constantFrom(...SYMBOLS);
const symbols = fc.uniqueArray(symbol, { minLength: 1, maxLength: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.oneof(fc.nat({ max: 400 }), fc.nat({ max: 9_000 })),
      lateMs: fc.oneof(fc.constant(0), fc.nat({ max: TURN_SLACK_MS }), fc.nat({ max: 250 })),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('change', 'change', 'touch', 'poll'), symbol }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('join' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('subscribe' as const),
      who,
      symbols,
      intervalSec: fc.constantFrom(1, 1.5, 5, 60),
      resumes: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unsubscribe' as const), who, symbols }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('stall', 'drain'), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), who }) },
);

/** What a client knows of a symbol that it is subscribed to. */
interface Held {
  intervalSec: number;
  /** The shortest that held since the last map came. */
  shortestSec: number;
  last: { readonly seq: number; readonly atMs: number; readonly data: string } | null;
}

/** Keeps the moment of each message beside it. */
class TimedSocket extends FakeSocket {
  readonly #clock: FakeClock;
  readonly #timesMs: number[] = [];

  constructor(clock: FakeClock) {
    super();
    this.#clock = clock;
  }

  override publish(bundle: Bundle): void {
    super.publish(bundle);
    for (const _ of bundle.publications) this.#timesMs.push(this.#clock.ms);
  }

  override send(text: string): void {
    super.send(text);
    this.#timesMs.push(this.#clock.ms);
  }

  takeTimed(): { readonly message: Record<string, unknown>; readonly atMs: number }[] {
    const timesMs = this.#timesMs.splice(0);
    return this.take().map((message, index) => ({ message, atMs: timesMs[index]! }));
  }
}

class Client {
  readonly socket: TimedSocket;
  readonly held: Map<string, Held> = new Map();
  /** Of every symbol that it ever had: what it can resume from. */
  readonly positions: Map<string, { readonly epoch: string; readonly seq: number }> = new Map();

  constructor(clock: FakeClock) {
    this.socket = new TimedSocket(clock);
  }

  subscribe(names: readonly string[], intervalSec: number, resumes: boolean): void {
    for (const name of names) {
      const held = this.held.get(name);
      if (held === undefined) {
        this.held.set(name, { intervalSec, shortestSec: intervalSec, last: null });
      } else {
        held.intervalSec = intervalSec;
        held.shortestSec = Math.min(held.shortestSec, intervalSec);
      }
    }
    const resume = resumes ? Object.fromEntries(this.positions) : undefined;
    const request = { action: 'subscribe', symbols: names, update_interval: intervalSec, resume };
    this.socket.receive(request);
  }

  unsubscribe(names: readonly string[]): void {
    for (const name of names) this.held.delete(name);
    this.socket.receive({ action: 'unsubscribe', symbols: names });
  }

  read(): void {
    for (const { message, atMs } of this.socket.takeTimed()) {
      if (message.type !== 'snapshot') continue;
      const [name, seq] = [String(message.symbol), Number(message.seq)];
      const held = this.held.get(name);
      if (held === undefined) throw new Error(`${name} was not asked for`);
      const data = JSON.stringify(message.data);
      if (held.last !== null) {
        expect(seq).toBeGreaterThan(held.last.seq);
        expect(data).not.toBe(held.last.data);
        const least = held.shortestSec * 1000 - TURN_SLACK_MS;
        expect(atMs - held.last.atMs).toBeGreaterThanOrEqual(least);
      }
      expect(seq).toBeGreaterThanOrEqual(this.positions.get(name)?.seq ?? 1);
      held.last = { seq, atMs, data };
      held.shortestSec = held.intervalSec;
      this.positions.set(name, { epoch: 'k3x9', seq });
    }
  }
}

class Simulation {
  readonly bench: HeatmapBench = new HeatmapBench(SYMBOLS, {
    slowTimeoutMs: 1e9,
    pendingBytesMax: 1e9,
    messagesPer10sMax: 1e6,
  });
  readonly clients: Client[] = [];

  take(next: Step): void {
    const { bench, clients } = this;
    if (next.do === 'pass') this.pass(next.ms, next.lateMs);
    else if (next.do === 'change') {
      bench.feed.set(next.symbol, bench.feed.versionOf(next.symbol) + 1);
    } else if (next.do === 'touch') {
      const version = bench.feed.versionOf(next.symbol);
      if (version > 0) bench.feed.set(next.symbol, version, { timeSec: bench.clock.nowSec() });
    } else if (next.do === 'poll') {
      bench.channels.current(next.symbol);
    } else if (next.do === 'join') {
      const client = new Client(bench.clock);
      clients.push(client);
      const from = {
        address: 'a',
        addressKey: 'a',
        wantsHello: false,
        expiresSec: null,
        sessionId: null,
      };
      bench.hub.join(client.socket, from, bench.endpoint);
    } else {
      this.#steer(next);
    }
    this.#read();
  }

  #steer(next: Extract<Step, { readonly who: number }>): void {
    const client = this.clients[next.who];
    if (client === undefined) return;
    if (next.do === 'subscribe') client.subscribe(next.symbols, next.intervalSec, next.resumes);
    else if (next.do === 'unsubscribe') client.unsubscribe(next.symbols);
    else if (next.do === 'stall') client.socket.stall();
    else if (next.do === 'drain') client.socket.drain();
    else {
      client.socket.events.closed(1001);
      this.clients.splice(next.who, 1);
    }
  }

  /** Time passes in turns; what fires is late by as much. Everybody answers pings. */
  pass(ms: number, lateMs: number): void {
    const { clock } = this.bench;
    const endMs = clock.ms + ms;
    while (clock.ms < endMs) {
      clock.ms += lateMs;
      clock.advance(Math.min(100, Math.max(1, endMs - clock.ms)));
      for (const { socket } of this.clients) socket.events.pong();
      this.#read();
    }
  }

  #read(): void {
    for (const client of this.clients) client.read();
  }

  settle(): void {
    for (const { socket } of this.clients) socket.drain();
    this.#read();
    this.pass(61_000, 0);
  }
}

test('every client has the newest maps in the end, and never one too many', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
      const simulation = new Simulation();
      const { bench, clients } = simulation;
      simulation.take({ do: 'change', symbol: 'BTCUSDT' });
      for (const next of steps) simulation.take(next);

      simulation.settle();
      for (const client of clients) {
        for (const [name, { last }] of client.held) {
          const newest = bench.channels.current(name);
          expect(client.positions.get(name)?.seq, name).toBe(newest?.seq);
          if (last === null || newest === null) continue;
          const { data } = JSON.parse(newest.bytes.toString()) as { data: unknown };
          expect(last.data).toBe(JSON.stringify(data));
          expect(data).toMatchObject({ positions_created: bench.feed.versionOf(name) });
        }
      }

      const sent = clients.map(({ socket }) => socket.buffers.length);
      simulation.pass(61_000, 0);
      expect(clients.map(({ socket }) => socket.buffers.length)).toEqual(sent);
      expect(bench.hub.size).toBe(clients.length);

      for (const { socket } of clients) socket.events.closed(1001);
      const asked = new Map(bench.feed.asked);
      for (const name of SYMBOLS) bench.feed.set(name, 1_000);
      bench.clock.advance(61_000);
      expect(bench.feed.asked).toEqual(asked);
      expect(bench.endpoint.subscribers().size).toBe(0);
    }),
    { numRuns: 200 },
  );
});
