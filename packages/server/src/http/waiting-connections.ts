import type { Socket } from 'node:net';
import { WAITING_BESIDES, WAITING_PER_ADDRESS_BESIDES, WAITING_UNLIMITED } from './limits.ts';

export interface WaitingLimits {
  readonly max: number;
  /** 0: no limit of its own */
  readonly perAddressMax: number;
}

/** Room for all clients to come back at once, and for those that browsers keep open besides. */
export function waitingLimits(clientsMax: number, clientsPerAddressMax: number): WaitingLimits {
  return {
    max: clientsMax === 0 ? WAITING_UNLIMITED : clientsMax + WAITING_BESIDES,
    perAddressMax:
      clientsPerAddressMax === 0 ? 0 : clientsPerAddressMax + WAITING_PER_ADDRESS_BESIDES,
  };
}

interface Connection {
  /** Whom it is counted for; null for a peer that many come through. */
  readonly address: string | null;
  /** Requests of it that are not answered yet. */
  atWork: number;
  readonly onClose: () => void;
}

/**
 * Connections of which no request is at work: those that have sent none, or only a part of one, and
 * those kept open for the next. Each costs memory and a file descriptor, and asks for nothing. When
 * there are too many, the one that has waited longest is cut: whoever means to ask has asked long
 * before that. First among those of one address, so that one that opens many is in its own way only.
 */
export class WaitingConnections {
  readonly #limits: WaitingLimits;
  readonly #addressOf: (remoteAddress: string | undefined) => string | null;
  readonly #all: Map<Socket, Connection> = new Map();
  /** In the order in which they began to wait. */
  readonly #waiting: Set<Socket> = new Set();
  readonly #waitingOf: Map<string, Set<Socket>> = new Map();

  /** @param addressOf what to count a peer by; null: not by itself, as for a proxy */
  constructor(
    limits: WaitingLimits,
    addressOf: (remoteAddress: string | undefined) => string | null,
  ) {
    this.#limits = limits;
    this.#addressOf = addressOf;
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  opened(socket: Socket): void {
    const onClose = (): void => this.left(socket);
    const address = this.#addressOf(socket.remoteAddress);
    this.#all.set(socket, { address, atWork: 0, onClose });
    socket.on('close', onClose);
    this.#wait(socket);
  }

  /** Whether a request of it is not answered yet. */
  isAtWork(socket: Socket): boolean {
    return (this.#all.get(socket)?.atWork ?? 0) > 0;
  }

  requestBegan(socket: Socket): void {
    const connection = this.#all.get(socket);
    if (connection === undefined) return;
    connection.atWork++;
    this.#stopWaiting(socket, connection);
  }

  requestEnded(socket: Socket): void {
    const connection = this.#all.get(socket);
    if (connection === undefined) return;
    connection.atWork--;
    if (connection.atWork === 0) this.#wait(socket);
  }

  /** It is gone, or no plain connection any more. */
  left(socket: Socket): void {
    const connection = this.#all.get(socket);
    if (connection === undefined) return;
    this.#stopWaiting(socket, connection);
    this.#all.delete(socket);
    socket.off('close', connection.onClose);
  }

  #wait(socket: Socket): void {
    const { max, perAddressMax } = this.#limits;
    this.#waiting.add(socket);
    const address = this.#all.get(socket)?.address ?? null;
    if (address !== null) {
      const same = this.#waitingOf.get(address) ?? new Set();
      this.#waitingOf.set(address, same.add(socket));
      if (perAddressMax > 0 && same.size > perAddressMax) this.#cutOldest(same);
    }
    if (this.#waiting.size > max) this.#cutOldest(this.#waiting);
  }

  #cutOldest(among: ReadonlySet<Socket>): void {
    const [oldest] = among;
    if (oldest === undefined) return;
    this.left(oldest);
    oldest.destroy();
  }

  #stopWaiting(socket: Socket, { address }: Connection): void {
    this.#waiting.delete(socket);
    const same = address === null ? undefined : this.#waitingOf.get(address);
    if (address === null || same === undefined) return;
    same.delete(socket);
    if (same.size === 0) this.#waitingOf.delete(address);
  }
}
