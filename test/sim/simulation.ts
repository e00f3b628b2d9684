import { Weighted } from '../../packages/server/src/sources/demo/random.ts';
import { ClientSteps } from './client-steps.ts';
import { ServerSteps } from './server-steps.ts';
import { SYMBOLS } from './sim-server.ts';
import { World } from './world.ts';

type Server = Exclude<keyof ServerSteps, 'calm'>;
type Clients = Exclude<keyof ClientSteps, 'calm'>;
type Step = Server | Clients;
type Weights = Readonly<Record<Step, number>>;

const CALM: Weights = {
  time: 120,
  pause: 1,
  points: 20,
  price: 15,
  bars: 5,
  block: 2,
  source: 1,
  venue: 1,
  market: 20,
  poll: 2,
  join: 8,
  crowd: 0,
  choose: 25,
  ask: 5,
  ping: 3,
  pong: 2,
  nonsense: 2,
  flood: 1,
  stall: 4,
  trickle: 10,
  flow: 10,
  mute: 2,
  leave: 3,
  cut: 3,
  comeBack: 3,
  breach: 1,
};

/** How things may stand for a while. */
const PHASES: Readonly<Record<string, Partial<Weights>>> = {
  calm: {},
  storm: { market: 100, points: 60, choose: 120 },
  'mass join': { crowd: 10, join: 60, comeBack: 20 },
  'mass stall': { stall: 60, trickle: 40, flow: 5, mute: 5, nonsense: 6, flood: 6 },
  // Turns of the event loop that last long: clients wait in line, and others come and go.
  overload: { time: 100, pause: 3, crowd: 8, choose: 60, flow: 50, stall: 1, cut: 6 },
  recovery: { flow: 80, stall: 1, mute: 0 },
};
const PHASE_STEPS_MAX = 2_000;
/** Few, so that runs differ: what never happens in one brings about what is rare in another. */
const PHASES_PER_RUN = 3;
const WRITE_COST_MS = 0.25;

/** Longer than any interval, and than anything that is waited for. */
const SETTLE_MS = 75_000;
const WORDS_KEPT = 30;

export interface Outcome {
  /** Of everything that was done and written: equal for equal runs. */
  readonly sum: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly steps: number;
}

/** One run of the hub on a clock, streams and chance of its own. */
export class Simulation {
  readonly #seed: number;
  readonly #steps: number;
  readonly #world: World;
  readonly #server: ServerSteps;
  readonly #clients: ClientSteps;
  readonly #phases: readonly string[];
  readonly #words: string[] = [];
  #done = 0;

  constructor(seed: number, steps: number) {
    this.#seed = seed;
    this.#steps = steps;
    this.#world = new World(seed);
    this.#server = new ServerSteps(this.#world);
    this.#clients = new ClientSteps(this.#world);
    const names = Object.keys(PHASES);
    this.#phases = Array.from({ length: PHASES_PER_RUN }, () => this.#world.pick(names));
  }

  /** True once nobody is served any more. */
  get isOver(): boolean {
    return this.#world.clients.length === 0;
  }

  /** Throws when something was wrong, with how to see it again. */
  async run(): Promise<Outcome> {
    try {
      while (this.#done < this.#steps) await this.#phase();
      if (this.#world.random.chance(0.5)) await this.#drain();
      else await this.#settle();
      await this.#empty();
    } catch (error) {
      throw new Error(this.#report(error), { cause: error });
    }
    return { sum: this.#world.sum, counts: this.#world.counts, steps: this.#done };
  }

  async #phase(): Promise<void> {
    const { random } = this.#world;
    const name = this.#world.pick(this.#phases);
    const weights = { ...CALM, ...PHASES[name] };
    const steps = new Weighted<Step>(Object.entries(weights) as [Step, number][]);
    const length = Math.min(1 + random.below(PHASE_STEPS_MAX), this.#steps - this.#done);
    this.#world.writeCostMs = name === 'overload' ? WRITE_COST_MS * (1 + random.unit()) : 0;
    this.#world.seen(`phase ${name}`);
    for (let step = 0; step < length; step++) await this.#take(steps.draw(random));
  }

  async #take(step: Step): Promise<void> {
    const words = isClients(step, this.#clients) ? this.#clients[step]() : this.#server[step]();
    await this.#after(words);
  }

  /** What a step set off has run, and the clients answer what they have read. */
  async #after(words: string): Promise<void> {
    this.#done++;
    this.#words.push(words);
    if (this.#words.length > WORDS_KEPT) this.#words.shift();
    this.#world.note(words);
    await new Promise((resolve) => setImmediate(resolve));
    for (const client of this.#world.clients.slice()) {
      this.#world.begin();
      client.react();
      const { overdue } = client;
      if (overdue !== null) this.#world.fault(`${client.name} is there though it ${overdue}`);
    }
    const { firstFault } = this.#world;
    if (firstFault !== null) throw new Error(firstFault);
  }

  /** Everybody reads on: whoever is left has the newest of all that it asked for. */
  async #settle(): Promise<void> {
    const { clock } = this.#world;
    this.#server.calm();
    this.#clients.calm();
    await this.#after('everybody reads on');
    const endMs = clock.ms + SETTLE_MS;
    while (clock.ms < endMs || clock.hasSoon) await this.#take('time');
    for (const client of this.#world.clients) this.#checkNewest(client);
    const maps = this.#world.clients.filter(({ record }) => record.isHeatmap);
    const written = maps.map(({ record }) => [...record.sent]);
    while (clock.ms < endMs + SETTLE_MS) await this.#take('time');
    const isQuiet = String(maps.map(({ record }) => [...record.sent])) === String(written);
    if (!isQuiet) throw new Error('maps were sent though none has changed');
  }

  #checkNewest({ name, hasReadAll, record }: World['clients'][number]): void {
    const { server } = this.#world;
    const wrong = (words: string): void => this.#world.fault(`${name} ${words}`);
    if (!record.isServed || !hasReadAll) wrong('was neither served nor let go');
    const { subscriptions } = record;
    for (const channel of subscriptions.channels()) {
      const states = record.isHeatmap ? server.heatmaps : server.prices;
      const newest = states.current(channel)?.seq ?? 0;
      const seq = subscriptions.seqOf(channel);
      if (seq !== newest) wrong(`has ${channel} ${seq} in the end, and ${newest} is the newest`);
    }
    if (!subscriptions.has('transactions')) return;
    const window = server.feed.points(1_000).map(({ priceUsd }) => priceUsd);
    const held = subscriptions.pointsOf('transactions').slice(-window.length);
    if (String(held) !== String(window)) {
      wrong(`has the points ${held.join()}, not ${window.join()}`);
    }
  }

  async #drain(): Promise<void> {
    const { clock, random, server } = this.#world;
    const drainMs = random.below(20_000);
    let isDrained = false;
    this.#world.drains = true;
    const drained = server.hub
      .drain(drainMs, () => random.unit())
      .then(() => {
        isDrained = true;
      });
    const endMs = clock.ms + drainMs + 11_000;
    await this.#after(`drains within ${drainMs} ms`);
    while (server.hub.size > 0 && clock.ms < endMs) {
      await this.#take(random.chance(0.1) ? 'trickle' : 'time');
    }
    await this.#after('the drain should be over');
    if (!isDrained) throw new Error(`the drain is not over, with ${server.hub.size} clients`);
    await drained;
  }

  /** Everybody leaves: nothing is kept of them. */
  async #empty(): Promise<void> {
    const { clients, clock, random, server } = this.#world;
    for (const client of clients.slice()) {
      this.#world.begin();
      if (random.chance(0.5)) client.cut();
      else client.close(1001);
    }
    for (let turn = 0; turn < 5; turn++) await this.#after('everybody leaves');
    const asked = new Map(server.maps.asked);
    for (const symbol of SYMBOLS) server.maps.set(symbol, 1_000_000);
    for (let turn = 0; turn < 30; turn++) await this.#take('time');
    const left = { clients: clients.length, hub: server.hub.size, held: server.subscriptions };
    if (clients.length + server.hub.size + server.subscriptions > 0) {
      throw new Error(`all have left, and there are ${JSON.stringify(left)}`);
    }
    for (const symbol of SYMBOLS) {
      if (server.maps.asked.get(symbol) !== asked.get(symbol)) {
        throw new Error(`${symbol} is computed for nobody`);
      }
    }
    this.#world.checkFigures();
    server.stop();
    while (clock.hasSoon) clock.turn();
    if (clock.timers > 0) throw new Error(`${clock.timers} timers after the stop`);
    await this.#after('the end');
  }

  #report(error: unknown): string {
    const wrong = error instanceof Error ? error.message : String(error);
    return [
      `seed ${this.#seed}, step ${this.#done} of ${this.#steps}: ${wrong}`,
      ...this.#words.map((words, index) => {
        return `  ${this.#done - this.#words.length + index + 1}: ${words}`;
      }),
      `Again: SIM_SEED=${this.#seed} SIM_STEPS=${this.#steps} npm test -- sim/simulation`,
    ].join('\n');
  }
}

function isClients(step: Step, clients: ClientSteps): step is Clients {
  return step in clients;
}
