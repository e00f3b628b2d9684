import type {
  PriceUpdate,
  Subscription,
  Tidegauge,
  TransactionsUpdate,
} from '../../packages/client/src/api.ts';
import { createClient } from '../../packages/client/src/client.ts';
import type { OpenSocket, Ports } from '../../packages/client/src/ports.ts';
import type { Random } from '../../packages/server/src/sources/demo/random.ts';
import type { SimClock } from '../sim/sim-clock.ts';
import type { WholeUpdate } from './digest.ts';
import { FaultNetwork } from './fault-network.ts';
import type { GivenLog } from './given-log.ts';
import type { Wanted } from './history.ts';
import { MemoryLine } from './memory-line.ts';
import { MemoryRequest } from './memory-request.ts';
import type { MemoryServer } from './memory-server.ts';
import type { PublicationLog } from './publication-log.ts';

const BASE = 'http://tide.example/';
const MEMPOOL_CHANNELS = ['price', 'transactions', 'histogram', 'confirmed'] as const;

export type MempoolChannel = (typeof MEMPOOL_CHANNELS)[number];

export interface WorldClientOptions {
  readonly name: string;
  readonly clock: SimClock;
  readonly random: Random;
  readonly given: GivenLog;
  /** The server of this moment; null while there is none. */
  readonly server: () => MemoryServer | null;
  /** Something is not as it must be. */
  readonly wrong: (words: string) => void;
  /** Something happened that may explain what follows. */
  readonly note: (words: string) => void;
}

/** A price of 15 s is not live any more; the server's clock is known to within 3 s. */
const PRICE_LIVE_MS_MAX = 18_500;
/** Of all else the line vouches, which is well until nothing came for 40 s; some is for the way. */
const REST_LIVE_MS_MAX = 45_000;
/** Nothing comes while a map stands still: only a missing answer to a ping tells of a dead line. */
const MAP_LIVE_MS_MAX = 75_000;
/** No message is longer on its way, and the first one of a line tells the server's time. */
const AGE_ERROR_MS_MAX = 12_000;

/** A trickle: all that it held back has come, and another line tells the time. */
const FORGOTTEN_MS = 60_000;

interface Open {
  readonly channels: readonly string[];
  /** 0 for what is told at once. */
  readonly intervalMs: number;
  readonly subscription: Subscription<PriceUpdate | WholeUpdate | TransactionsUpdate>;
}

/** An SDK client with a network and a clock of its own, and what it was given. */
export class WorldClient {
  readonly name: string;
  readonly network: FaultNetwork;
  readonly tide: Tidegauge;
  /** How many sockets it opened, and how many questions it asked over HTTP. */
  readonly counts = { sockets: 0, questions: 0 };
  readonly #options: WorldClientOptions;
  /** By path of the address. */
  readonly #lines: Map<string, MemoryLine> = new Map();
  readonly #open: Map<string, Open> = new Map();
  /** Subscriptions that showed something old as live when they were looked at last. */
  readonly #old: Set<string> = new Set();
  #trickledMs = Number.NEGATIVE_INFINITY;
  #subscriptions = 0;

  constructor(options: WorldClientOptions) {
    const { name, clock, random } = options;
    this.name = name;
    this.#options = options;
    this.network = new FaultNetwork(clock, () => random.unit(), 1 + random.below(40));
    this.tide = createClient(BASE, {}, this.#ports());
    this.tide.on('status', ({ state, failures, feeds }) => {
      const both = `${feeds.mempool.state} and ${feeds.heatmap.state}`;
      options.note(`is ${state} (${both}, ${failures} failures)`);
    });
    this.tide.on('error', (error) => {
      const words = `${error.code}: ${error.message}`;
      options.note(words);
      if (error.code !== 'UNAVAILABLE') options.wrong(words);
    });
  }

  subscribe(channel: MempoolChannel): void {
    const to = this.#nextName();
    const { given } = this.#options;
    const { tide } = this;
    const subscription =
      channel === 'transactions'
        ? tide.transactions(given.windows(to))
        : tide[channel](given.wholes(to, channel));
    this.#open.set(to, { channels: [channel], intervalMs: 0, subscription });
  }

  subscribeMaps(symbols: readonly string[], intervalSec: number): void {
    const to = this.#nextName();
    const handler = this.#options.given.wholes(to);
    const subscription = this.tide.heatmap(symbols, handler, { interval: intervalSec });
    this.#open.set(to, { channels: symbols, intervalMs: intervalSec * 1000, subscription });
  }

  /** Closes the subscription that is open longest, if one is. */
  closeFirst(): void {
    const first = [...this.#open][0];
    if (first === undefined) return;
    const [to, open] = first;
    this.#open.delete(to);
    open.subscription.close();
  }

  /**
   * Looks at what a program would show now: nothing old as live, and the age as it is. Left out is
   * what cannot be told from here: a line that trickles brings something all the time, only ever
   * older, and the server's time with it.
   */
  look(log: PublicationLog): void {
    const { clock, wrong } = this.#options;
    if (this.network.conditions.trickle !== null) this.#trickledMs = clock.ms;
    // On a line on which all comes late only prices say so.
    const isBacklogged = clock.ms - this.#trickledMs < FORGOTTEN_MS;
    for (const [to, { channels, subscription }] of this.#open) {
      const { latest } = subscription;
      if (latest === null) continue;
      const isMap = 'symbol' in latest;
      const channel = isMap ? latest.symbol : channels[0]!;
      const nextMs = log.followedMs(channel, latest.epoch, latest.seq) ?? clock.ms;
      const oldMs = clock.ms - nextMs;
      const maxMs =
        channel === 'price' ? PRICE_LIVE_MS_MAX : isMap ? MAP_LIVE_MS_MAX : REST_LIVE_MS_MAX;
      const isOld = latest.isLive && oldMs > maxMs;
      const isWrong = isOld && (channel === 'price' || !isBacklogged);
      // On a slow line the pong overtakes what was asked for before it.
      if (isWrong && this.#old.has(to)) wrong(`${to} shows ${channel} as live, old by ${oldMs} ms`);
      if (isOld) this.#old.add(to);
      else this.#old.delete(to);
      const ageMs = clock.nowSec() * 1000 - latest.asOfMs;
      const errorMs = latest.ageMs - Math.max(0, ageMs);
      if (channel === 'price' && (errorMs > 1 || errorMs < -AGE_ERROR_MS_MAX)) {
        wrong(`${to} calls a price of ${ageMs} ms ${latest.ageMs} ms old`);
      }
    }
  }

  /**
   * What every subscription that is open must have in the end. A map may be due only when its
   * interval is over, which is then counted from the end.
   */
  wanted(endMs: number, withinMs: number): readonly Wanted[] {
    return [...this.#open].flatMap(([to, { channels, intervalMs }]) => {
      const untilMs = endMs + Math.max(withinMs, intervalMs + 1_000);
      return channels.map((channel) => ({ to, channel, untilMs }));
    });
  }

  #nextName(): string {
    this.#subscriptions++;
    return `${this.name}.${this.#subscriptions}`;
  }

  #ports(): Ports {
    const { clock, random } = this.#options;
    const skewMs = (random.below(3) - 1) * random.below(600_000);
    return {
      clock: {
        nowMs: () => clock.nowSec() * 1000 + skewMs,
        after: (delayMs, run) => clock.after(delayMs, run),
      },
      random: () => random.unit(),
      openSocket: (...args) => this.#openSocket(...args),
      fetch: (url, init) => {
        this.counts.questions++;
        const { server } = this.#options;
        const now = server();
        if (now === null) return Promise.reject(new TypeError('fetch failed'));
        const answer: MemoryServer['answer'] = (request) => now.answer(request);
        return new MemoryRequest({ clock, network: this.network, url, init, answer }).answered;
      },
      surroundings: { isOnline: () => true, listen: () => () => {} },
    };
  }

  #openSocket(...[url, protocols, events]: Parameters<OpenSocket>): MemoryLine {
    const { clock, server, wrong } = this.#options;
    const { pathname, search } = new URL(url);
    this.counts.sockets++;
    if (this.#lines.get(pathname)?.isSdkDone === false) {
      wrong(`opens a second socket to ${pathname}`);
    }
    const now = server();
    const line = new MemoryLine({
      clock,
      network: this.network,
      events,
      door:
        now === null
          ? (each) => each.refuse()
          : (each) => now.enter(each, pathname + search, protocols),
    });
    this.#lines.set(pathname, line);
    return line;
  }
}
