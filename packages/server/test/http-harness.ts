/** A real server on a free port with a stand-in source and feed, and clients for it. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type ClientOptions, WebSocket } from 'ws';
import { openAccess } from '../src/access/open-access.ts';
import { buildServer } from '../src/build-server.ts';
import { systemClock } from '../src/clock.ts';
import type { StreamServer } from '../src/commands/serve.ts';
import { type Config, loadConfig } from '../src/config.ts';
import type { Source, SourceEvents, SourceStatus } from '../src/sources/source.ts';
import type { Market, Venue, VenueEvents } from '../src/sources/venue.ts';
import { MemoryStore } from '../src/store/memory-store.ts';
import { FakeFeed, FakeLog, priceCounters, sourceStatus } from './hub-fakes.ts';

/** A source that is steered by the test. */
export class StandInSource implements Source {
  readonly name = 'stand-in';
  readonly demo: boolean;
  current: SourceStatus = sourceStatus({ sinceSec: Date.now() / 1000 });
  events: SourceEvents | null = null;
  stopped = false;

  constructor(demo: boolean) {
    this.demo = demo;
  }

  start(events: SourceEvents): Promise<void> {
    this.events = events;
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.stopped = true;
    return Promise.resolve();
  }

  status(): SourceStatus {
    return this.current;
  }

  change(changes: Partial<SourceStatus>): void {
    this.current = { ...this.current, sinceSec: Date.now() / 1000, ...changes };
    this.events?.onStatus(this.current);
  }
}

/** A venue that is steered by the test. */
export class StandInVenue implements Venue {
  readonly name = 'stand-in-market';
  readonly demo: boolean;
  readonly markets: readonly Market[] = [{ symbol: 'BTCUSDT', intervalSec: 300 }];
  readonly events: Promise<VenueEvents>;
  #started: (events: VenueEvents) => void = () => {};

  constructor(demo: boolean) {
    this.demo = demo;
    this.events = new Promise((resolve) => {
      this.#started = resolve;
    });
  }

  start(events: VenueEvents): Promise<void> {
    this.#started(events);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  status(): SourceStatus {
    return sourceStatus({ name: this.name, sinceSec: Date.now() / 1000 });
  }
}

export interface Running {
  readonly server: StreamServer;
  readonly feed: FakeFeed;
  readonly source: StandInSource;
  readonly venue: StandInVenue;
  readonly store: MemoryStore;
  readonly log: FakeLog;
  readonly frames: string[];
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  readonly port: number;
  /** `ws://127.0.0.1:port/ws/mempool` */
  readonly stream: string;
}

export interface RunOptions {
  readonly config?: Partial<Config>;
  readonly demo?: boolean;
  readonly pageDirectory?: string;
  readonly store?: MemoryStore;
}

/** The settings of tests: a free port, many connections from this machine, a quick drain. */
export function testConfig(changes: Partial<Config> = {}): Config {
  const loaded = loadConfig([], {});
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const quick = { port: 0, mempoolUpdateIntervalMs: 100, drainSeconds: 0.2 };
  return { ...loaded.config, ...quick, ...changes };
}

export async function run(options: RunOptions = {}): Promise<Running> {
  const feed = new FakeFeed();
  feed.add(3);
  const source = new StandInSource(options.demo ?? false);
  const log = new FakeLog();
  const frames: string[] = [];
  const venue = new StandInVenue(options.demo ?? false);
  const store = options.store ?? new MemoryStore();
  const config = testConfig(options.config);
  const server = buildServer({
    config,
    access: await openAccess(config, systemClock, log),
    log,
    clock: systemClock,
    source,
    priceStore: store,
    venue,
    marketStore: store,
    pipeline: Object.assign(feed, {
      acceptFrame: (frame: { topic: string }) => void frames.push(frame.topic),
      counters: () => priceCounters(),
      problem: () => null,
    }),
    pageDirectory: options.pageDirectory ?? '/nonexistent',
    random: Math.random,
  });
  const { origin, port } = new URL(await server.start());
  const stream = `${origin.replace('http', 'ws')}/ws/mempool`;
  return { server, feed, source, venue, store, log, frames, origin, port: Number(port), stream };
}

type Message = Record<string, unknown>;

/** A WebSocket client that keeps what comes until the test asks for it. */
export class Client {
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly pings: string[] = [];
  readonly #kept: Message[] = [];
  #waiting: (() => void)[] = [];

  constructor(url: string, protocols: string[] = [], options: ClientOptions = {}) {
    this.socket = new WebSocket(url, protocols, { perMessageDeflate: false, ...options });
    this.socket.on('message', (data) => {
      this.#kept.push(JSON.parse((data as Buffer).toString()) as Message);
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#wake();
      });
    });
    this.socket.on('error', () => {});
  }

  async opened(): Promise<this> {
    if (this.socket.readyState !== WebSocket.OPEN) await once(this.socket, 'open');
    return this;
  }

  send(value: unknown): void {
    this.socket.send(typeof value === 'string' ? value : JSON.stringify(value));
  }

  /** The next message that fits; the ones before it are gone. */
  async next(fits: (message: Message) => boolean = () => true): Promise<Message> {
    for (;;) {
      const message = this.#kept.shift();
      if (message !== undefined) {
        if (fits(message)) return message;
      } else if (this.socket.readyState === WebSocket.CLOSED) {
        throw new Error('closed before such a message came');
      } else {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    }
  }

  nextOf(type: string): Promise<Message> {
    return this.next((message) => message.type === type);
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

export interface Refused {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly error: { readonly code: string; readonly message: string };
}

/** Resolves with the HTTP answer to an upgrade that is refused. */
export async function refusedUpgrade(
  url: string,
  protocols: string[] = [],
  options: ClientOptions = {},
): Promise<Refused> {
  const socket = new WebSocket(url, protocols, options);
  const [, response] = (await Promise.race([
    once(socket, 'unexpected-response'),
    once(socket, 'open').then(() => {
      throw new Error('was accepted');
    }),
  ])) as [unknown, IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  const { error } = JSON.parse(text) as { error: Refused['error'] };
  return { status: response.statusCode ?? 0, headers: response.headers, error };
}
