import { CHANNELS, type Channel } from '@tidegauge/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SYMBOLS } from '../hub/heatmap-fakes.ts';
import type { FakeSocket } from '../hub-fakes.ts';
import { ReplicaBench } from './replica-bench.ts';

/**
 * Any order of publications, arrivals on the line between the processes, joins, subscriptions,
 * stalls of the line and of clients, long broadcasts. What holds for every client of the worker: sequences rise; a
 * delta only comes to who has what came before it; whoever drains in the end has the newest state
 * of all it subscribed to, as the main process has it. And the line never holds more than a few
 * writes, however long it stalls.
 */
type Step =
  | { readonly do: 'tick'; readonly points: number }
  | { readonly do: 'change'; readonly symbol: string }
  | { readonly do: 'look' | 'release' | 'down' | 'up' | 'pass' | 'busy' }
  | { readonly do: 'join'; readonly maps: boolean }
  | ClientStep;
type ClientStep =
  | {
      readonly do: 'subscribe' | 'unsubscribe';
      readonly who: number;
      readonly channel: Channel;
      readonly symbol: string;
    }
  | { readonly do: 'stall' | 'drain' | 'leave'; readonly who: number };

const who = fc.nat({ max: 4 });
// Of the channels that are only sent on demand more often than of the others.
const channel = fc.constantFrom<Channel>(...CHANNELS, 'transactions', 'transactions');
const symbol = fc.constantFrom(...SYMBOLS);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('tick' as const), points: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('change' as const), symbol }) },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constantFrom('look', 'release', 'release', 'down', 'down', 'up', 'pass', 'busy'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('join' as const), maps: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('subscribe', 'unsubscribe'),
      who,
      channel,
      symbol,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('stall', 'drain', 'drain'), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), who }) },
);

type Message = Record<string, unknown>;

/** What a client of either address has, by channel or symbol. */
class Client {
  readonly socket: FakeSocket;
  readonly maps: boolean;
  readonly subscribed: Set<string>;
  readonly seqs: Map<string, number> = new Map();
  points: number[] = [];
  #chosen = false;

  constructor(socket: FakeSocket, maps: boolean) {
    this.socket = socket;
    this.maps = maps;
    this.subscribed = new Set(maps ? [] : ['full']);
  }

  subscribe(name: string): void {
    // The first choice replaces the default.
    if (!this.maps && !this.#chosen && name !== 'full') this.#forget('full');
    this.#chosen = true;
    this.subscribed.add(name);
    this.#say('subscribe', name);
  }

  unsubscribe(name: string): void {
    this.#forget(name);
    this.#say('unsubscribe', name);
  }

  read(): void {
    for (const message of this.socket.take()) this.#take(message);
  }

  #forget(name: string): void {
    this.subscribed.delete(name);
    this.seqs.delete(name);
  }

  #say(action: string, name: string): void {
    const maps = { action, symbols: [name], update_interval: 1 };
    this.socket.receive(this.maps ? maps : { [action]: name });
  }

  #take(message: Message): void {
    const { seq } = message;
    if (typeof seq !== 'number') throw new Error(`unexpected: ${JSON.stringify(message)}`);
    const name = channelOf(message);
    expect(this.subscribed.has(name), `${name} was asked for`).toBe(true);
    const before = this.seqs.get(name) ?? 0;
    const delta = name === 'transactions' && !('epoch' in message);
    if (delta) expect(seq, 'a delta follows on what the client has').toBe(before + 1);
    else expect(seq).toBeGreaterThan(before);
    this.seqs.set(name, seq);
    if (name === 'transactions') this.#takePoints(message, delta);
  }

  #takePoints(message: Message, delta: boolean): void {
    const { points } = message.data as { points: [number, number][] };
    const prices = points.map(([, price]) => price);
    this.points = delta ? [...this.points, ...prices] : prices;
  }
}

function channelOf({ type, symbol, ...rest }: Message): string {
  if (type === 'snapshot') return String(symbol);
  if (type === 'price_update') return 'stats' in rest ? 'full' : 'price';
  return type === 'confirmed_update' ? 'confirmed' : String(type);
}

class Simulation {
  readonly bench: ReplicaBench;
  readonly clients: Client[] = [];
  #version = 0;

  constructor(takenAhead: number) {
    this.bench = new ReplicaBench(takenAhead);
  }

  take(next: Step): void {
    const { bench } = this;
    if (next.do === 'tick') {
      if (next.points === 2) bench.feed.bars = { binsBtc: [1], counts: [bench.clock.ms] };
      bench.tick(next.points);
    } else if (next.do === 'change') bench.maps.set(next.symbol, ++this.#version);
    else if (next.do === 'look') bench.look();
    else if (next.do === 'release') bench.release();
    else if (next.do === 'down') bench.carryDown();
    else if (next.do === 'up') bench.carryUp();
    else if (next.do === 'pass') bench.clock.advance(100);
    else if (next.do === 'busy') bench.busy = !bench.busy;
    else if (next.do === 'join') this.#join(next.maps);
    else this.#steer(next as ClientStep);
    for (const client of this.clients) client.read();
  }

  settle(): void {
    const { bench, clients } = this;
    for (const { socket } of clients) socket.drain();
    bench.busy = false;
    // What came while clients were written is published with the next tick.
    bench.tick(0);
    for (let turns = 0; turns < 30; turns++) {
      bench.carryAll();
      bench.look();
      bench.carryAll();
      bench.clock.advance(100);
    }
    for (const client of clients) client.read();
  }

  #join(maps: boolean): void {
    const { bench } = this;
    this.clients.push(new Client(bench.join(maps ? bench.heatmaps : bench.mempool), maps));
  }

  #steer(next: ClientStep): void {
    const client = this.clients[next.who];
    if (client === undefined) return;
    if (next.do === 'subscribe' || next.do === 'unsubscribe') {
      client[next.do](client.maps ? next.symbol : next.channel);
    } else if (next.do === 'stall') client.socket.stall();
    else if (next.do === 'drain') client.socket.drain();
    else {
      client.socket.events.closed(1001);
      this.clients.splice(next.who, 1);
    }
  }
}

test('whatever the line does, clients of a worker end where those of the main process would', () => {
  fc.assert(
    fc.property(fc.nat(2), fc.array(step, { minLength: 40, maxLength: 200 }), (ahead, steps) => {
      const simulation = new Simulation(ahead);
      const { bench, clients } = simulation;
      simulation.take({ do: 'tick', points: 3 });
      for (const next of steps) simulation.take(next);
      simulation.settle();
      for (const client of clients) {
        const states = client.maps ? bench.heatmap : bench.price;
        for (const name of client.subscribed) {
          expect(client.seqs.get(name) ?? 0, name).toBe(states.current(name)?.seq ?? 0);
        }
        if (client.subscribed.has('transactions')) {
          expect(client.points).toEqual(bench.feed.points(10_000).map(({ priceUsd }) => priceUsd));
        }
      }
      expect(bench.down.deepest).toBeLessThanOrEqual(ahead + 1);
      expect(bench.up.deepest).toBeLessThanOrEqual(ahead + 1);
    }),
    { numRuns: 1000 },
  );
});
