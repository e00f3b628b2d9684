/** A client over real sockets, whose time is the test's, with an account of all that it said. */
import { onTestFinished } from 'vitest';
import type {
  ConnectOptions,
  FeedStatus,
  FetchAnswer,
  FetchInit,
  Tidegauge,
  Update,
  Warning,
  WebSocketConstructor,
} from '../../packages/client/src/api.ts';
import { createClient } from '../../packages/client/src/client.ts';
import type { TidegaugeError } from '../../packages/client/src/errors.ts';
import type { OpenSocket } from '../../packages/client/src/ports.ts';
import { LeapingClock } from './leaping-clock.ts';

export interface WatchedOptions extends Pick<ConnectOptions, 'token'> {
  readonly WebSocket?: WebSocketConstructor;
  readonly clock?: LeapingClock;
  /** Each draw of chance; 0.5 makes every wait the middle of its range. */
  readonly draw?: number;
}

/** Closed with the test that made it. */
export class WatchedClient {
  readonly tide: Tidegauge;
  readonly clock: LeapingClock;
  readonly updates: Update[] = [];
  readonly statuses: FeedStatus[] = [];
  readonly errors: TidegaugeError[] = [];
  readonly warnings: Warning[] = [];
  /** Questions over HTTP that are not answered. */
  asking = 0;
  #waiting: (() => void)[] = [];

  constructor(url: string, options: WatchedOptions = {}) {
    const { token, clock = new LeapingClock(), draw = 0.5 } = options;
    this.clock = clock;
    this.tide = createClient(url, token === undefined ? {} : { token }, {
      clock,
      random: () => draw,
      openSocket: opener(options.WebSocket ?? globalThis.WebSocket),
      fetch: (address, init) => this.#fetch(address, init),
      surroundings: { isOnline: () => true, listen: () => () => {} },
    });
    this.tide.on('status', (status) => this.#note(this.statuses, status));
    this.tide.on('error', (error) => this.#note(this.errors, error));
    this.tide.on('warning', (warning) => this.#note(this.warnings, warning));
    onTestFinished(() => this.tide.close());
  }

  /** A handler for any subscription. */
  readonly take = (update: Update): void => this.#note(this.updates, update);

  get codes(): readonly string[] {
    return this.errors.map(({ code }) => code);
  }

  /** Waits, without any time passing, until something that it says makes this true. */
  async until(holds: (client: this) => boolean): Promise<void> {
    while (!holds(this)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Passes the time to the next try, if one is due. */
  async toNextTry(): Promise<void> {
    const { retryAtMs } = this.tide.status;
    if (retryAtMs !== null) await this.clock.pass(retryAtMs - this.clock.nowMs());
  }

  /** Tries until it is live again, whatever time passes by the test's clock. */
  async recovered(): Promise<void> {
    const { length } = this.updates;
    while (this.updates.length === length || this.tide.status.state !== 'live') {
      await this.toNextTry();
      await this.until(
        ({ tide, updates }) =>
          tide.status.retryAtMs !== null ||
          (updates.length > length && tide.status.state === 'live'),
      );
    }
  }

  async #fetch(address: string, init: FetchInit): Promise<FetchAnswer> {
    this.asking += 1;
    try {
      const answer = await fetch(address, init);
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, text: () => Promise.resolve(text) };
    } finally {
      this.asking -= 1;
      // What follows from the answer comes first.
      setImmediate(() => this.#wake());
    }
  }

  #note<Value>(list: Value[], value: Value): void {
    list.push(value);
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

function opener(Socket: WebSocketConstructor): OpenSocket {
  return (url, protocols, events) => {
    const socket = new Socket(url, protocols);
    return Object.assign(socket, events, { onerror: () => {} });
  };
}
