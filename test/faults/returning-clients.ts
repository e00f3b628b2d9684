import { parseReconnectHint } from '@tidegauge/protocol';
import type { Tidegauge } from '../../packages/client/src/api.ts';
import { connect } from '../../packages/client/src/node.ts';
import { observedSocket, type SocketObserver } from './observed-socket.ts';

/** How one client came back after it had been closed. All times are of `performance.now()`. */
export interface Return {
  readonly closedMs: number;
  /** When the server told it to come back, from then on; null where it told nothing. */
  readonly hintMs: number | null;
  /** When it tried, the last time with success. */
  readonly triesMs: readonly number[];
  /** When it was connected again. */
  readonly openedMs: number;
}

export interface SpreadFigures {
  /** From the first moment that somebody was told to come back at until the last. */
  readonly hintedMs: number;
  /** From the first to the last arrival. */
  readonly arrivalsMs: number;
  /** Tenths of the hinted interval in which somebody arrived. */
  readonly tenths: number;
  /** The most that arrived within a tenth of the hinted interval. */
  readonly tenthMax: number;
  /** How long after the moment that it was told each one arrived, sorted. */
  readonly lateMs: readonly number[];
}

/** Many SDK clients that want the price alone, and how they come back. */
export class ReturningClients {
  readonly #clients: readonly Returning[];

  private constructor(clients: readonly Returning[]) {
    this.#clients = clients;
  }

  /** Resolves once all have had a price. */
  static async connect(url: string, count: number): Promise<ReturningClients> {
    const clients = Array.from({ length: count }, () => new Returning(url));
    await Promise.all(clients.map(({ ready }) => ready));
    return new ReturningClients(clients);
  }

  /** Resolves once each was closed from now on and is connected again. */
  returned(): Promise<readonly Return[]> {
    return Promise.all(this.#clients.map((client) => client.returned()));
  }

  close(): void {
    for (const { tide } of this.#clients) tide.close();
  }
}

class Returning implements SocketObserver {
  readonly tide: Tidegauge;
  readonly ready: Promise<void>;
  #closed: { readonly atMs: number; readonly hintMs: number | null } | null = null;
  #triesMs: number[] = [];
  #onReturn: ((result: Return) => void) | null = null;

  constructor(url: string) {
    this.tide = connect(url, { WebSocket: observedSocket(this) });
    // That nobody lets them in while the server is down is what they are here for.
    this.tide.on('error', ({ fatal, message }) => {
      if (fatal) throw new Error(message);
    });
    this.ready = this.tide.price().ready;
  }

  returned(): Promise<Return> {
    this.#closed = null;
    this.#triesMs = [];
    return new Promise((resolve) => {
      this.#onReturn = resolve;
    });
  }

  tried(): void {
    if (this.#closed !== null) this.#triesMs.push(performance.now());
  }

  message(): void {}

  closed(reason: string): void {
    this.#closed ??= { atMs: performance.now(), hintMs: parseReconnectHint(reason) };
  }

  opened(): void {
    if (this.#closed === null || this.#onReturn === null) return;
    const { atMs: closedMs, hintMs } = this.#closed;
    const openedMs = performance.now();
    this.#onReturn({ closedMs, hintMs, triesMs: this.#triesMs, openedMs });
    this.#onReturn = null;
  }
}

/** @param returns of clients that were all told when to come back */
export function spreadOf(returns: readonly Return[]): SpreadFigures {
  const hinted = returns.map(({ closedMs, hintMs }) => closedMs + (hintMs ?? 0));
  const arrivals = returns.map(({ openedMs }) => openedMs);
  const fromMs = Math.min(...hinted);
  const hintedMs = Math.max(...hinted) - fromMs;
  const counts = Array.from({ length: 10 }, () => 0);
  for (const openedMs of arrivals) {
    const tenth = Math.floor(((openedMs - fromMs) / hintedMs) * 10);
    if (counts[tenth] !== undefined) counts[tenth]++;
  }
  return {
    hintedMs,
    arrivalsMs: Math.max(...arrivals) - Math.min(...arrivals),
    tenths: counts.filter((count) => count > 0).length,
    tenthMax: Math.max(...counts),
    lateMs: returns.map(({ openedMs }, i) => openedMs - hinted[i]!).toSorted((a, b) => a - b),
  };
}
