import { crc32 } from 'node:zlib';
import { HEATMAP_PATH, MEMPOOL_PATH } from '@tidegauge/protocol';
import { totalOf } from '../../packages/server/src/hub/hub-stats.ts';
import type { SessionSettings } from '../../packages/server/src/hub/session.ts';
import type { Log } from '../../packages/server/src/log.ts';
import { Random } from '../../packages/server/src/sources/demo/random.ts';
import { Inflations } from './client-inflate.ts';
import type { ClientTraits, Surroundings } from './client-record.ts';
import type { Journal } from './journal.ts';
import { SimClient } from './sim-client.ts';
import { SimClock } from './sim-clock.ts';
import { SimServer } from './sim-server.ts';
import { NO_CLAIM, type WriteTimes } from './subscriptions.ts';

const RECONNECTS_MAX = 5;
const RECONNECTS_WINDOW_MS = 60_000;
const SESSION_IDS = 6;
/** What is well again may still be told of until the next turns have looked. */
const STALE_LOOK_MS = 200;

/** What clients offer for compression. */
const OFFERS: readonly (string | null)[] = [
  null,
  'permessage-deflate',
  'permessage-deflate; client_max_window_bits',
  'permessage-deflate; server_no_context_takeover',
  ...[8, 9, 10, 11, 12, 13, 14, 15].map((bits) => {
    return `permessage-deflate; server_max_window_bits=${bits}`;
  }),
];

/** A client that is gone, as far as the one that comes back in its place has use for it. */
export interface Departed {
  readonly path: string;
  readonly sessionId: string | null;
  readonly positions: ReadonlyMap<string, number>;
}

/** The server, its clients, time and chance. */
export class World implements Surroundings {
  readonly random: Random;
  readonly clock: SimClock = new SimClock();
  readonly settings: SessionSettings;
  readonly server: SimServer;
  readonly inflations: Inflations = new Inflations();
  readonly clients: SimClient[] = [];
  readonly clientsMax: number;
  /** What happened, how often. */
  readonly counts: Map<string, number> = new Map();
  /** How long one write takes. */
  writeCostMs = 0;
  /** Set when the hub lets all clients go. */
  drains = false;
  readonly #mempoolShare: number;
  readonly #offers: readonly (string | null)[];
  #fault: string | null = null;
  #sum = 0;
  #decidedMs: number;
  readonly #staleUntilMs: Map<string, number> = new Map();
  readonly #joinsMs: Map<string, number[]> = new Map();
  #joined = 0;
  #dropped = 0;
  #sent = 0;

  constructor(seed: number) {
    const random = new Random(seed);
    this.random = random;
    this.clientsMax = this.pick([5, 20, 60]);
    this.#mempoolShare = this.pick([0.3, 0.6, 0.95, 0.95]);
    // Each kind costs the server another form of each message: few at a time, all in many runs.
    this.#offers = [null, 'permessage-deflate', this.pick(OFFERS), this.pick(OFFERS)];
    this.settings = {
      slowTimeoutMs: this.pick([200, 1_000]),
      pendingBytesMax: this.pick([6_000, 100_000]),
      messagesPer10sMax: this.pick([10, 40]),
    };
    const priceIntervalMs = this.pick([500, 1_000]);
    const { clock, settings } = this;
    this.#decidedMs = clock.ms;
    this.server = new SimServer(clock, this.#log(), { settings, priceIntervalMs });
    clock.onCallback = () => this.begin();
    this.server.start();
  }

  // What happens.

  /** To be called before anything happens: what is written now was decided on now or later. */
  begin(): void {
    if (!this.server.sendQueue.busy) this.#decidedMs = this.clock.ms;
  }

  /** @param comesBack whose place the client takes */
  join(changes: Partial<ClientTraits> = {}, comesBack: Departed | null = null): SimClient {
    const { random, server } = this;
    this.#joined++;
    const traits = {
      name: `c${this.#joined}`,
      path: random.chance(this.#mempoolShare) ? MEMPOOL_PATH : HEATMAP_PATH,
      wantsHello: random.chance(0.6),
      wantsDefault: random.chance(0.7),
      sessionId: random.chance(0.2) ? `s${random.below(SESSION_IDS)}` : null,
      expiresSec: random.chance(0.05) ? this.clock.nowSec() + random.below(60) : null,
      extensions: this.pick(this.#offers),
      kernelBytesMax: this.pick([0, 300, 5_000, 60_000]),
      ...changes,
    };
    const client = new SimClient(traits, this);
    for (const [channel, seq] of comesBack?.positions ?? []) client.positions.set(channel, seq);
    const offeredSeq = server.prices.current('full')?.seq ?? 0;
    const terms = { claim: NO_CLAIM, offeredSeq, intervalMs: 0 };
    if (traits.wantsDefault && !client.record.isHeatmap)
      client.record.subscriptions.add('full', terms);
    this.clients.push(client);
    const isUnstable = this.#countJoin(traits.sessionId);
    this.begin();
    server.accept(client.stream, traits);
    const { isServed, unstableWarnings } = client.record;
    if (isServed && unstableWarnings !== Number(isUnstable)) {
      this.fault(`${traits.name} had ${unstableWarnings} warnings of too many reconnects`);
    }
    return client;
  }

  /** Whether this is one connection of a session too many. */
  #countJoin(sessionId: string | null): boolean {
    if (sessionId === null) return false;
    const times = this.#joinsMs.get(sessionId) ?? [];
    this.#joinsMs.set(sessionId, times);
    const since = times.at(-(RECONNECTS_MAX + 1)) ?? Number.NEGATIVE_INFINITY;
    times.push(this.clock.ms);
    return this.clock.ms - since < RECONNECTS_WINDOW_MS;
  }

  #left(name: string, code: number, sent: number, dropped: number): void {
    const index = this.clients.findIndex((each) => each.name === name);
    const client = this.clients[index];
    if (client === undefined) {
      this.fault(`${name} left twice`);
      return;
    }
    this.clients.splice(index, 1);
    this.#sent += sent;
    this.#dropped += dropped;
    this.seen(`left ${code}`);
    const { closeCode, endedWith, subscriptions } = client.record;
    const written = [...client.record.sent.values()].reduce((sum, count) => sum + count, 0);
    const isCounted = endedWith === null ? sent === written : sent >= written;
    if (!isCounted) this.fault(`${name} was written ${written} messages, counted are ${sent}`);
    if (dropped < subscriptions.skipped) {
      this.fault(`${name} missed ${subscriptions.skipped}, counted as dropped are ${dropped}`);
    }
    if (endedWith === null && closeCode !== null && code !== closeCode) {
      this.fault(`${name} was closed with ${closeCode}, counted is ${code}`);
    }
  }

  /** The server's sums, against those of all who have left. To be called when all have. */
  checkFigures(): void {
    const { sent, dropped, disconnects } = this.server.figures();
    const counted = [sent, dropped, disconnects].map(totalOf).join(', ');
    const summed = [this.#sent, this.#dropped, this.#joined].join(', ');
    if (counted !== summed) {
      this.fault(`counted are ${counted} (sent, dropped, gone), not ${summed}`);
    }
  }

  // What clients see of it.

  get journal(): Journal {
    return this.server.journal;
  }

  times(): WriteTimes {
    return { nowMs: this.clock.ms, decidedMs: this.#decidedMs };
  }

  bytes(count: number): Buffer {
    return Buffer.from(this.random.bytes(count));
  }

  setStale(path: string, isStale: boolean): void {
    this.#staleUntilMs.set(path, isStale ? Number.POSITIVE_INFINITY : this.clock.ms);
  }

  isStale(path: string): boolean {
    return this.clock.settledMs <= (this.#staleUntilMs.get(path) ?? 0) + STALE_LOOK_MS;
  }

  isDraining(): boolean {
    return this.drains;
  }

  fault(words: string): void {
    this.#fault ??= words;
  }

  /** What was wrong first; null when nothing was. */
  get firstFault(): string | null {
    return this.#fault;
  }

  seen(what: string, count = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + count);
  }

  wrote(bytes: Buffer): void {
    this.note(bytes);
    this.clock.ms += this.writeCostMs;
  }

  /** Takes something into the sum of the run. */
  note(what: Buffer | string): void {
    this.#sum = crc32(what, this.#sum);
  }

  /** Of all that was done and written. */
  get sum(): number {
    return this.#sum;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.random.below(items.length)]!;
  }

  #log(): Log {
    const take = (fields: object): void => {
      this.note(JSON.stringify(fields));
      const { event, address, code, sent, dropped } = fields as Partial<Departure>;
      if (event === 'ws_disconnect') this.#left(address!, code!, sent!, dropped!);
    };
    return { debug: take, info: take, warn: take, error: take };
  }
}

/** What the hub logs of a client that is gone. */
interface Departure {
  readonly event: string;
  readonly address: string;
  readonly code: number;
  readonly sent: number;
  readonly dropped: number;
}
