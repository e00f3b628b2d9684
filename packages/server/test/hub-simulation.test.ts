import { CHANNELS, type Channel } from '@tidegauge/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Hub } from '../src/hub/hub.ts';
import { MempoolChannels } from '../src/hub/mempool-channels.ts';
import { MempoolEndpoint } from '../src/hub/mempool-endpoint.ts';
import { FakeClock, FakeFeed, FakeLog, FakeSocket, hubParts, SOMEBODY } from './hub-fakes.ts';

/**
 * Any order of joins, stalls, drains, cuts, subscriptions and publications. What holds for every
 * client: sequences strictly rise; a gap in `transactions` is healed by a whole window; whoever
 * drains in the end has the newest state of every channel it subscribed to.
 */
type Step =
  | { readonly do: 'tick'; readonly points: number }
  | { readonly do: 'join' }
  | { readonly do: 'subscribe' | 'unsubscribe'; readonly who: number; readonly channel: Channel }
  | { readonly do: 'stall'; readonly who: number }
  | { readonly do: 'drain'; readonly who: number }
  | { readonly do: 'leave'; readonly who: number };

const who = fc.nat({ max: 3 });
const channel = fc.constantFrom(...CHANNELS);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('tick' as const), points: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('join' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('subscribe', 'unsubscribe'), who, channel }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('stall', 'drain'), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), who }) },
);

class Client {
  readonly socket = new FakeSocket();
  readonly channels: Set<Channel> = new Set(['full']);
  #chosen = false;
  readonly #seqs: Map<string, number> = new Map();
  points: number[] = [];

  choose(action: 'subscribe' | 'unsubscribe', name: Channel): void {
    if (action === 'unsubscribe') {
      this.channels.delete(name);
    } else {
      if (!this.#chosen) this.channels.clear();
      this.#chosen = true;
      this.channels.add(name);
    }
    this.socket.receive({ [action]: name });
  }

  read(): void {
    for (const message of this.socket.take()) {
      const key = message.type === 'price_update' ? String('stats' in message) : message.type;
      if (typeof message.seq !== 'number') continue;
      const before = this.#seqs.get(String(key)) ?? 0;
      // A channel that was left and joined again starts with its current state.
      const rejoined = message.type !== 'transactions' || 'epoch' in message;
      if (rejoined) expect(message.seq).toBeGreaterThanOrEqual(before);
      else expect(message.seq).toBe(before + 1);
      this.#seqs.set(String(key), message.seq);
      if (message.type === 'transactions') this.#addPoints(message);
    }
  }

  #addPoints(message: Record<string, unknown>): void {
    const prices = (message.data as { points: [number, number][] }).points.map(([, p]) => p);
    this.points = 'epoch' in message ? prices : [...this.points, ...prices];
  }

  seqOf(name: Channel): number {
    const key = name === 'full' ? 'true' : name === 'price' ? 'false' : typeOf[name];
    return this.#seqs.get(key) ?? 0;
  }
}

const typeOf = {
  transactions: 'transactions',
  histogram: 'histogram',
  confirmed: 'confirmed_update',
} as const;

test('every client that drains converges to the newest state', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
      const clock = new FakeClock();
      const feed = new FakeFeed();
      const channels = new MempoolChannels({ feed, demo: false, epoch: 'e', intervalMs: 500 });
      const settings = { slowTimeoutMs: 1e9, pendingBytesMax: 1e9, messagesPer10sMax: 1e6 };
      const parts = hubParts(clock, new FakeLog(), settings);
      const hub = new Hub(parts);
      const broadcaster = parts.sendQueue;
      const mempool = new MempoolEndpoint({ states: channels, hello: () => '{}', broadcaster });
      const clients: Client[] = [];
      const run = (next: Step): void => {
        if (next.do === 'tick') {
          feed.add(next.points);
          if (next.points === 2) feed.bars = { binsBtc: [1], counts: [clock.ms] };
          clock.advance(500);
          mempool.publish(channels.tick(clock.nowSec(), 1, false));
        } else if (next.do === 'join') {
          const client = new Client();
          clients.push(client);
          hub.join(client.socket, SOMEBODY, mempool);
        } else {
          const client = clients[next.who];
          if (client === undefined) return;
          if (next.do === 'stall') client.socket.stall();
          else if (next.do === 'drain') client.socket.drain();
          else if (next.do === 'subscribe' || next.do === 'unsubscribe') {
            client.choose(next.do, next.channel);
          } else {
            client.socket.events.closed(1001);
            clients.splice(next.who, 1);
          }
        }
        for (const client of clients) client.read();
      };

      run({ do: 'tick', points: 3 });
      for (const next of steps) run(next);
      for (const client of clients) {
        client.socket.drain();
        client.read();
        for (const name of client.channels) {
          expect(client.seqOf(name), name).toBe(channels.current(name)?.seq ?? 0);
        }
        if (client.channels.has('transactions')) {
          expect(client.points).toEqual(feed.points(10_000).map(({ priceUsd }) => priceUsd));
        }
      }
      expect(hub.size).toBe(clients.length);
    }),
    { numRuns: 300 },
  );
});
