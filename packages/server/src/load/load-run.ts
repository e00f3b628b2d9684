import { type Clock, every } from '../clock.ts';
import { type ClientPlan, LoadClient } from './load-client.ts';
import { isInShare, type LoadPlan } from './load-plan.ts';
import { LoadTally } from './load-tally.ts';
import { RandomBytes } from './random-bytes.ts';
import { type Reconnect, Storm } from './storm.ts';

/** Handshakes at one time, unless they are spread: as many as a server usually lets wait. */
const UNDER_WAY_MAX = 400;
const RAMP_STEP_MS = 10;
/** Of a handshake: a packet that is lost twice comes again after 3 s, thrice after 7 s. */
const HANDSHAKE_MS_MAX = 15_000;
const CLOSE_MS_MAX = 5_000;
/** What is left of a connection shows as soon as it is read. */
const SLOW_LOOK_MS = 1_000;
const SWEEP_MS = 500;
/** A read takes what has come, this much at a time. */
const READ_BYTES = 65_536;

/** All clients of one run: connects them, cuts them in storms, and lets them leave. */
export class LoadRun {
  readonly tally: LoadTally = new LoadTally();
  readonly #plan: LoadPlan;
  readonly #clock: Clock;
  readonly #clients: readonly LoadClient[];
  readonly #reconnects: Reconnect[] = [];
  readonly #cancelSweep: () => void;
  /** The last one: who comes in after it was stopped was on the way back. */
  #storm: Storm | null = null;
  /** Connections that are there in any state, and those whose handshake is done. */
  #alive = 0;
  #open = 0;
  /** Who is to connect for the first time, the last one first. */
  #waiting: LoadClient[] = [];
  #stopped = false;
  #slowCut = 0;
  #readsAtLast = false;
  #onChange: () => void = () => {};

  constructor(plan: LoadPlan, clock: Clock) {
    this.#plan = plan;
    this.#clock = clock;
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    const random = new RandomBytes();
    this.#clients = Array.from({ length: plan.clients }, (_, index) => {
      return new LoadClient({
        plan: clientPlan(plan, index),
        clock,
        tally: this.tally,
        buffer,
        random,
        onOpened: (client) => this.#opened(client),
        onGone: (client, wasOpen) => this.#gone(client, wasOpen),
      });
    });
    this.#cancelSweep = every(clock, SWEEP_MS, () => this.#sweep());
  }

  /** How many are connected now. */
  get open(): number {
    return this.#open;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Clients that never read, and how many of them turned out to be given up by the server. */
  get slow(): { readonly clients: number; readonly cut: number } {
    const clients = this.#clients.filter(({ plan }) => !plan.reads).length;
    return { clients, cut: this.#slowCut };
  }

  /** One for each storm, also for one that was not over at the end. */
  get reconnects(): readonly Reconnect[] {
    return this.#reconnects;
  }

  /** Connects all clients; resolves once each is connected or has failed, or the run is stopped. */
  async connectAll(): Promise<void> {
    this.#waiting = this.#clients.toReversed();
    const cancel = this.#plan.rampMs === 0 ? () => {} : this.#startRamp();
    if (this.#plan.rampMs === 0) this.#fillUp();
    await this.#until(() => {
      return this.#stopped || (this.#waiting.length === 0 && this.#alive === this.#open);
    });
    cancel();
  }

  /** Cuts every client that reads, at once; resolves when all are back, or the run is stopped. */
  async storm(): Promise<void> {
    const cut = this.#clients.filter(({ state, plan }) => state === 'open' && plan.reads);
    if (cut.length === 0) return;
    const storm = new Storm(cut, this.#clock, (client) => this.#connect(client));
    this.#storm = storm;
    this.#reconnects.push(storm.result);
    for (const client of cut) client.cut();
    await this.#until(() => this.#stopped || storm.isOver);
  }

  /** Resolves after that long, or when the run is stopped. */
  async wait(delayMs: number): Promise<void> {
    await this.#within(delayMs, () => this.#stopped);
  }

  /** Ends early whatever is going on. */
  stop(): void {
    this.#stopped = true;
    this.#waiting = [];
    this.#storm?.stop();
    this.#onChange();
  }

  /** All clients leave; resolves once none is left. */
  async leave(): Promise<void> {
    this.stop();
    await this.#lookAtSlow();
    for (const client of this.#clients) {
      if (client.state === 'connecting') client.cut();
      else client.leave();
    }
    const isOver = (): boolean => this.#alive === 0;
    await this.#within(CLOSE_MS_MAX, isOver);
    for (const client of this.#clients) client.cut();
    await this.#within(CLOSE_MS_MAX, isOver);
    this.#cancelSweep();
  }

  /** Whoever never read learns only by reading that the server has given it up. */
  async #lookAtSlow(): Promise<void> {
    const slow = this.#clients.filter(({ plan, state }) => !plan.reads && state === 'open');
    if (slow.length === 0) return;
    this.#readsAtLast = true;
    for (const client of slow) client.readAtLast();
    await this.#within(SLOW_LOOK_MS, () => slow.every(({ state }) => state === 'idle'));
    this.#readsAtLast = false;
  }

  /** As many handshakes at a time as a server lets wait. */
  #fillUp(): void {
    while (this.#waiting.length > 0 && this.#alive - this.#open < UNDER_WAY_MAX) {
      this.#connectNext();
    }
  }

  #startRamp(): () => void {
    const { rampMs } = this.#plan;
    const total = this.#waiting.length;
    const startedMs = this.#clock.monotonicMs();
    return every(this.#clock, RAMP_STEP_MS, () => {
      const passed = Math.min(1, (this.#clock.monotonicMs() - startedMs) / rampMs);
      while (this.#waiting.length > total * (1 - passed)) this.#connectNext();
    });
  }

  #connectNext(): void {
    this.#connect(this.#waiting.pop()!);
  }

  #connect(client: LoadClient): void {
    this.#alive += 1;
    client.connect();
  }

  #opened(client: LoadClient): void {
    this.#open += 1;
    this.#storm?.opened(client);
    if (this.#plan.rampMs === 0) this.#fillUp();
    this.#onChange();
  }

  #gone(client: LoadClient, wasOpen: boolean): void {
    this.#alive -= 1;
    if (wasOpen) this.#open -= 1;
    if (this.#readsAtLast && !client.plan.reads) this.#slowCut += 1;
    this.#storm?.gone(client, wasOpen);
    if (this.#plan.rampMs === 0) this.#fillUp();
    this.#onChange();
  }

  #sweep(): void {
    if (this.#alive === this.#open) return;
    const lateMs = this.#clock.monotonicMs() - HANDSHAKE_MS_MAX;
    for (const client of this.#clients) {
      if (client.state === 'connecting' && client.startedMs < lateMs) client.giveUp('timeout');
    }
  }

  /** Resolves once it is over, which is looked at whenever something changes. */
  #until(isOver: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#onChange = () => {
        if (!isOver()) return;
        this.#onChange = () => {};
        resolve();
      };
      this.#onChange();
    });
  }

  /** As `#until`, but after that long at the latest. */
  async #within(delayMs: number, isOver: () => boolean): Promise<void> {
    let isLate = false;
    const cancel = this.#clock.after(delayMs, () => {
      isLate = true;
      this.#onChange();
    });
    await this.#until(() => isLate || isOver());
    cancel();
  }
}

/** What the plan means for one of its clients. */
function clientPlan(plan: LoadPlan, index: number): ClientPlan {
  const { address, port, requests, gapsCount, localAddresses, slowShare, verifiedShare } = plan;
  const { host, path, compression, key } = plan;
  const reads = !isInShare(index, slowShare);
  const readersBefore = index - Math.floor(index * slowShare);
  return {
    address,
    port,
    localAddress: localAddresses[index % localAddresses.length] ?? null,
    terms: { host, path, compression, key },
    requests,
    reads,
    verifies: reads && isInShare(readersBefore, verifiedShare),
    gapsCount,
  };
}
