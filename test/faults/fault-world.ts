import { Random } from '../../packages/server/src/sources/demo/random.ts';
import { SimClock } from '../sim/sim-clock.ts';
import { faultWords } from './fault.ts';
import { faultSchedule } from './fault-schedule.ts';
import { GivenLog } from './given-log.ts';
import type { History } from './history.ts';
import { MemoryServer } from './memory-server.ts';
import { SYMBOLS } from './news.ts';
import { PublicationLog } from './publication-log.ts';
import { type MempoolChannel, WorldClient } from './world-client.ts';

/** By then everybody has the newest: the bar. */
const CONVERGED_MS = 2_000;
const LONGEST_INTERVAL_MS = 5_000;
/** Who was told by a server that goes down when to come back waits for it, whatever comes. */
const HINTS_OVER_MS = 30_000;
const DOWN_MS_MAX = 90_000;
/** More at one moment are a loop without an end. */
const CALLBACKS_MAX = 10_000;
const LOOK_EACH_MS = 1_000;
const NOTES_KEPT = 100_000;

const PLAN = { faultMsMax: 90_000, calmMsMax: 40_000 };
const ALL: readonly MempoolChannel[] = ['price', 'transactions', 'histogram', 'confirmed'];

export interface Note {
  readonly atMs: number;
  /** A client, or `server`. */
  readonly about: string;
  readonly words: string;
}

/**
 * SDK clients before one server after the other, each behind a network of its own that does wrong
 * by a schedule, all on one clock that is moved by hand.
 */
export class FaultWorld {
  readonly clock: SimClock = new SimClock();
  readonly published: PublicationLog = new PublicationLog(() => this.clock.ms);
  readonly given: GivenLog = new GivenLog(() => this.clock.ms);
  readonly clients: readonly WorldClient[];
  readonly notes: Note[] = [];
  /** What must not be, besides what the history shows. */
  readonly wrongs: Note[] = [];
  servers = 0;
  readonly #random: Random;
  readonly #endMs: number;
  readonly #seed: number;
  #server: MemoryServer | null = null;
  #callbacks = 0;
  #callbacksMs = 0;
  #cancelRestart: () => void = () => {};

  constructor(seed: number, durationMs: number) {
    this.#seed = seed;
    this.#random = new Random(seed);
    this.#endMs = this.clock.ms + durationMs;
    this.clients = this.#makeClients();
    this.clock.onCallback = () => this.#countCallback();
  }

  /** Runs until everybody must have the newest. */
  async run(): Promise<History> {
    this.#startServer();
    this.#subscribe();
    this.#planFaults();
    this.#planRestart();
    this.#planWanderer();
    this.#look();
    await this.#pass(this.#endMs);
    this.#note('server', 'the last fault is over, and nothing more is published');
    this.#server!.publisher.stop();
    this.#cancelRestart();
    await this.#pass(this.#endMs + CONVERGED_MS + LONGEST_INTERVAL_MS);
    const wanted = this.clients.flatMap((client) => client.wanted(this.#endMs, CONVERGED_MS));
    return { published: this.published.published, given: this.given.given, wanted };
  }

  /** Everybody leaves: then no timer may be left but those of the server. */
  async close(): Promise<void> {
    for (const { tide } of this.clients) tide.close();
    await this.#pass(this.clock.ms + 1_000);
    for (const { network } of this.clients) network.stop();
    this.#server?.kill();
    await this.#pass(this.clock.ms + 60_000);
  }

  get #leftMs(): number {
    return this.#endMs - this.clock.ms;
  }

  #makeClients(): readonly WorldClient[] {
    const names = ['price', 'window', 'blocks', 'maps', 'all', 'slow maps', 'wanderer'];
    return names.map((name, index) => {
      return new WorldClient({
        name,
        clock: this.clock,
        random: new Random(this.#seed, index + 1),
        given: this.given,
        server: () => this.#server,
        wrong: (words) => this.wrongs.push({ atMs: this.clock.ms, about: name, words }),
        note: (words) => this.#note(name, words),
      });
    });
  }

  #subscribe(): void {
    const [price, window, blocks, maps, all, slowMaps] = this.clients;
    price!.subscribe('price');
    for (const each of ['price', 'transactions'] as const) window!.subscribe(each);
    for (const each of ['confirmed', 'transactions', 'histogram'] as const) blocks!.subscribe(each);
    maps!.subscribeMaps(SYMBOLS.slice(0, 2), 1);
    for (const each of ALL) all!.subscribe(each);
    all!.subscribeMaps(SYMBOLS, 2);
    slowMaps!.subscribe('price');
    slowMaps!.subscribeMaps(SYMBOLS.slice(1), LONGEST_INTERVAL_MS / 1000);
  }

  /** Opens and closes subscriptions at any moment. */
  #planWanderer(): void {
    const random = this.#random;
    const wanderer = this.clients.at(-1)!;
    this.clock.after(random.below(15_000), () => {
      if (this.#leftMs < LONGEST_INTERVAL_MS) return;
      const what = random.below(8);
      if (what < 3) wanderer.closeFirst();
      else if (what < 7) wanderer.subscribe(ALL[what - 3]!);
      else wanderer.subscribeMaps([SYMBOLS[random.below(3)]!], 1 + random.below(5));
      this.#note(wanderer.name, `does ${what}`);
      this.#planWanderer();
    });
  }

  #look(): void {
    if (this.#leftMs <= 0) return;
    for (const client of this.clients) client.look(this.published);
    this.clock.after(LOOK_EACH_MS, () => this.#look());
  }

  #planFaults(): void {
    this.clients.forEach(({ name, network }, index) => {
      const plan = { ...PLAN, durationMs: this.#leftMs };
      const schedule = faultSchedule(this.#seed * 100 + index, plan);
      network.run(schedule, (fault) => this.#note(name, faultWords(fault)));
    });
  }

  #planRestart(): void {
    const random = this.#random;
    this.#cancelRestart = this.clock.after(random.below(180_000), () => {
      const downMs = Math.min(50 * (DOWN_MS_MAX / 50) ** random.unit(), this.#leftMs);
      const drains = random.chance(0.5);
      if (drains && this.#leftMs > downMs + HINTS_OVER_MS) this.#drainServer(downMs);
      else this.#killServer(downMs);
    });
  }

  #drainServer(downMs: number): void {
    const drainMs = this.#random.below(10_000);
    this.#note('server', `drains within ${drainMs} ms`);
    void this.#server!.drain(drainMs).then(() => this.#killServer(downMs));
  }

  #killServer(downMs: number): void {
    this.#note('server', `is down for ${Math.round(downMs)} ms`);
    this.#server?.kill();
    this.#server = null;
    for (const { network } of this.clients) network.cutAll('rst');
    this.clock.after(downMs, () => {
      this.#startServer();
      this.#planRestart();
    });
  }

  #startServer(): void {
    this.servers++;
    const { clock, published: log, servers } = this;
    const random = new Random(this.#seed, 100 + servers);
    this.#server = new MemoryServer({ clock, random, epoch: `run-${servers}`, log });
    this.#server.start();
    this.#note('server', `run ${servers} starts`);
  }

  /** Time, and after each moment of it whatever it sets off. */
  async #pass(untilMs: number): Promise<void> {
    const { clock } = this;
    while (clock.ms < untilMs || clock.hasSoon) {
      if (clock.hasSoon) clock.turn();
      else clock.pass(untilMs - clock.ms);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #countCallback(): void {
    const { ms } = this.clock;
    this.#callbacks = ms === this.#callbacksMs ? this.#callbacks + 1 : 0;
    this.#callbacksMs = ms;
    if (this.#callbacks > CALLBACKS_MAX) throw new Error(`time stands still at ${ms} ms`);
  }

  #note(about: string, words: string): void {
    this.notes.push({ atMs: this.clock.ms, about, words });
    if (this.notes.length > NOTES_KEPT) this.notes.shift();
  }
}
