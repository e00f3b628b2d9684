import { CLOSE_CODES, reconnectHint } from '@tidegauge/protocol';
import { type Clock, every } from '../clock.ts';
import type { Log } from '../log.ts';
import type { ClientSocket } from './client-socket.ts';
import type { Endpoint } from './endpoint.ts';
import { CLOSE_TIMEOUT_MS, DRAIN_JITTER_MS, DRAIN_STEP_MS, SWEEP_INTERVAL_MS } from './limits.ts';
import { Session, type SessionSettings } from './session.ts';

export interface HubOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: SessionSettings;
}

/** Who connects, for limits and the log. */
export interface Client {
  readonly address: string;
  /** What the per-address limit counts by: the address, or the network it stands for. */
  readonly addressKey: string;
  /** True when the client offered our subprotocol. */
  readonly wantsHello: boolean;
}

/** All connected clients, of every endpoint: who joins, how they are looked after and leave. */
export class Hub {
  readonly #options: HubOptions;
  readonly #sessions: Map<Session, Client> = new Map();
  readonly #countByKey: Map<string, number> = new Map();
  #cancelSweep: () => void = () => {};
  #onEmpty: (() => void)[] = [];

  constructor(options: HubOptions) {
    this.#options = options;
  }

  start(): void {
    this.#cancelSweep = every(this.#options.clock, SWEEP_INTERVAL_MS, () => {
      for (const session of this.#sessions.keys()) session.sweep();
    });
  }

  /** Ends the timer; sessions that are left are cut off. */
  stop(): void {
    this.#cancelSweep();
    for (const session of this.#sessions.keys()) session.cut();
  }

  get size(): number {
    return this.#sessions.size;
  }

  countOf(addressKey: string): number {
    return this.#countByKey.get(addressKey) ?? 0;
  }

  /** Takes a connected client and sends it what it starts with. */
  join(socket: ClientSocket, client: Client, endpoint: Endpoint): void {
    const { clock, settings, log } = this.#options;
    const session = new Session({
      socket,
      clock,
      endpoint,
      settings,
      wantsHello: client.wantsHello,
      onSlow: (_, dropped) => {
        log.warn({ event: 'slow_consumer', address: client.address, dropped }, 'slow client');
      },
      onClosed: (closed, code) => this.#leave(closed, code),
    });
    this.#sessions.set(session, client);
    this.#countByKey.set(client.addressKey, this.countOf(client.addressKey) + 1);
    const { path } = endpoint;
    const fields = { event: 'ws_connect', address: client.address, path, clients: this.size };
    log.info(fields, 'client connected');
    session.begin();
  }

  /**
   * Closes every client with 1012 and a hint when to come back, spread over the duration when
   * they are many. Resolves once none is left, or when whoever is left has had its time: after a
   * bug a connection may never say that it is gone.
   * @param random uniform in [0, 1)
   */
  drain(durationMs: number, random: () => number): Promise<void> {
    const { clock, log } = this.#options;
    const sessions = [...this.#sessions.keys()];
    const spreadMs = Math.min(durationMs, sessions.length * DRAIN_STEP_MS);
    sessions.forEach((session, index) => {
      const atMs = (index / sessions.length) * spreadMs;
      const hintMs = spreadMs - atMs + random() * DRAIN_JITTER_MS;
      const close = () => session.close(CLOSE_CODES.restart.code, reconnectHint(hintMs));
      if (index === 0) close();
      else clock.after(atMs, close);
    });
    if (sessions.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = clock.after(spreadMs + 2 * CLOSE_TIMEOUT_MS, () => {
        log.warn({ event: 'drain_cut', clients: this.size }, 'clients that did not close are cut');
        for (const session of this.#sessions.keys()) session.cut();
        this.#emptied();
      });
      this.#onEmpty.push(() => {
        cancel();
        resolve();
      });
    });
  }

  #emptied(): void {
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  #leave(session: Session, code: number): void {
    const client = this.#sessions.get(session);
    if (client === undefined) return;
    this.#sessions.delete(session);
    const left = this.countOf(client.addressKey) - 1;
    if (left > 0) this.#countByKey.set(client.addressKey, left);
    else this.#countByKey.delete(client.addressKey);
    const seconds = (this.#options.clock.monotonicMs() - session.openedMs) / 1000;
    const { sent, dropped } = session;
    this.#options.log.info(
      {
        event: 'ws_disconnect',
        address: client.address,
        code,
        duration_seconds: Math.round(seconds * 10) / 10,
        sent,
        dropped,
        clients: this.size,
      },
      'client gone',
    );
    if (this.size === 0) this.#emptied();
  }
}
