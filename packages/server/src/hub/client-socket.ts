import type { Bundle } from './bundle.ts';

/**
 * One client's connection, as the hub sees it. Contract:
 * - messages arrive in the order of `publish` and `send`, each whole, or the connection ends;
 * - the bytes of a bundle are shared with other clients and never changed;
 * - no call throws, and all are ignored after `close` and after the connection ended;
 * - events come after the call that caused them has returned, `closed` last and exactly once.
 */
export interface ClientSocket {
  /**
   * Sends a bundle in one write, compressed where that was agreed on.
   * @returns whether the kernel has taken all of it: false when bytes are unsent
   */
  publish(bundle: Bundle): boolean;
  /** Sends one message that is for this client alone, never compressed. */
  send(text: string): void;
  ping(): void;
  pong(data: Buffer): void;
  /** Starts the closing handshake. */
  close(code: number, reason: string): void;
  /** Cuts the connection without more ado. */
  terminate(): void;
  /** Bytes given to `publish` and `send` that the kernel has not taken yet. */
  readonly unsentBytes: number;
  listen(events: SocketEvents): void;
}

export interface SocketEvents {
  /** @param text null for a binary message */
  message(text: string | null): void;
  ping(data: Buffer): void;
  pong(): void;
  /** `unsentBytes` was above 0 after a call and now is 0. */
  drained(): void;
  /** @param code what the peer sent, 1006 when it sent none */
  closed(code: number): void;
}
