import {
  CLOSE_CODES,
  type CloseCode,
  encodeWarning,
  PING_INTERVAL_MS,
  reconnectHint,
} from '@tidegauge/protocol';
import { type Clock, every } from '../clock.ts';
import type { Log } from '../log.ts';
import type { ClientSocket } from './client-socket.ts';
import { drainPlan } from './drain-plan.ts';
import type { Endpoint } from './endpoint.ts';
import type { HubStats } from './hub-stats.ts';
import { CLOSE_TIMEOUT_MS, PINGS_PER_SWEEP, SWEEP_INTERVAL_MS } from './limits.ts';
import { ReconnectWatch } from './reconnect-watch.ts';
import type { SendQueue } from './send-queue.ts';
import { type Client, Session, type SessionHost, type SessionSettings } from './session.ts';

export interface HubOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: SessionSettings;
  readonly stats: HubStats;
  readonly sendQueue: SendQueue;
  /** An address has another number of clients than before; see countOf. */
  readonly onCount?: (addressKey: string) => void;
}

/** All connected clients, of every endpoint: who joins, how they are looked after and leave. */
export class Hub {
  readonly #options: HubOptions;
  readonly #host: SessionHost;
  readonly #sessions: Set<Session> = new Set();
  readonly #countByKey: Map<string, number> = new Map();
  readonly #reconnects: ReconnectWatch = new ReconnectWatch();
  #cancelSweep: () => void = () => {};
  #onEmpty: (() => void)[] = [];

  constructor(options: HubOptions) {
    this.#options = options;
    this.#host = {
      ...options,
      slow: ({ client }, dropped) => {
        const fields = { event: 'slow_consumer', address: client.address, dropped };
        options.log.warn(fields, 'slow client');
      },
      closed: (session, code) => this.#leave(session, code),
    };
  }

  start(): void {
    this.#cancelSweep = every(this.#options.clock, SWEEP_INTERVAL_MS, () => this.#sweep());
  }

  /** Ends the timer; sessions that are left are cut off. */
  stop(): void {
    this.#cancelSweep();
    for (const session of this.#sessions) session.cut();
  }

  get size(): number {
    return this.#sessions.size;
  }

  countOf(addressKey: string): number {
    return this.#countByKey.get(addressKey) ?? 0;
  }

  /** Takes a connected client and sends it what it starts with. */
  join(socket: ClientSocket, client: Client, endpoint: Endpoint): void {
    const { log } = this.#options;
    const session = new Session(this.#host, socket, client, endpoint);
    this.#sessions.add(session);
    this.#count(client.addressKey, 1);
    const { address, holder } = client;
    const named = typeof holder === 'string' ? { holder } : {};
    const fields = { event: 'ws_connect', address, ...named, path: endpoint.path };
    log.info({ ...fields, clients: this.size }, 'client connected');
    session.begin();
    this.#warnUnstable(session);
  }

  /**
   * Closes every client with a hint when to come back, spread over the duration when
   * they are many; the moments to come back at are spread as well. Resolves once none is left, or
   * when whoever is left has had its time: after a bug a connection may never say that it is gone.
   * @param random uniform in [0, 1)
   */
  drain(
    durationMs: number,
    random: () => number,
    { code }: CloseCode = CLOSE_CODES.restart,
  ): Promise<void> {
    const { clock, log, sendQueue } = this.#options;
    if (this.size === 0) return Promise.resolve();
    sendQueue.flush();
    const sessions = [...this.#sessions];
    const { spreadMs, clients } = drainPlan(sessions.length, durationMs, random);
    sessions.forEach((session, index) => {
      const { closeMs, hintMs } = clients[index]!;
      const close = () => session.close(code, reconnectHint(hintMs));
      if (closeMs === 0) close();
      else clock.after(closeMs, close);
    });
    return new Promise((resolve) => {
      const cancel = clock.after(spreadMs + 2 * CLOSE_TIMEOUT_MS, () => {
        log.warn({ event: 'drain_cut', clients: this.size }, 'clients that did not close are cut');
        for (const session of this.#sessions) session.cut();
        this.#emptied();
      });
      this.#onEmpty.push(() => {
        cancel();
        resolve();
      });
    });
  }

  #count(addressKey: string, change: 1 | -1): void {
    const count = this.countOf(addressKey) + change;
    if (count > 0) this.#countByKey.set(addressKey, count);
    else this.#countByKey.delete(addressKey);
    this.#options.onCount?.(addressKey);
  }

  #sweep(): void {
    const evenShare = (this.size * SWEEP_INTERVAL_MS) / PING_INTERVAL_MS;
    const pingsMax = Math.max(PINGS_PER_SWEEP, 2 * evenShare);
    let pings = 0;
    for (const session of this.#sessions) {
      if (session.sweep(pings < pingsMax)) pings++;
    }
  }

  #warnUnstable(session: Session): void {
    const { sessionId } = session.client;
    if (sessionId === null) return;
    if (!this.#reconnects.isUnstable(sessionId, this.#options.clock.monotonicMs())) return;
    const message =
      'this client has connected again more than 5 times within a minute; wait longer in between';
    session.control(encodeWarning({ code: 'CONNECTION_UNSTABLE', message }));
  }

  #emptied(): void {
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  #leave(session: Session, code: number): void {
    if (!this.#sessions.delete(session)) return;
    const { client, sent, dropped } = session;
    this.#count(client.addressKey, -1);
    this.#options.stats.disconnected(code);
    const seconds = (this.#options.clock.monotonicMs() - session.openedMs) / 1000;
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
