import { expect, onTestFinished } from 'vitest';
import type { ConnectOptions, Status, Tidegauge, Warning } from '../../src/api.ts';
import { createClient } from '../../src/client.ts';
import type { TidegaugeError } from '../../src/errors.ts';
import type { Ports } from '../../src/ports.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeHttp } from './fake-http.ts';
import { FakeServer } from './fake-server.ts';
import { FakeSockets } from './fake-sockets.ts';
import { FakeSurroundings } from './fake-surroundings.ts';
import { settle } from './settle.ts';

export interface RigOptions {
  readonly token?: ConnectOptions['token'];
  readonly httpBase?: string;
  /** Asked in place of the server. */
  readonly fetch?: Ports['fetch'];
  /** Nobody listens to errors. */
  readonly isUnheard?: boolean;
}

/**
 * A client in a world of fakes. When the test is over it is closed, in whatever state it is, and
 * nothing of it may be left.
 */
export class Rig {
  readonly clock: FakeClock = new FakeClock();
  readonly surroundings: FakeSurroundings = new FakeSurroundings();
  readonly server: FakeServer = new FakeServer(() => this.clock.nowMs());
  readonly http: FakeHttp = new FakeHttp(() => this.clock.nowMs(), this.server.answer);
  readonly sockets: FakeSockets = new FakeSockets((socket) => this.server.accept(socket));
  readonly statuses: Status[] = [];
  readonly errors: TidegaugeError[] = [];
  readonly warnings: Warning[] = [];
  readonly tide: Tidegauge;
  /** What chance says next, of [0, 1). With 0.5 each wait is the middle of its range. */
  draw = 0.5;

  constructor(options: RigOptions = {}) {
    const { token, httpBase = 'http://tide.example/', fetch = this.http.fetch } = options;
    this.tide = createClient(httpBase, token === undefined ? {} : { token }, {
      clock: this.clock,
      random: () => this.draw,
      openSocket: this.sockets.open,
      fetch,
      surroundings: this.surroundings,
    });
    this.tide.on('status', (status) => this.statuses.push(status));
    this.tide.on('warning', (warning) => this.warnings.push(warning));
    if (!options.isUnheard) this.tide.on('error', (error) => this.errors.push(error));
    onTestFinished(() => this.#end());
  }

  /** What the client holds of the world. */
  get held(): Record<string, number> {
    return {
      timers: this.clock.pending,
      sockets: this.sockets.alive.length,
      questions: this.http.pending.length,
      listeners: this.surroundings.listening,
    };
  }

  get states(): readonly string[] {
    return this.statuses.map(({ state }) => state);
  }

  /** Time passes, and all that comes of it happens. */
  pass(ms: number): Promise<void> {
    return this.clock.pass(ms);
  }

  /** The price comes as usual, each 500 ms. */
  async passWithPrices(ms: number): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += 500) {
      await this.pass(500);
      this.server.price();
      await settle();
    }
  }

  /** Each try fails, and time goes by until so many have. */
  async fail(times: number): Promise<void> {
    this.server.isUp = false;
    for (const { cut } of this.server.connections.map((each) => ({ cut: () => each.cut() }))) cut();
    await settle();
    while (this.tide.status.failures < times) await this.untilRetry();
  }

  /** Until the next try is under way, and has gone as far as it goes by itself. */
  async untilRetry(): Promise<void> {
    const { retryAtMs } = this.tide.status;
    if (retryAtMs === null) throw new Error(`no try is due: ${this.tide.status.state}`);
    await this.pass(retryAtMs - this.clock.nowMs());
  }

  /** ms until the next try. */
  get retryInMs(): number | null {
    const { retryAtMs } = this.tide.status;
    return retryAtMs === null ? null : retryAtMs - this.clock.nowMs();
  }

  async #end(): Promise<void> {
    this.tide.close();
    await settle();
    expect(this.held).toEqual({ timers: 0, sockets: 0, questions: 0, listeners: 0 });
    expect(this.sockets.violations).toEqual([]);
    expect(this.tide.status.state).toBe('closed');
  }
}
