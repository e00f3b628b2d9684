import type { AddressCount } from './messages.ts';

/** The clients of one worker. */
interface Reported {
  connections: number;
  readonly byAddress: Map<string, number>;
  /** Addresses of which it has not been told the newest number of the others. */
  readonly stale: Set<string>;
}

/**
 * Clients of all workers, for limits that hold over all: what each reports, and what each is to
 * know of the others.
 */
export class Headcount {
  readonly #workers: Map<number, Reported> = new Map();
  readonly #byAddress: Map<string, number> = new Map();

  /** A worker begins, without clients. */
  add(worker: number): void {
    const stale = new Set(this.#byAddress.keys());
    this.#workers.set(worker, { connections: 0, byAddress: new Map(), stale });
  }

  /** @param changed addresses of which the worker has another number than at its last report */
  report(worker: number, connections: number, changed: readonly AddressCount[]): void {
    const reported = this.#workers.get(worker);
    if (reported === undefined) return;
    reported.connections = connections;
    for (const [key, count] of changed) this.#set(reported, key, count);
  }

  /** A worker has ended, and with it its connections. */
  remove(worker: number): void {
    const reported = this.#workers.get(worker);
    if (reported === undefined) return;
    for (const key of reported.byAddress.keys()) this.#set(reported, key, 0);
    this.#workers.delete(worker);
  }

  /** Of all workers. */
  get connections(): number {
    return [...this.#workers.values()].reduce((sum, { connections }) => sum + connections, 0);
  }

  /** The clients of all workers but one, and of what addresses it has not been told yet. */
  takeOthersOf(worker: number): { connections: number; changed: AddressCount[] } {
    const reported = this.#workers.get(worker);
    if (reported === undefined) return { connections: 0, changed: [] };
    const changed = [...reported.stale].map((key): AddressCount => {
      return [key, (this.#byAddress.get(key) ?? 0) - (reported.byAddress.get(key) ?? 0)];
    });
    reported.stale.clear();
    return { connections: this.connections - reported.connections, changed };
  }

  #set(reported: Reported, key: string, count: number): void {
    const all = (this.#byAddress.get(key) ?? 0) + count - (reported.byAddress.get(key) ?? 0);
    put(this.#byAddress, key, all);
    put(reported.byAddress, key, count);
    for (const other of this.#workers.values()) if (other !== reported) other.stale.add(key);
  }
}

/** The clients of the other workers, as a worker knows them. */
export class Others {
  connections = 0;
  readonly #byAddress: Map<string, number> = new Map();

  countOf(addressKey: string): number {
    return this.#byAddress.get(addressKey) ?? 0;
  }

  take(connections: number, changed: readonly AddressCount[]): void {
    this.connections = connections;
    for (const [key, count] of changed) put(this.#byAddress, key, count);
  }
}

function put(counts: Map<string, number>, key: string, count: number): void {
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
